"""Short makers of events and a book that folds them, so that a case reads as one line.

Every maker runs the contract's own check: a case can only hold what ingest would let through.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, Clearing
from services.monitor.domain.ledger.fold import Event, fold
from services.monitor.domain.ledger.funds import FundsKind
from services.monitor.domain.ledger.invoice import Item
from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteIssued
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound, Instalment
from shared.contracts.invoice import InvoiceAmended, InvoiceCancelled, InvoiceIssued
from shared.contracts.payment import Allocation, PaymentReceived, PaymentReversed
from shared.money import to_text

CUSTOMER: Final = "C1"
ACCOUNT_ID: Final = "default:C1"
SAID_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
ISSUED_ON: Final = "2026-01-01"
DUE_ON: Final = "2026-01-31"

AnyInbound = TypeVar("AnyInbound", bound=Inbound)

#: (due date, decimal amount) of an instalment.
PartText = tuple[str, str]


def day(text: str) -> date:
    """Read `2026-01-31`."""
    return date.fromisoformat(text)


def issued(
    invoice_id: str, *parts: PartText | str, on: str = ISSUED_ON, currency: str = "EUR"
) -> InvoiceIssued:
    """An invoice; a part that is an amount alone is due on `DUE_ON`."""
    return _checked(
        InvoiceIssued(
            customer_id=CUSTOMER,
            invoice_id=invoice_id,
            currency=currency,
            issued_on=day(on),
            **_terms(parts),
        )
    )


def amended(
    invoice_id: str, version: int, *parts: PartText | str, on: str = "2026-01-10"
) -> InvoiceAmended:
    """New terms of an invoice."""
    return _checked(
        InvoiceAmended(
            customer_id=CUSTOMER,
            invoice_id=invoice_id,
            version=version,
            amended_on=day(on),
            **_terms(parts),
        )
    )


def cancelled(invoice_id: str, on: str = "2026-01-20") -> InvoiceCancelled:
    """The end of an invoice."""
    return _checked(
        InvoiceCancelled(customer_id=CUSTOMER, invoice_id=invoice_id, cancelled_on=day(on))
    )


def paid(
    payment_id: str,
    amount: str,
    *allocations: tuple[str, str] | tuple[str, str, int],
    on: str = "2026-01-15",
    currency: str = "EUR",
) -> PaymentReceived:
    """A payment; each allocation is (invoice, amount) or (invoice, amount, instalment)."""
    return _checked(
        PaymentReceived(
            customer_id=CUSTOMER,
            payment_id=payment_id,
            amount=amount,
            currency=currency,
            received_on=day(on),
            allocations=[
                Allocation(
                    invoice_id=part[0],
                    amount=part[1],
                    instalment=part[2] if len(part) == 3 else None,
                )
                for part in allocations
            ]
            or None,
        )
    )


def reversed_(
    reversal_id: str,
    payment_id: str,
    amount: str | None = None,
    on: str = "2026-02-05",
    reason: Any = "bounced",
) -> PaymentReversed:
    """A payment that does not stand, in part or whole."""
    return _checked(
        PaymentReversed(
            customer_id=CUSTOMER,
            reversal_id=reversal_id,
            payment_id=payment_id,
            reversed_on=day(on),
            reason=reason,
            amount=amount,
        )
    )


def credited(
    credit_note_id: str,
    amount: str,
    invoice_id: str | None = None,
    on: str = "2026-01-12",
    currency: str = "EUR",
) -> CreditNoteIssued:
    """A credit note, on an invoice or on account."""
    return _checked(
        CreditNoteIssued(
            customer_id=CUSTOMER,
            credit_note_id=credit_note_id,
            amount=amount,
            currency=currency,
            issued_on=day(on),
            invoice_id=invoice_id,
        )
    )


def customer(version: int, name: str = "Example Trading", **more: Any) -> CustomerUpdated:
    """A word on the customer."""
    return _checked(CustomerUpdated(customer_id=CUSTOMER, version=version, name=name, **more))


def cover(policy_no: str = "TC-1", **more: Any) -> CoverUpdated:
    """A word on the insurer's cover: 90 % of at most 500,000 EUR unless said otherwise."""
    terms: dict[str, Any] = {
        "insurer": "Example Credit Insurance",
        "currency": "EUR",
        "insured_percentage": "90",
        "limit": "500000",
        "waiting_days": 60,
        "notice_days": 30,
        "mep_days": 60,
        "mep_from": "due",
        "valid_from": date(2025, 1, 1),
    }
    return _checked(CoverUpdated(customer_id=CUSTOMER, policy_no=policy_no, **(terms | more)))


class Book:
    """One account with everything loaded, to fold events into."""

    def __init__(self, rule: str = OLDEST_DUE_FIRST) -> None:
        self.account = Account(ACCOUNT_ID, has_all_open=True)
        self.rule = rule
        self._count = 0

    def fold(self, *events: Inbound) -> dict[str, Any]:
        """Fold events in order; returns what the last one changed."""
        changes: dict[str, Any] = {}
        for data in events:
            self._count += 1
            changes = fold(self.account, Event(f"e{self._count}", SAID_AT, data), self.rule)
        return changes

    def item(self, item_id: str) -> Item:
        """Return one open item."""
        return next(item for item in self.items() if item.item_id == item_id)

    def items(self) -> list[Item]:
        """Return every item of the account."""
        return [item for invoice in self.account.invoices.values() for item in invoice.items]

    def open(self) -> dict[str, str]:
        """Return the decimal open amount by item."""
        return {item.item_id: to_text(item.open, item.currency) for item in self.items()}

    def unapplied(self) -> dict[str, str]:
        """Return the decimal amount that has met no item, by funds that have any."""
        return {
            funds.funds_id: to_text(funds.unapplied, str(funds.currency))
            for funds in self.account.funds.values()
            if funds.unapplied
        }

    def clearings(self) -> list[tuple[str, str, str, str, str]]:
        """Return (funds, item, decimal amount, rule, day) of each clearing record, in order."""
        return [clearing_row(record) for record in self.account.clearings]

    def told(self) -> list[tuple[str, str, int, str | None]]:
        """Return (item, level, cycle, why it was lifted) of each word, in order."""
        return [
            (told.item.item_id, told.raised.level, told.cycle, told.lifted_because)
            for told in self.account.told
        ]


def clearing_row(record: Clearing) -> tuple[str, str, str, str, str]:
    """Show a clearing record as (funds, item, decimal amount, rule, day)."""
    return (
        record.funds_id,
        f"{record.invoice_id}/{record.instalment}",
        to_text(record.amount, record.currency),
        record.rule,
        record.cleared_on.isoformat(),
    )


def difference(account: Account) -> dict[str, int]:
    """Return what breaks the conservation of money by currency, reckoned apart from `close`."""
    found: dict[str, int] = {}
    for currency, sums in account.balances.items():
        owed = sum(
            item.amount - item.cleared - item.credited - item.written_off
            for invoice in account.invoices.values()
            for item in invoice.items
            if item.currency == currency
        )
        unapplied = sum(
            funds.amount - funds.reversed - funds.matched_named - funds.matched_on_account
            for funds in account.funds.values()
            if funds.currency == currency
        )
        claims = sums.invoiced - sums.received - sums.credited - sums.written_off + sums.reversed
        if claims != owed - unapplied:
            found[currency] = claims - (owed - unapplied)
    return found


def owed(account: Account) -> dict[str, int]:
    """Return open less unapplied by currency, in minor units, where there is any."""
    sums: dict[str, int] = {}
    for invoice in account.invoices.values():
        for item in invoice.items:
            sums[item.currency] = sums.get(item.currency, 0) + item.open
    for funds in account.funds.values():
        if funds.currency is not None:
            sums[funds.currency] = sums.get(funds.currency, 0) - funds.unapplied
    return {currency: minor for currency, minor in sums.items() if minor}


def payment(payment_id: str) -> tuple[FundsKind, str]:
    """Name a payment among the account's funds."""
    return FundsKind.PAYMENT, payment_id


def credit_note(credit_note_id: str) -> tuple[FundsKind, str]:
    """Name a credit note among the account's funds."""
    return FundsKind.CREDIT_NOTE, credit_note_id


def _terms(parts: tuple[PartText | str, ...]) -> dict[str, Any]:
    pairs = [(DUE_ON, part) if isinstance(part, str) else part for part in parts]
    total = format(sum((Decimal(amount) for _due_on, amount in pairs), Decimal(0)), "f")
    if len(pairs) == 1:
        return {"total": total, "due_on": day(pairs[0][0])}
    schedule = [Instalment(due_on=day(due_on), amount=amount) for due_on, amount in pairs]
    return {"total": total, "schedule": schedule}


def _checked(data: AnyInbound) -> AnyInbound:
    data.check()
    return data
