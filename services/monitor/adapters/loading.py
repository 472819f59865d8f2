"""Loads the part of accounts that a batch works on, step by step, each one question for all."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from services.monitor.adapters import arrays, queries, rows
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.funds import FundsKind
from services.monitor.domain.ledger.needs import Needs
from services.monitor.domain.ledger.oldest import OpenItem, reached
from services.monitor.handlers.ports import AccountKey, Known
from shared.postgres.pool import Connection

#: Open items looked at before all of an account's are loaded.
OLDEST_MAX: Final = 200


class Loading:
    """Gathers accounts step by step; each step asks once for all accounts."""

    def __init__(
        self,
        connection: Connection,
        needs: Mapping[AccountKey, Needs],
        known: Mapping[AccountKey, Known],
    ) -> None:
        self._connection = connection
        self._needs = needs
        self.accounts = {key: Account(key[1], debtor=known[key].debtor) for key in needs}
        self._loaded: set[tuple[int, str, str]] = set()
        self._invoice_keys = {
            (*key, invoice_id) for key, need in needs.items() for invoice_id in need.invoices
        }

    def _note(self, key: AccountKey, invoice_ids: Iterable[str]) -> None:
        """Have invoices loaded, each once."""
        names = ((*key, invoice_id) for invoice_id in invoice_ids)
        self._invoice_keys.update(one for one in names if one not in self._loaded)

    async def funds(self, keys: Sequence[tuple[int, str, FundsKind, str]]) -> None:
        """Load funds by key, and note the invoices that hang on them."""
        if keys:
            self._admit_funds(
                await self._connection.fetch(queries.FUNDS_BY_KEY, *arrays.columns(keys, 4))
            )

    async def payments_of_cancelled(self) -> None:
        """Load the payments that name invoices which are cancelled now."""
        keys = [(*key, one) for key, need in self._needs.items() for one in sorted(need.cancelled)]
        if keys:
            found = await self._connection.fetch(queries.INVOICES_BY_KEY, *arrays.columns(keys, 3))
            payments = {
                (row["partition"], row["account_id"], *payment)
                for row in found
                for payment in rows.invoice_from(row["facts"]).payments()
            }
            await self.funds(sorted(payments))

    async def groups(self) -> None:
        """Load the groups among the keys."""
        keys = [key for key, need in self._needs.items() if need.group]
        if keys:
            for row in await self._connection.fetch(queries.GROUPS, *arrays.columns(keys, 2)):
                key = (row["partition"], row["account_id"])
                self.accounts[key].group = rows.group_from(row["facts"])

    async def free_funds(self, keys: Sequence[AccountKey]) -> list[AccountKey]:
        """Load money the clearing rule may match; returns the accounts where it may run."""
        found = await self._connection.fetch(queries.FREE_FUNDS, *arrays.columns(keys, 2))
        self._admit_funds(found)
        free = {(row["partition"], row["account_id"]) for row in found}
        return [key for key in keys if key in free or self._needs[key].may_free]

    async def invoices_in_reach(self, keys: Sequence[AccountKey]) -> None:
        """Note the open invoices that the clearing rule can reach in accounts where it may run."""
        if not keys:
            return
        oldest: dict[AccountKey, list[OpenItem]] = {key: [] for key in keys}
        columns = arrays.columns(keys, 2)
        for row in await self._connection.fetch(queries.OLDEST_OPEN, *columns, OLDEST_MAX):
            oldest[row["partition"], row["account_id"]].append(rows.open_item_from(row))
        others: list[AccountKey] = []
        for key, items in oldest.items():
            need, funds = self._needs[key], self.accounts[key].funds.values()
            invoice_ids = reached(items, OLDEST_MAX, need.money(funds), need.since)
            if invoice_ids is None:
                others.append(key)
            else:
                self._note(key, invoice_ids)
                self.accounts[key].has_open_in_reach = True
        await self.open_invoices(others)

    def paid_cancelled(self, keys: Iterable[AccountKey]) -> list[AccountKey]:
        """Return accounts where money names a loaded invoice that is cancelled: it is free."""
        return [
            key
            for key in keys
            if not self.accounts[key].has_open_in_reach
            and any(
                self.accounts[key].invoices[one].cancelled_on is not None
                for one in self._needs[key].paid & self.accounts[key].invoices.keys()
            )
        ]

    async def open_invoices(self, keys: Sequence[AccountKey]) -> None:
        """Note every invoice with something open."""
        if keys:
            for row in await self._connection.fetch(
                queries.OPEN_INVOICES, *arrays.columns(keys, 2)
            ):
                self._note((row["partition"], row["account_id"]), [row["invoice_id"]])
        for key in keys:
            self.accounts[key].has_open_in_reach = True

    async def invoices(self) -> None:
        """Load the invoices noted since the last time, with their items."""
        if not self._invoice_keys:
            return
        columns = arrays.columns(sorted(self._invoice_keys), 3)
        self._loaded |= self._invoice_keys
        self._invoice_keys.clear()
        found = await self._connection.fetch(queries.INVOICES_BY_KEY, *columns)
        loaded = {
            (row["partition"], row["account_id"], row["invoice_id"]): rows.invoice_from(
                row["facts"]
            )
            for row in found
        }
        for row in await self._connection.fetch(queries.ITEMS_BY_INVOICE, *columns):
            key = (row["partition"], row["account_id"], row["invoice_id"])
            loaded[key].items.append(rows.item_from(row))
        for (partition, account_id, _invoice_id), invoice in loaded.items():
            self.accounts[partition, account_id].admit([invoice], [])

    async def funds_of_invoices(self) -> None:
        """Load the funds that the loaded invoices name or are matched with."""
        await self.funds(
            sorted(
                {
                    (*key, *funds)
                    for key, account in self.accounts.items()
                    for invoice in account.invoices.values()
                    for funds in invoice.funds_keys()
                    if funds not in account.funds
                }
            )
        )

    def _admit_funds(self, found: Iterable[Any]) -> None:
        for row in found:
            key = (row["partition"], row["account_id"])
            account = self.accounts[key]
            funds = rows.funds_from(row["facts"])
            if funds.key in account.funds:
                continue
            account.admit([], [funds])
            self._note(key, funds.invoice_ids())
