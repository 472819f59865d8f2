"""A book that folds events into one account, and what can be read off it."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.anomalies import of_funds, of_invoice
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, Clearing
from services.monitor.domain.ledger.debtor_anomalies import of_debtor
from shared.contracts.fields import Inbound
from shared.money import to_text
from tests.unit.monitor.builders import ACCOUNT_ID, SAID_AT, day

RAISED_ON: Final = day("2026-02-15")


class Book:
    """One account with everything loaded, to fold events into."""

    def __init__(self, rule: str = OLDEST_DUE_FIRST) -> None:
        self.account = Account(ACCOUNT_ID, has_open_in_reach=True)
        self.rule = rule
        self._count = 0

    def fold(self, *events: Inbound) -> dict[str, Any]:
        """Fold events in order; returns what the last one changed."""
        changes: dict[str, Any] = {}
        for data in events:
            self._count += 1
            changes = fold(self.account, Event(f"e{self._count}", SAID_AT, data), self.rule)
        return changes

    def fold_as(self, name: str, data: Inbound, said_at: datetime = SAID_AT) -> dict[str, Any]:
        """Fold one event with its own name and time, where they decide between two of one day."""
        return fold(self.account, Event(name, said_at, data), self.rule)

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

    def written_off(self) -> dict[str, str]:
        """Return the decimal amount given up by item, where there is any."""
        return self._of_items("written_off")

    def disputed(self) -> dict[str, str]:
        """Return the decimal amount in dispute by item, where there is any."""
        return self._of_items("disputed")

    def _of_items(self, name: str) -> dict[str, str]:
        return {
            item.item_id: to_text(getattr(item, name), item.currency)
            for item in self.items()
            if getattr(item, name)
        }

    def due(self) -> dict[str, str]:
        """Return the due date by item."""
        return {item.item_id: item.due_on.isoformat() for item in self.items()}

    def anomalies(self) -> list[str]:
        """Return every sentence that a person should see."""
        account = self.account
        found = [one for invoice in account.invoices.values() for one in of_invoice(invoice)]
        found += [one for funds in account.funds.values() for one in of_funds(funds)]
        return found + of_debtor(account.debtor)

    def raise_level(self, item_id: str, level: str = "dunning", **more: Any) -> None:
        """Put an item at a level, as the shell does after a decision."""
        item = self.item(item_id)
        raised = Raised(level, f"{level}_action", [], RAISED_ON, "default@1", 15, item.cycle)
        item.raised = [*item.raised, replace(raised, **more)]

    def clearings(self) -> list[tuple[str, str, str, str, str]]:
        """Return (funds, item, decimal amount, rule, day) of each clearing record, in order."""
        return [clearing_row(record) for record in self.account.clearings]

    def told(self) -> list[tuple[str, str, int, str | None]]:
        """Return (item, level, cycle, why it was lifted) of each word, in order."""
        return [
            (told.item.item_id, told.raised.level, told.raised.cycle, told.lifted_because)
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
        claims = sums.invoiced + sums.interest + sums.reversed
        claims -= sums.received + sums.credited + sums.written_off
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
