"""A write-off of all that is open is fixed: it is one that names what was open as its day ended."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import NONE
from shared.contracts.invoice import InvoiceIssued, InvoiceWriteOffReversed, InvoiceWrittenOff
from shared.money import to_text
from tests.unit.monitor.builders import ACCOUNT_ID, SAID_AT
from tests.unit.monitor.histories import consistent
from tests.unit.monitor.invoice_builders import written_off


@given(st.data())
def test_it_is_one_that_names_what_was_open_at_the_end_of_its_day(data: st.DataObject) -> None:
    """What was open then is asked of an account that knows no later day, as `as_of` does."""
    events = data.draw(consistent(only_named=True))
    on = data.draw(st.dates(date(2026, 1, 10), date(2026, 2, 20))).isoformat()
    events.append(Event("e-all", SAID_AT, written_off("A", on=on)))
    named = [named_amount(events, one) for one in events]
    assert items_of(named) == items_of(events)


def folded(events: list[Event]) -> Account:
    """Fold events into an account that clears by hand, so that all that clears is named."""
    account = Account(ACCOUNT_ID, has_open_in_reach=True)
    for event in events:
        fold(account, event, NONE)
    return account


def items_of(events: list[Event]) -> dict[str, tuple[int, int]]:
    """Return what is open and what is given up of each item, in minor units."""
    return {
        item.item_id: (item.open, item.written_off)
        for invoice in folded(events).invoices.values()
        for item in invoice.items
    }


def named_amount(events: list[Event], event: Event) -> Event:
    """Return a write-off of all as one of an amount; every other event as it is."""
    data = event.data
    if not isinstance(data, InvoiceWrittenOff) or data.amount is not None:
        return event
    issued_on = [
        one.data.issued_on
        for one in events
        if isinstance(one.data, InvoiceIssued) and one.data.invoice_id == data.invoice_id
    ]
    day = max([data.written_off_on, *issued_on])
    before = [
        one
        for one in events
        if (one.data.happened_on or day) <= day and not is_said_after(one, event)
    ]
    invoice = folded(before).invoices.get(data.invoice_id)
    if invoice is None or invoice.currency is None:
        return event
    amount = to_text(sum(item.open for item in invoice.items), invoice.currency)
    return Event(event.name, event.said_at, replace(data, amount=amount))


def is_said_after(one: Event, event: Event) -> bool:
    """Say whether a word on write-offs counts after another, or is that word itself."""
    return isinstance(one.data, InvoiceWrittenOff | InvoiceWriteOffReversed) and place(
        one
    ) >= place(event)


def place(event: Event) -> tuple[date | None, bool, str]:
    """Return the place of a word on write-offs: by its day, reversals last."""
    is_reversal = isinstance(event.data, InvoiceWriteOffReversed)
    return event.data.happened_on, is_reversal, event.name
