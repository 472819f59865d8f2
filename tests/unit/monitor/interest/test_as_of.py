"""Interest told later of a day, against what the ledger itself held at the end of that day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.interest.accrual import Step
from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.course import course_of
from services.monitor.domain.interest.terms import always
from services.monitor.domain.invoice.item import Item
from shared.contracts.credit_note import CreditNoteCancelled
from shared.contracts.fields import Inbound
from shared.contracts.invoice import InvoiceTermsExtended
from shared.contracts.payment import PaymentReversed
from shared.money import to_minor
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    ISSUED_ON,
    credited,
    day,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.interest.cases import terms
from tests.unit.monitor.invoice_builders import (
    disputed,
    extended,
    resolved,
    write_off_reversed,
    written_off,
)

FIRST_ON: Final = day(ISSUED_ON)
NOON: Final = time(12)
DAYS: Final = 60
TEN: Final = always(terms(annual_percent="10", fixed_sum={"EUR": "40.00"}), "tests@1")

later_days = st.integers(1, DAYS - 10).map(lambda days: FIRST_ON + timedelta(days))
amounts = st.integers(1, 60).map(lambda euros: f"{euros}.00")
instalments = st.sampled_from([None, None, 1, 2])


@st.composite
def schedules(draw: st.DrawFn) -> list[tuple[str, str]]:
    """Draw one to three parts of 100.00 in all, in any order of their days."""
    cuts = draw(st.sampled_from([(100,), (60, 40), (40, 60), (30, 50, 20)]))
    return [
        ((FIRST_ON + timedelta(draw(st.integers(0, DAYS)))).isoformat(), f"{part}.00")
        for part in cuts
    ]


@st.composite
def words(draw: st.DrawFn, number: int) -> list[Inbound]:
    """Draw something that happens to the invoice, and what may become of it."""
    on, then = sorted((draw(later_days), draw(later_days)))
    name, first, last = f"N{number}", on.isoformat(), then.isoformat()
    kind = draw(st.sampled_from(["money", "note", "dispute", "dispute", "more time", "loss"]))
    goes_on = draw(st.booleans())
    if kind == "money":
        amount, place = draw(amounts), draw(st.sampled_from([None, (), (1,), (2,)]))
        parts: list[Any] = [] if place is None else [("A", amount, *place)]
        back = reversed_(f"R{number}", name, on=last, reason="refund")
        return [paid(name, amount, *parts, on=first), *([back] if goes_on else [])]
    if kind == "loss":
        loss = written_off("A", draw(st.none() | amounts), on=first)
        return [loss, *([write_off_reversed("A", on=last)] if goes_on else [])]
    if kind == "note":
        note = credited(name, draw(amounts), "A", on=first)
        return [note, *([note_cancelled(name, on=last)] if goes_on else [])]
    if kind == "dispute":
        amount_or_all = draw(st.none() | amounts)
        word = disputed(name, "A", amount_or_all, instalment=draw(instalments), on=first)
        outcome = draw(st.sampled_from(["accepted", "rejected"]))
        return [word, *([resolved(name, "A", outcome, on=last)] if goes_on else [])]
    if goes_on:
        until = then + timedelta(draw(st.integers(0, 20)))
        return [extended("A", until.isoformat(), agreed_on=first)]
    schedule = draw(schedules())
    latest = max(part[0] for part in schedule)
    return [extended("A", *schedule, agreed_on=min(first, latest))]


@st.composite
def lives(draw: st.DrawFn) -> list[Inbound]:
    """Draw the life of an invoice, in the order of its days.

    Of money that left again only records tell where it was, and a schedule writes them anew by its
    own parts: so a life with a schedule keeps its money.
    """
    found: list[Inbound] = [issued("A", *draw(schedules()))]
    more = [one for number in range(draw(st.integers(1, 6))) for one in draw(words(number))]
    if any(isinstance(one, InvoiceTermsExtended) and one.schedule for one in more):
        more = [one for one in more if not isinstance(one, PaymentReversed | CreditNoteCancelled)]
    return found + sorted(more, key=_happened_on)


def _happened_on(data: Inbound) -> date:
    assert data.happened_on is not None
    return data.happened_on


def tell(book: Book, number: int, data: Inbound) -> None:
    """Fold an event that is told on the day on which it happened."""
    book.fold_as(f"e{number:02}", data, datetime.combine(_happened_on(data), NOON, UTC))


def book_of(life: Sequence[Inbound], until: date) -> Book:
    """Fold what has happened by the end of a day."""
    book = Book()
    for number, data in enumerate(life):
        if _happened_on(data) <= until:
            tell(book, number, data)
    return book


def bearing(item: Item, on: date) -> int:
    """Return what of an item bears interest on a day, as the ledger had it at its end."""
    return max(0, item.dunnable) if item.due_on < on else 0


def late_from(book: Book, on: date) -> list[str]:
    """Name the items that are late as a day begins, before anything happens on it."""
    return [item.item_id for item in book.items() if bearing(item, on)]


def standing(steps: list[Step], on: date) -> tuple[int, int, date] | None:
    """Return (open, disputed, due date) of an instalment at the end of a day, where it is open."""
    last = [step for step in steps if step.on <= on][-1:]
    found = [(one.open_minor, one.disputed_minor, one.due_on) for one in last if one.open_minor]
    return found[0] if found else None


@given(lives())
def test_each_day_bears_interest_on_what_the_ledger_held_at_its_end(life: list[Inbound]) -> None:
    """And the fixed sum is owed once a day began late, more time of that day aside, or ended so."""
    whole = book_of(life, date.max).account
    invoice, clearings = whole.invoices["A"], whole.clearings
    course = course_of(invoice, clearings)
    waiting, book, total = list(life), Book(), Fraction()
    was_late = False
    for number in range(DAYS):
        before = late_from(book, FIRST_ON + timedelta(number))
        on = FIRST_ON + timedelta(number)
        while waiting and _happened_on(waiting[0]) <= on:
            tell(book, len(life) - len(waiting), waiting.pop(0))
        held = [(one.open, one.disputed, one.due_on) for one in book.items() if one.open]
        told = [standing(steps, on) for steps in course]
        assert [one for one in told if one is not None] == held
        total += sum(bearing(item, on) for item in book.items())
        due = {item.item_id: item.due_on for item in book.items()}
        was_late = was_late or total > 0
        was_late = was_late or any(due.get(name, max(due.values())) < on for name in before)
    until = FIRST_ON + timedelta(DAYS - 1)
    grown = to_minor(interest_of(invoice, clearings, TEN, until).accrued, "EUR")
    assert grown == round(total / 3650) + (40_00 if was_late else 0)


@given(lives(), st.integers(0, DAYS), st.integers(0, DAYS))
def test_what_is_told_later_of_a_day_is_what_was_told_on_it_and_never_falls(
    life: list[Inbound], one: int, two: int
) -> None:
    earlier, later = sorted((FIRST_ON + timedelta(one), FIRST_ON + timedelta(two)))
    then, whole = book_of(life, earlier).account, book_of(life, date.max).account
    told_then = interest_of(then.invoices["A"], then.clearings, TEN, earlier).accrued
    told_later = interest_of(whole.invoices["A"], whole.clearings, TEN, earlier).accrued
    assert told_then == told_later
    grown = interest_of(whole.invoices["A"], whole.clearings, TEN, later).accrued
    assert to_minor(told_later, "EUR") <= to_minor(grown, "EUR")
