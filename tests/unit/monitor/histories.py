"""Generated histories: events of every inbound type over a few invoices, payments and notes.

Few ids and round amounts, so that events meet: the same invoice is amended, paid, credited and
cancelled, money is on account, comes before its invoice, bounces before it came.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteIssued
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound
from shared.contracts.invoice import InvoiceAmended, InvoiceCancelled, InvoiceIssued
from shared.contracts.payment import PaymentReceived, PaymentReversed
from tests.unit.monitor.builders import (
    SAID_AT,
    amended,
    cancelled,
    cover,
    credited,
    customer,
    issued,
    paid,
    reversed_,
)

FIRST_DAY: Final = date(2026, 1, 1)
EVENTS_MAX: Final = 14
#: Events arrive on one of so many days after the first.
ARRIVAL_DAYS: Final = 75

#: One of them meets most of the events.
_invoice_ids = st.sampled_from("AAABC")
_payment_ids = st.sampled_from("PQR")
_note_ids = st.sampled_from("MN")
#: EUR mostly, so that money meets; JPY has no decimals and makes amounts unreadable.
_currencies = st.sampled_from(("EUR",) * 7 + ("JPY",))
_amounts = st.sampled_from((10, 20, 30, 40, 50, 70, 100))
_days = st.integers(0, 60).map(lambda days: (FIRST_DAY + timedelta(days)).isoformat())
_versions = st.integers(1, 3)


#: The fields that name what an event of a type tells of.
_KEYS: Final[dict[type[Inbound], tuple[str, ...]]] = {
    InvoiceIssued: ("invoice_id",),
    InvoiceAmended: ("invoice_id", "version"),
    InvoiceCancelled: ("invoice_id",),
    PaymentReceived: ("payment_id",),
    PaymentReversed: ("payment_id", "reversal_id"),
    CreditNoteIssued: ("credit_note_id",),
    CustomerUpdated: ("version",),
    CoverUpdated: ("policy_no",),
}


def business_key(data: Inbound) -> tuple[Any, ...]:
    """Name what an event tells of: two events of one key and different content contradict."""
    return type(data), *(getattr(data, name) for name in _KEYS[type(data)])


@st.composite
def _parts(draw: st.DrawFn, counts: tuple[int, ...] = (1, 1, 1, 2, 3)) -> list[tuple[str, str]]:
    """Draw one to three parts, one most often, due within three months."""
    count = draw(st.sampled_from(counts))
    amounts = [draw(_amounts) for _ in range(count)]
    dues = [draw(st.integers(30, 90)) for _ in amounts]
    return [
        ((FIRST_DAY + timedelta(due)).isoformat(), str(amount))
        for due, amount in zip(dues, amounts, strict=True)
    ]


@st.composite
def _issued(draw: st.DrawFn, invoice_id: str | None = None) -> InvoiceIssued:
    issued_on = (FIRST_DAY + timedelta(draw(st.integers(0, 20)))).isoformat()
    return issued(
        invoice_id or draw(_invoice_ids), *draw(_parts()), on=issued_on, currency=draw(_currencies)
    )


@st.composite
def _amended(draw: st.DrawFn) -> InvoiceAmended:
    parts = draw(_parts())
    if draw(st.integers(0, 4)) == 0:  # cents, which JPY has not
        parts = [(due_on, f"{amount}.50") for due_on, amount in parts]
    return amended(draw(_invoice_ids), draw(_versions), *parts, on=draw(_days))


@st.composite
def _cancelled(draw: st.DrawFn) -> InvoiceCancelled:
    return cancelled(draw(_invoice_ids), on=draw(_days))


@st.composite
def _paid(draw: st.DrawFn, *, only_named: bool) -> PaymentReceived:
    shares = draw(st.lists(_amounts, min_size=1 if only_named else 0, max_size=3))
    allocations = [
        (draw(_invoice_ids), str(share), *draw(st.sampled_from(((), (), (1,), (2,)))))
        for share in shares
    ]
    spare = 0 if only_named else draw(st.sampled_from((0, 0, 20, 50, 120, 250)))
    amount = sum(shares) + spare or 50
    return paid(
        draw(_payment_ids),
        str(amount),
        *allocations,  # type: ignore[arg-type]  # a pair or a triple
        on=draw(_days),
        currency=draw(_currencies),
    )


@st.composite
def _reversed(draw: st.DrawFn) -> PaymentReversed:
    return reversed_(
        draw(st.sampled_from(("R1", "R2"))),
        draw(_payment_ids),
        draw(st.sampled_from((None, None, "10", "30", "60", "12.50"))),
        on=draw(_days),
    )


@st.composite
def _credited(draw: st.DrawFn, *, only_named: bool) -> CreditNoteIssued:
    return credited(
        draw(_note_ids),
        str(draw(_amounts)),
        draw(_invoice_ids if only_named else st.none() | _invoice_ids),
        on=draw(_days),
        currency=draw(_currencies),
    )


def _data(*, only_named: bool) -> st.SearchStrategy[Inbound]:
    """Draw one event of any type; invoices and money are more frequent than the rest."""
    money = _paid(only_named=only_named)
    return st.one_of(
        _issued(),
        money,
        money,
        _reversed(),
        _amended(),
        _credited(only_named=only_named),
        _cancelled(),
        st.builds(customer, _versions),
        st.builds(cover, limit=st.sampled_from(("100", "200"))),
    )


def _named(facts: list[Inbound]) -> list[Event]:
    """Give events names and times of their own."""
    return [
        Event(f"e{number}", SAID_AT + timedelta(minutes=number), data)
        for number, data in enumerate(facts)
    ]


@st.composite
def _facts(draw: st.DrawFn, *, only_named: bool) -> list[Inbound]:
    """Draw at least two invoices and whatever else, in any order."""
    count = draw(st.integers(0, EVENTS_MAX))
    more = [draw(_data(only_named=only_named)) for _ in range(count)]
    return draw(st.permutations([draw(_issued("A")), draw(_issued("B")), *more]))


@st.composite
def consistent(draw: st.DrawFn, *, only_named: bool = False) -> list[Event]:
    """Draw events that do not contradict each other: one content for each business key.

    With `only_named`, all money names its invoices, to the last unit.
    """
    facts = draw(_facts(only_named=only_named))
    return _named(list({business_key(data): data for data in facts}.values()))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw any events in any order: said twice, contradicting each other, all of it."""
    return _named(draw(_facts(only_named=False)))


@st.composite
def shuffled(draw: st.DrawFn, events: list[Event]) -> list[Event]:
    """Draw another order of arrival, with some events arriving again."""
    again = draw(st.lists(st.sampled_from(events), max_size=4))
    return draw(st.permutations(events + again))


@st.composite
def batched(draw: st.DrawFn, events: list[Event]) -> list[list[Event]]:
    """Draw a way to cut events into batches."""
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(events) - 1)))))
    edges = [0, *cuts, len(events)]
    return [events[start:end] for start, end in pairwise(edges)]


@dataclass(frozen=True)
class Arrival:
    """Events that arrive on one day, in order."""

    on: date
    events: list[Event]


@st.composite
def calendars(draw: st.DrawFn) -> list[Arrival]:
    """Draw a history spread over days."""
    events = draw(histories())
    offsets = sorted(draw(st.integers(0, ARRIVAL_DAYS)) for _ in events)
    by_day: dict[int, list[Event]] = {}
    for offset, event in zip(offsets, events, strict=True):
        by_day.setdefault(offset, []).append(event)
    return [Arrival(FIRST_DAY + timedelta(days), arrived) for days, arrived in by_day.items()]


@st.composite
def one_invoice(draw: st.DrawFn) -> list[Arrival]:
    """Draw the days of one invoice that is amended again and again, paid and bounced between."""
    steps: list[Inbound] = [issued("A", *draw(_parts((1, 2, 3))))]
    for number in range(1, draw(st.integers(2, 8))):
        terms = amended("A", number, *draw(_parts((1, 2, 3))))
        money = paid(f"P{number}", "100")
        bounce = reversed_("R", f"P{number - 1}")
        steps += [draw(st.sampled_from((terms, terms, terms, money, bounce)))]
    on = (FIRST_DAY + timedelta(7 * number) for number in range(len(steps)))
    return [Arrival(today, [event]) for today, event in zip(on, _named(steps), strict=True)]
