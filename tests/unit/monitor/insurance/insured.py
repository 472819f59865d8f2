"""Short makers of insured items, covers and what else uses a limit."""

from datetime import UTC, datetime
from typing import Any

from services.monitor.domain.insurance.cover import Cover, Withdrawal
from services.monitor.domain.insurance.limit import Exposure
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.money import to_minor
from tests.unit.monitor.builders import CUSTOMER, DUE_ON, ISSUED_ON, SAID_AT, cover, day


def item_of(
    open_text: str,
    currency: str = "EUR",
    issued_on: str = ISSUED_ON,
    due_on: str = DUE_ON,
    *,
    invoice_id: str = "A",
    disputed: str = "0",
) -> Item:
    """An item with something open."""
    amount = to_minor(open_text, currency)
    item = Item(invoice_id, 1, currency, amount, day(issued_on), day(due_on), day(due_on))
    item.disputed = to_minor(disputed, currency)
    return item


def exposed(
    invoice_id: str,
    open_text: str,
    due_on: str = DUE_ON,
    issued_on: str = ISSUED_ON,
    disputed: str = "0",
    currency: str = "EUR",
) -> Exposure:
    """Another open item of the customer."""
    return Exposure(
        invoice_id=invoice_id,
        instalment=1,
        currency=currency,
        issued_on=day(issued_on),
        original_due_on=day(due_on),
        open=to_minor(open_text, currency),
        disputed=to_minor(disputed, currency),
    )


def known(*terms: CoverUpdated) -> list[Cover]:
    """Covers as the account keeps them."""
    return [Cover(SAID_AT, f"e{number}", one) for number, one in enumerate(terms)]


def withdrawn(
    withdrawn_on: str, policy_no: str = "TC-1", reason: str | None = None
) -> CoverWithdrawn:
    """The insurer's word that a cover has ended."""
    word = CoverWithdrawn(
        customer_id=CUSTOMER, policy_no=policy_no, withdrawn_on=day(withdrawn_on), reason=reason
    )
    word.check()
    return word


def ended(withdrawn_on: str, reason: str | None = None, **more: Any) -> Cover:
    """A cover that was withdrawn."""
    word = withdrawn(withdrawn_on, reason=reason)
    later = datetime(2026, 6, 1, tzinfo=UTC)
    return Cover(SAID_AT, "e1", cover(**more), Withdrawal(later, "e2", word))
