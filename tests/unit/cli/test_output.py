"""Values are written as people read them."""

import pytest

from cli.show.output import count_of


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1000, "1000 events")]
)
def test_one_thing_is_no_plural(count: int, text: str) -> None:
    assert count_of(count, "event") == text
