"""Which cover insures an invoice, and what the words on a policy come to in any order."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.cover import (
    Cover,
    cover_for,
    why_uncovered,
    with_terms,
    with_withdrawal,
)
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from tests.unit.monitor.builders import SAID_AT, cover, day
from tests.unit.monitor.insurance.insured import ended, known, withdrawn

END = date(2026, 1, 1)
OLD = cover("TC-9", limit="1000")
NEW = cover("TC-1", limit="2000", valid_from=date(2025, 6, 1))


@dataclass(frozen=True)
class Case:
    """Covers, the day of an invoice in EUR, and the limit of the cover that insures it."""

    name: str
    covers: list[Cover]
    issued_on: str
    limit: str | None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name)
        for case in (
            Case("none", [], "2026-01-01", None),
            Case("another currency", known(cover(currency="USD")), "2026-01-01", None),
            Case("its first day", known(cover(valid_from=END)), "2026-01-01", "500000"),
            Case("the day before", known(cover(valid_from=END)), "2025-12-31", None),
            Case("its last day", known(cover(valid_to=END)), "2026-01-01", "500000"),
            Case("the day after", known(cover(valid_to=END)), "2026-01-02", None),
            Case("the day it is withdrawn", [ended("2026-01-01")], "2026-01-01", "500000"),
            Case("the day after a withdrawal", [ended("2026-01-01")], "2026-01-02", None),
            Case("two: the later begun", known(NEW, OLD), "2026-01-01", "2000"),
            Case("two: the other way round", known(OLD, NEW), "2026-01-01", "2000"),
            Case("two: before one began", known(OLD, NEW), "2025-03-01", "1000"),
            Case("two: one is withdrawn", [ended("2025-12-31"), *known(OLD)], "2026-01-01", "1000"),
            Case(
                "two that began together: the last policy number",
                known(OLD, cover("TC-1", limit="3000")), "2026-01-01", "1000",
            ),
        )
    ],
)  # fmt: skip
def test_the_cover_of_the_invoices_own_day_insures_it(case: Case) -> None:
    found = cover_for("EUR", day(case.issued_on), case.covers)
    assert (found and found.terms and found.terms.limit) == case.limit


def only_withdrawn() -> Cover:
    """A policy of which only the withdrawal has come."""
    found = with_withdrawal(None, SAID_AT, "e1", withdrawn("2026-01-01"))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("covers", "because"),
    [
        pytest.param([], "", id="none at all"),
        pytest.param(known(cover(currency="USD")), " (TC-1 is in USD)", id="another currency"),
        pytest.param(
            known(cover(valid_from=date(2026, 2, 2))), " (TC-1 begins on 2026-02-02)", id="later"
        ),
        pytest.param(
            known(cover(valid_to=date(2026, 1, 31))), " (TC-1 lapsed on 2026-01-31)", id="lapsed"
        ),
        pytest.param([ended("2026-01-30")], " (TC-1 was withdrawn on 2026-01-30)", id="withdrawn"),
        pytest.param(
            [ended("2026-01-30", reason="adverse information")],
            " (TC-1 was withdrawn on 2026-01-30: adverse information)",
            id="withdrawn for a reason",
        ),
        pytest.param(
            [only_withdrawn()],
            " (of TC-1 only the withdrawal has come, and no terms)",
            id="no terms",
        ),
        pytest.param(
            known(cover("TC-2", currency="USD"), cover("TC-1", valid_to=date(2026, 1, 31))),
            " (TC-1 lapsed on 2026-01-31; TC-2 is in USD)",
            id="two, by their numbers",
        ),
        pytest.param(
            known(*(cover(f"TC-{number}", currency="USD") for number in range(7))),
            " (TC-0 is in USD; TC-1 is in USD; TC-2 is in USD; TC-3 is in USD; TC-4 is in USD; "
            "2 more do not fit either)",
            id="more than are named",
        ),
    ],
)
def test_the_reason_for_no_cover_names_what_there_is(covers: list[Cover], because: str) -> None:
    assert why_uncovered("EUR", date(2026, 2, 1), covers) == (
        f"no cover in EUR was valid on 2026-02-01{because}; a person must decide what to claim"
    )


@dataclass(frozen=True)
class Word:
    """An event on one policy."""

    hours: int
    name: str
    data: CoverUpdated | CoverWithdrawn
    said_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        said_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=self.hours)
        object.__setattr__(self, "said_at", said_at)


def told(words: list[Word]) -> Cover | None:
    """What is known after words have come in an order."""
    state: Cover | None = None
    for word in words:
        if isinstance(word.data, CoverUpdated):
            newer = with_terms(state, word.said_at, word.name, word.data)
        else:
            newer = with_withdrawal(state, word.said_at, word.name, word.data)
        state = state if newer is None else newer
    return state


FIRST = Word(1, "e1", cover(limit="1000"))
SECOND = Word(2, "e2", cover(limit="2000"))
END_AT_THREE = Word(3, "e3", withdrawn("2026-01-01"))
AGAIN = Word(4, "e4", cover(limit="4000"))
END_AT_FIVE = Word(5, "e5", withdrawn("2026-02-01"))


@pytest.mark.parametrize(
    ("words", "limit", "withdrawn_on"),
    [
        pytest.param([FIRST], "1000", None, id="terms"),
        pytest.param([FIRST, SECOND], "2000", None, id="newer terms"),
        pytest.param([SECOND, END_AT_THREE], "2000", "2026-01-01", id="a withdrawal"),
        pytest.param([END_AT_THREE], None, "2026-01-01", id="a withdrawal alone"),
        pytest.param([FIRST, SECOND, END_AT_THREE, AGAIN], "4000", None, id="in force again"),
        pytest.param(
            [SECOND, END_AT_THREE, END_AT_FIVE], "2000", "2026-02-01", id="a later withdrawal"
        ),
        pytest.param([END_AT_THREE, AGAIN, END_AT_FIVE], "4000", "2026-02-01", id="again, and out"),
        pytest.param(
            [Word(2, "e1", cover(limit="1")), Word(2, "e2", cover(limit="2"))],
            "2", None, id="two words of one instant: the name decides",
        ),
    ],
)  # fmt: skip
def test_the_latest_words_on_a_policy_stand_in_any_order(
    words: list[Word], limit: str | None, withdrawn_on: str | None
) -> None:
    for order in permutations(words):
        state = told(list(order))
        assert state is not None
        assert (state.terms.limit if state.terms else None) == limit
        left = state.withdrawal
        assert (left and left.word.withdrawn_on.isoformat()) == withdrawn_on


WORDS = st.lists(
    st.builds(
        Word,
        hours=st.integers(0, 4),
        name=st.sampled_from("abcdef"),
        data=st.sampled_from(
            [cover(limit="1"), cover(limit="2"), withdrawn("2026-01-01"), withdrawn("2026-02-01")]
        ),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda word: word.name,
)


@given(words=WORDS, data=st.data())
def test_the_order_of_arrival_and_repeats_do_not_matter(
    words: list[Word], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*words, *words]))
    assert told(words) == told(shuffled)


def test_a_word_that_changes_nothing_says_so() -> None:
    state = told([SECOND, END_AT_THREE])
    assert with_terms(state, FIRST.said_at, "e1", cover()) is None
    assert with_terms(state, SECOND.said_at, "e2", cover()) is None
    assert with_withdrawal(state, END_AT_THREE.said_at, "e3", withdrawn("2026-01-01")) is None
    assert with_withdrawal(state, FIRST.said_at, "e1", withdrawn("2026-01-01")) is None
