"""Where a partition is read on, by what the topic, the database and the group say of it."""

from typing import Final

import pytest

from shared.kafka.positions import Begin, Lost, begin_at

#: what it is, first, end, kept, committed, (offset, where repeats end) or words of the loss
CASES: Final[tuple[tuple[str, int, int, int | None, int | None, tuple[int, int | None] | str], ...]]
CASES = (
    ("never read", 0, 9, None, None, (0, None)),
    ("never read, and old records are gone", 5, 9, None, None, (5, None)),
    ("of a version that kept no positions", 0, 9, None, 7, (7, None)),
    ("both agree", 0, 9, 7, 7, (7, None)),
    ("everything is read", 0, 9, 9, 9, (9, None)),
    ("everything is read and gone", 9, 9, 9, 9, (9, None)),
    ("ended before the group knew", 0, 9, 7, 5, (5, None)),
    ("set back on purpose", 0, 9, 7, 0, (0, None)),
    ("the group is forgotten", 2, 9, 7, None, (2, None)),
    ("the database is restored", 0, 9, 3, 7, (3, 7)),
    ("the group's place is gone, as after resuming", 5, 9, 5, 3, (5, None)),
    ("the group's place is of an older topic", 0, 4, 0, 7, (0, None)),
    ("records are gone", 5, 9, 3, 3, "begins at offset 5, but 3"),
    ("all records are gone", 9, 9, 3, 3, "begins at offset 9, but 3"),
    ("records are gone, and no position was kept", 5, 9, None, 3, "begins at offset 5, but 3"),
    ("the topic is made anew", 0, 2, 7, None, "ends at offset 2, but the records before 7"),
    ("restored, and the records are gone", 5, 9, 3, 7, "begins at offset 5, but 3"),
)


@pytest.mark.parametrize(
    ("first", "end", "kept", "committed", "found"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_where_a_partition_is_read_on(
    first: int,
    end: int,
    kept: int | None,
    committed: int | None,
    found: tuple[int, int | None] | str,
) -> None:
    place = begin_at("topic", 3, first=first, end=end, kept=kept, committed=committed)
    if isinstance(found, str):
        assert isinstance(place, Lost)
        assert found in place.reason
        assert place.reason.endswith(
            f"arrears partition resume 3 --topic topic --from {first} --as NAME"
        )
    else:
        assert place == Begin(*found)
