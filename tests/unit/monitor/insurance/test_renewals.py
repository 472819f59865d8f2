"""What several words on one policy come to: renewals, other limits, withdrawals, in any order."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.monitor.domain.insurance.cover import Cover, begun_on, in_force, terms_for
from services.monitor.domain.ledger.debtor import Debtor
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import Word, heard, policy_of, said, told, withdrawn
from tests.unit.monitor.insurance.plain import terms_on


def terms(limit: str, valid_from: str = "2025-01-01", valid_to: str | None = None) -> CoverUpdated:
    """Terms that are told apart by their limit."""
    end = None if valid_to is None else day(valid_to)
    return cover(limit=limit, valid_from=day(valid_from), valid_to=end)


@dataclass(frozen=True)
class Case:
    """Words as they were said, and by days of issue the limit of the terms that insure."""

    name: str
    words: list[CoverUpdated | CoverWithdrawn]
    limits: dict[str, str | None]


YEAR = terms("1", "2025-01-01", "2025-12-31")
NEXT_YEAR = terms("2", "2026-01-01", "2026-12-31")
ALWAYS = terms("1")
CUT = terms("2", "2026-01-01")
CASES = [
    Case("one", [ALWAYS], {"2024-12-31": None, "2025-01-01": "1", "2026-01-01": "1"}),
    Case("the newer word of one day stands", [ALWAYS, terms("2")], {"2025-01-01": "2"}),
    Case(
        "a renewal leaves what was shipped before",
        [YEAR, NEXT_YEAR],
        {"2025-12-31": "1", "2026-01-01": "2", "2027-01-01": None},
    ),
    Case(
        "a limit that is cut does not work backwards",
        [ALWAYS, CUT],
        {"2025-12-31": "1", "2026-01-01": "2", "2030-01-01": "2"},
    ),
    Case(
        "a limit that is raised for a time",
        [ALWAYS, terms("9", "2025-06-01", "2025-06-30")],
        {"2025-05-31": "1", "2025-06-01": "9", "2025-06-30": "9", "2025-07-01": "1"},
    ),
    Case(
        "a gap between two terms",
        [YEAR, terms("2", "2026-02-01")],
        {"2025-12-31": "1", "2026-01-31": None, "2026-02-01": "2"},
    ),
    Case(
        "terms for the time before, said later",
        [CUT, ALWAYS],
        {"2025-12-31": "1", "2026-01-01": "2"},
    ),
    Case(
        "a renewal that is mended",
        [YEAR, NEXT_YEAR, terms("3", "2026-01-01")],
        {"2025-12-31": "1", "2026-01-01": "3", "2027-01-01": "3"},
    ),
    Case(
        "a withdrawal ends all terms said before it",
        [ALWAYS, CUT, withdrawn("2026-01-31")],
        {"2025-12-31": "1", "2026-01-31": "2", "2026-02-01": None},
    ),
    Case(
        "a withdrawal before a renewal begins",
        [YEAR, NEXT_YEAR, withdrawn("2025-11-30")],
        {"2025-11-30": "1", "2025-12-01": None, "2026-01-01": None},
    ),
    Case(
        "terms of the same day, said later, are in force again",
        [ALWAYS, withdrawn("2025-06-30"), terms("3")],
        {"2025-06-30": "3", "2025-07-01": "3"},
    ),
    Case(
        "terms from a later day put the policy in force from then on",
        [ALWAYS, withdrawn("2025-06-30"), CUT],
        {"2025-06-30": "1", "2025-07-01": None, "2025-12-31": None, "2026-01-01": "2"},
    ),
    Case(
        "in force again, and withdrawn again: the first end stands",
        [ALWAYS, withdrawn("2025-06-30"), CUT, withdrawn("2026-06-30")],
        {"2025-06-30": "1", "2025-07-01": None, "2026-06-30": "2", "2026-07-01": None},
    ),
    Case(
        "two withdrawals of the same terms: the earlier day",
        [ALWAYS, withdrawn("2025-06-30"), withdrawn("2025-03-31")],
        {"2025-03-31": "1", "2025-04-01": None},
    ),
    Case(
        "two withdrawals, the later day said later",
        [ALWAYS, withdrawn("2025-03-31"), withdrawn("2025-06-30")],
        {"2025-03-31": "1", "2025-04-01": None},
    ),
    Case(
        "a withdrawal is taken back by saying the terms again",
        [ALWAYS, withdrawn("2025-03-31"), terms("1"), withdrawn("2025-06-30")],
        {"2025-04-01": "1", "2025-06-30": "1", "2025-07-01": None},
    ),
    Case("a withdrawal alone", [withdrawn("2025-06-30")], {"2025-06-30": None}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_invoice_is_insured_by_the_terms_of_its_own_day(case: Case) -> None:
    known = [policy_of(*case.words)]
    found = {on: terms_for("EUR", day(on), known) for on in case.limits}
    assert {on: one and one.limit for on, one in found.items()} == case.limits


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_words_come_to_the_same_in_any_order_of_arrival(case: Case) -> None:
    assert {repr(told(order)) for order in permutations(said(*case.words))} == {
        repr(policy_of(*case.words))
    }


def test_of_two_words_of_one_instant_the_name_decides() -> None:
    words = [Word(1, "e1", terms("1")), Word(1, "e2", terms("2"))]
    for order in permutations(words):
        state = told(order)
        assert state is not None
        assert state.terms == terms("2")


DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 8))


@st.composite
def some_words(draw: st.DrawFn) -> list[Word]:
    """Words on one policy in few days, so that they meet."""
    words = []
    for number in range(draw(st.integers(1, 7))):
        first = draw(DAYS)
        if draw(st.integers(0, 2)):
            last = draw(st.none() | DAYS.map(lambda one, least=first: max(one, least)))
            data: Any = cover(limit=str(number + 1), valid_from=first, valid_to=last)
        else:
            data = withdrawn(first.isoformat())
        words.append(Word(draw(st.integers(0, 4)), "abcdefg"[number], data))
    return words


@given(words=some_words(), data=st.data())
def test_neither_the_order_of_arrival_nor_repeats_matter(
    words: list[Word], data: st.DataObject
) -> None:
    assert told(data.draw(st.permutations([*words, *words]))) == told(words)


@example(words=said(ALWAYS, withdrawn("2025-01-02"), CUT, withdrawn("2025-01-04")))
@given(words=some_words())
def test_the_terms_of_every_day_are_those_of_a_plain_look_at_all_words(words: list[Word]) -> None:
    state = told(words)
    assert state is not None
    for number in range(1, 10):
        on = date(2025, 1, number)
        assert in_force(state, on) == terms_on(words, on)


@given(words=some_words(), later=st.integers(0, 400))
def test_a_renewal_changes_nothing_for_what_was_shipped_before(
    words: list[Word], later: int
) -> None:
    first = date.fromordinal(date(2025, 1, 5).toordinal() + later)
    renewed = told([*words, Word(9, "z", cover(limit="99", valid_from=first))])
    before, state = told(words), renewed
    assert before is not None
    assert state is not None
    if any(getattr(word.data, "valid_from", None) == first for word in words):
        return
    for number in range(1, 9):
        on = date(2025, 1, number)
        if on < first:
            assert in_force(state, on) == in_force(before, on)


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(Word(1, "e0", terms("1")), id="older terms of the same day"),
        pytest.param(Word(2, "e2", terms("2")), id="the same word once more"),
        pytest.param(Word(3, "e3", withdrawn("2026-01-01")), id="the same withdrawal once more"),
        pytest.param(Word(1, "e1", withdrawn("2026-01-01")), id="a withdrawal that was repeated"),
    ],
)
def test_a_word_that_changes_nothing_says_so(word: Word) -> None:
    state = told([Word(2, "e2", terms("2")), Word(3, "e3", withdrawn("2026-01-01"))])
    assert heard(state, word) is None


def test_the_policy_begins_with_its_first_terms() -> None:
    covers = [policy_of(CUT, ALWAYS, terms("3", "2025-07-01")), policy_of(cover("TC-2"))]
    assert begun_on("TC-1", covers) == date(2025, 1, 1)
    with pytest.raises(ValueError, match="empty"):
        begun_on("TC-3", covers)


#: As it was stored when a policy had one word on its terms.
STORED = {
    "terms": b"""{"covers": {"TC-1": {"said_at": "2026-01-01T01:00:00Z", "event_name": "e1",
        "terms": {"customer_id": "C1", "policy_no": "TC-1", "insurer": "Insurer",
        "currency": "EUR", "insured_percentage": "90", "limit": "1", "waiting_days": 60,
        "notice_days": 30, "mep_days": 60, "mep_from": "due", "valid_from": "2025-01-01"}}}}""",
    "withdrawal": b"""{"covers": {"TC-1": {"said_at": "2026-01-01T02:00:00Z", "event_name": "e2",
        "terms": null, "withdrawal": {"said_at": "2026-01-01T02:00:00Z", "event_name": "e2",
        "word": {"customer_id": "C1", "policy_no": "TC-1", "withdrawn_on": "2025-06-30"}}}}}""",
}


def stored(name: str) -> Cover:
    """What is read of a policy stored before."""
    return msgspec.json.decode(STORED[name], type=Debtor).covers["TC-1"]


def test_terms_stored_before_renewals_were_kept_are_renewed() -> None:
    renewed = heard(stored("terms"), Word(3, "e3", CUT))
    assert renewed is not None
    before, after = in_force(renewed, date(2025, 12, 31)), in_force(renewed, date(2026, 1, 1))
    assert (before and before.limit, after and after.limit) == ("1", "2")
    assert begun_on("TC-1", [renewed]) == date(2025, 1, 1)


def test_a_withdrawal_stored_before_ends_the_terms_that_come() -> None:
    ended = heard(stored("withdrawal"), Word(1, "e1", ALWAYS))
    assert ended == policy_of(ALWAYS, withdrawn("2025-06-30"))
    assert in_force(ended, date(2025, 7, 1)) is None


@given(words=some_words())
def test_what_is_stored_is_read_as_it_was(words: list[Word]) -> None:
    state = told(words)
    assert state is not None
    debtor = Debtor(covers={"TC-1": state})
    assert msgspec.json.decode(msgspec.json.encode(debtor), type=Debtor) == debtor
