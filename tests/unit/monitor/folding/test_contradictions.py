"""Two words on one thing that say different things: which one counts, and what a person sees."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    SAID_AT,
    amended,
    cancelled,
    credited,
    customer,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.debtor_builders import blocked, promise_withdrawn, promised, unblocked
from tests.unit.monitor.invoice_builders import disputed, resolved, waived, written_off

A = issued("A", "100.00")
P = paid("P", "60.00", ("A", "60.00"))
N = credited("N", "20.00", "A")
D = disputed("D", "A", "30.00")


def book_of(*events: Event) -> Book:
    """Fold events that have names and times of their own."""
    book = Book()
    for event in events:
        fold(book.account, event, OLDEST_DUE_FIRST)
    return book


@dataclass(frozen=True)
class Version:
    """Two words on one version; which of them (0, 1) counts, and the sentence about them."""

    name: str
    words: tuple[Event, Event]
    counts: int
    sentence: str | None


def _at(name: str, minutes: int, data: Inbound) -> Event:
    return Event(name, SAID_AT + timedelta(minutes=minutes), data)


INVOICE = "version 1 of invoice A came with different terms; those of event {}, said last, count"
CUSTOMER = (
    "version 2 of the customer came with different content; that of event {}, said last, counts"
)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(one, id=one.name)
        for one in (
            Version(
                "of an invoice, another amount: the one said last",
                (_at("e9", 1, amended("A", 1, "120.00")), _at("e1", 2, amended("A", 1, "150.00"))),
                1,
                INVOICE.format("e1"),
            ),
            Version(
                "of an invoice, another day",
                (
                    _at("e1", 2, amended("A", 1, "120.00", on="2026-01-10")),
                    _at("e2", 1, amended("A", 1, "120.00", on="2026-01-11")),
                ),
                0,
                INVOICE.format("e1"),
            ),
            Version(
                "of an invoice, said at one time: the name that sorts last",
                (_at("e1", 1, amended("A", 1, "120.00")), _at("e2", 1, amended("A", 1, "150.00"))),
                1,
                INVOICE.format("e2"),
            ),
            Version(
                "of an invoice, the same terms again",
                (_at("e1", 1, amended("A", 1, "120.00")), _at("e2", 2, amended("A", 1, "120.00"))),
                1,
                None,
            ),
            Version(
                "of a customer, another grade: the one said last",
                (_at("e9", 1, customer(2, grade="A")), _at("e1", 2, customer(2, grade="B"))),
                1,
                CUSTOMER.format("e1"),
            ),
            Version(
                "of a customer, the same again",
                (_at("e1", 1, customer(2)), _at("e2", 2, customer(2))),
                1,
                None,
            ),
        )
    ],
)
def test_of_two_words_on_one_version_the_one_said_last_counts_whatever_came_first(
    case: Version,
) -> None:
    invoice = _at("e0", 0, A)
    counts = book_of(invoice, case.words[case.counts])
    found = [
        book_of(invoice, first, second, first) for first, second in (case.words, case.words[::-1])
    ]
    assert found[0].account.debtor == found[1].account.debtor
    for book in found:
        assert book.anomalies() == ([] if case.sentence is None else [case.sentence])
        assert book.account.debtor == _with_memory(counts, book).account.debtor
        assert book.account.invoices["A"].amendment == counts.account.invoices["A"].amendment
        assert book.open() == counts.open()


def _with_memory(book: Book, other: Book) -> Book:
    """Give a book what another remembers of words that count no more."""
    book.account.debtor.contradictions = other.account.debtor.contradictions
    book.account.debtor.placements = other.account.debtor.placements
    return book


def test_what_was_said_again_last_counts_over_what_was_said_between() -> None:
    said = [amended("A", 1, "120.00"), amended("A", 1, "150.00"), amended("A", 1, "120.00")]
    first, between, last = (_at(f"e{number}", number, data) for number, data in enumerate(said, 1))
    assert book_of(_at("e0", 0, A), last, first, between).open() == {"A/1": "120.00"}
    assert book_of(_at("e0", 0, A), first, last, between).open() == {"A/1": "120.00"}


def test_a_higher_version_stands_whatever_the_lower_ones_say() -> None:
    words = [_at("e1", 5, amended("A", 1, "120.00")), _at("e2", 6, amended("A", 1, "150.00"))]
    higher = _at("e3", 1, amended("A", 2, "90.00"))
    for events in ([*words, higher], [higher, *words], [words[1], higher, words[0]]):
        book = book_of(_at("e0", 0, A), *events)
        assert book.open() == {"A/1": "90.00"}
        assert [one.parts[0][1] for one in book.account.invoices["A"].versions()] == [
            "150.00",
            "90.00",
        ]


@dataclass(frozen=True)
class Named:
    """What came under an id, what comes under it again, and the sentence about it, if any."""

    name: str
    before: list[Inbound]
    again: Inbound
    sentence: str | None


def _reversal(**more: Any) -> Inbound:
    given: dict[str, Any] = {"amount": "10.00", "on": "2026-02-05", "reason": "refund"}
    return reversed_("R", "P", **(given | more))


REVERSAL = "reversal R came before; event e4 changes nothing"
WAIVER = "waiver W came before; event e3 changes nothing"
RESOLUTION = "dispute D was resolved before; event e4 changes nothing"
DISPUTE = (
    "dispute D came before; event e4 changes nothing, for it is resolved: what is disputed anew "
    "needs an id of its own"
)
NOTE = "cancellation of credit note N came before; event e4 changes nothing"


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(one, id=one.name)
        for one in (
            Named("a reversal, the same", [A, P, _reversal()], _reversal(), None),
            Named("a reversal, an amount", [A, P, _reversal()], _reversal(amount="5.00"), REVERSAL),
            Named("a reversal, all of it", [A, P, _reversal()], _reversal(amount=None), REVERSAL),
            Named("a reversal, a day", [A, P, _reversal()], _reversal(on="2026-02-06"), REVERSAL),
            Named(
                "a reversal, a reason", [A, P, _reversal()], _reversal(reason="bounced"), REVERSAL
            ),
            Named(
                "a reversal before its payment",
                [A, _reversal()],
                _reversal(amount="5.00"),
                "reversal R came before; event e3 changes nothing",
            ),
            Named("a waiver, the same", [A, waived("W", "A", "5")], waived("W", "A", "5"), None),
            Named("a waiver, an amount", [A, waived("W", "A", "5")], waived("W", "A"), WAIVER),
            Named(
                "a waiver, a day",
                [A, waived("W", "A", "5")],
                waived("W", "A", "5", on="2026-03-02"),
                WAIVER,
            ),
            Named("a resolution, the same", [A, D, resolved("D", "A")], resolved("D", "A"), None),
            Named(
                "a resolution, an outcome",
                [A, D, resolved("D", "A")],
                resolved("D", "A", "withdrawn"),
                RESOLUTION,
            ),
            Named(
                "a resolution, a day",
                [A, D, resolved("D", "A")],
                resolved("D", "A", on="2026-02-11"),
                RESOLUTION,
            ),
            Named(
                "a dispute, as it is open",
                [A, D],
                D,
                "dispute D came before; event e3 changes nothing",
            ),
            Named("a dispute that is resolved", [A, D, resolved("D", "A")], D, DISPUTE),
            Named("a cancelled note", [A, N, note_cancelled("N")], note_cancelled("N"), None),
            Named(
                "a cancelled note, a day",
                [A, N, note_cancelled("N")],
                note_cancelled("N", on="2026-02-06"),
                NOTE,
            ),
        )
    ],
)
def test_of_two_words_under_one_id_the_first_counts_and_a_difference_is_shown(case: Named) -> None:
    book = Book()
    book.fold(*case.before)
    before, anomalies = book.open(), book.anomalies()
    remark = book.fold(case.again)["remark"]
    assert book.open() == before
    added = [] if case.sentence is None else [case.sentence]
    assert sorted(book.anomalies()) == sorted([*anomalies, *added])
    assert "changes nothing" in remark


def test_of_two_cancellations_the_earlier_day_stands_in_any_order() -> None:
    before = [_at("e1", 1, A), _at("e2", 2, written_off("A", "40.00", on="2026-01-20"))]
    words = [
        _at("e3", 3, cancelled("A", on="2026-01-25")),
        _at("e4", 4, cancelled("A", on="2026-01-15")),
    ]
    first, second = (
        book_of(*before, *order).account.invoices["A"] for order in (words, words[::-1])
    )
    assert first == second
    assert first.losses == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the earlier first", "the later first"])
def test_of_two_ends_of_a_promise_or_a_block_the_earlier_day_stands(order: tuple[int, int]) -> None:
    days = ("2026-02-05", "2026-02-10")
    book = Book()
    book.fold(promised("P"), blocked("K"))
    for place in order:
        book.fold(promise_withdrawn("P", on=days[place]), unblocked("K", on=days[place]))
    debtor = book.account.debtor
    assert str(debtor.promises["P"].withdrawn_on) == days[0]
    assert str(debtor.blocks["K"].unblocked_on) == days[0]
