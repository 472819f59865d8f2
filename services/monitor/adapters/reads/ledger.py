"""Accounts, invoices, items, clearing records and anomalies, each list paged by its own key."""

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Text, cast, func, literal, null, select, union, union_all
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads.numbers import doubled_numbers
from services.monitor.adapters.reads.rows import (
    Row,
    filtered,
    in_,
    item_of,
    known_of,
    page_of,
    with_texts,
)
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.handlers.ports import AccountKey, Known
from shared.kafka.producer import partition_of
from shared.postgres.paging import Page, read_page

#: The subject of what is said of an account as a whole.
ACCOUNT: Final = "account"


class Noted(NamedTuple):
    """What is stored of a subject that a person should look at."""

    account_id: str
    subject: str
    #: Partition and account id, where the subject is the account.
    account: tuple[int, str] | None
    #: Partition, account id, invoice id, where the subject is an invoice.
    invoice: tuple[int, str, str] | None
    sentences: list[str]


class LedgerReads:
    """Questions about what the ledger holds; `partitions` is its topic's number of partitions."""

    def __init__(self, engine: AsyncEngine, partitions: int) -> None:
        self._engine = engine
        self._partitions = partitions

    async def items(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[tuple[AccountKey, Item]]:
        """Return items by account, invoice, level and status."""
        table = tables.items
        query = filtered(select(*with_texts(table)), table, filters, self._partitions)
        keys = [table.c.partition, table.c.account_id, table.c.invoice_id, table.c.instalment]
        page = await page_of(self._engine, query, keys, cursor, limit)
        return Page(
            rows=[((row.partition, row.account_id), item_of(row)) for row in page.rows],
            next=page.next,
        )

    async def invoice_keys(
        self, account_id: str | None, invoice_id: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[int, str, str]]:
        """Return (partition, account id, invoice id) of invoices that were issued."""
        table = tables.items
        filters = {"account_id": account_id, "invoice_id": invoice_id}
        columns = (table.c.partition, table.c.account_id, table.c.invoice_id)
        query = filtered(select(*columns).distinct(), table, filters, self._partitions)
        page = await page_of(self._engine, query, list(columns), cursor, limit)
        return Page(rows=[tuple(row) for row in page.rows], next=page.next)

    async def items_of_invoices(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], list[Item]]:
        """Return the items of invoices, in the order of their instalments."""
        table = tables.items
        found: dict[tuple[int, str, str], list[Item]] = {key: [] for key in keys}
        wanted = in_(table, keys, "partition", "account_id", "invoice_id")
        query = select(*with_texts(table)).where(wanted).order_by(table.c.instalment)
        async with self._engine.connect() as connection:
            for row in await connection.execute(query):
                found[row.partition, row.account_id, row.invoice_id].append(item_of(row))
        return found

    async def known(self, keys: Iterable[AccountKey]) -> dict[AccountKey, Known]:
        """Return what is known of accounts besides their items; a blank where nothing is."""
        wanted = sorted(set(keys))
        found = {key: Known(Debtor(), Said()) for key in wanted}
        if wanted:
            table = tables.accounts
            async with self._engine.connect() as connection:
                query = select(*with_texts(table)).where(in_(table, wanted))
                for row in await connection.execute(query):
                    found[row.partition, row.account_id] = known_of(row)
        return found

    def key_of(self, account_id: str) -> AccountKey:
        """Return an account with the ledger partition it lives in."""
        return partition_of(account_id.encode(), self._partitions), account_id

    async def anomalies(
        self, account_id: str | None, cursor: str | None, limit: int
    ) -> Page["Noted"]:
        """Return what a person should look at, subject by subject.

        An invoice may come without a sentence: then its interest was paid or waived, see
        `rows.invoice_row`; an account too: see `rows.debtor_row`.
        """
        parts = []
        for table, subject, invoice_id in (
            (tables.accounts, literal(ACCOUNT), null()),
            (
                tables.invoices,
                literal("invoice ") + tables.invoices.c.invoice_id,
                tables.invoices.c.invoice_id,
            ),
            (
                tables.funds,
                func.replace(tables.funds.c.kind, "_", " ") + " " + tables.funds.c.funds_id,
                null(),
            ),
        ):
            query = select(
                table.c.partition,
                table.c.account_id,
                subject.label("subject"),
                cast(invoice_id, Text).label("invoice_id"),
                cast(table.c.anomalies, Text).label("sentences"),
            ).where(table.c.anomalies.is_not(None))
            parts.append(filtered(query, table, {"account_id": account_id}, self._partitions))
        parts.append(doubled_numbers(account_id, self._partitions))
        every = union_all(*parts).subquery()
        keys = [every.c.partition, every.c.account_id, every.c.subject]
        page = await page_of(self._engine, select(every), keys, cursor, limit)
        return Page(
            rows=[
                Noted(
                    row.account_id,
                    row.subject,
                    (row.partition, row.account_id) if row.subject == ACCOUNT else None,
                    None
                    if row.invoice_id is None
                    else (row.partition, row.account_id, row.invoice_id),
                    json.loads(row.sentences),
                )
                for row in page.rows
            ],
            next=page.next,
        )

    async def clearings(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[Row]:
        """Return clearing records by account and invoice, in the order of the ledger."""
        table = tables.clearings
        query = filtered(select(table), table, filters, self._partitions)
        return await page_of(
            self._engine, query, [table.c.partition, table.c.offset, table.c.number], cursor, limit
        )

    async def account_keys(
        self, account_id: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[int, str]]:
        """Return (partition, account id) of every account that anything is known of."""
        parts = [
            filtered(
                select(table.c.partition, table.c.account_id),
                table,
                {"account_id": account_id},
                self._partitions,
            )
            for table in (tables.balances, tables.accounts)
        ]
        both = union(*parts).subquery()
        return await read_page(
            self._engine,
            select(both),
            [both.c.partition, both.c.account_id],
            cursor=cursor,
            limit=limit,
            shape=lambda row: (row.partition, row.account_id),
        )
