"""What the API asks of the monitor's tables. Every list is paged by its own key."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.domain.escalation.promises import OPEN, WITHDRAWN
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policies
from services.monitor.handlers.ports import AccountKey, Known
from shared.contracts.escalation import RAISED, escalation_id
from shared.kafka.producer import partition_of
from shared.postgres.paging import Page, read_page

Row = Any


class Reads:
    """Read-only questions; `partitions` is the ledger topic's number of partitions."""

    def __init__(self, engine: AsyncEngine, documents: PolicyDocuments, partitions: int) -> None:
        self._engine = engine
        self._documents = documents
        self._partitions = partitions

    async def policies(self) -> Policies:
        """Return the newest version of each policy."""
        return self._documents.select(
            [(row.version, row.document) for row in await self.policy_rows()]
        )

    async def policy_rows(self, name: str | None = None) -> Sequence[Row]:
        """Return the newest version of each policy, or of one, as stored."""
        table = tables.policies
        query = select(table).ext(distinct_on(table.c.policy))
        if name is not None:
            query = query.where(table.c.policy == name)
        async with self._engine.connect() as connection:
            ordered = query.order_by(table.c.policy, table.c.version.desc())
            return (await connection.execute(ordered)).all()

    async def items(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[tuple[AccountKey, Item]]:
        """Return items by account, invoice, level and status."""
        table = tables.items
        query = self._filtered(select(table), table, filters)
        keys = [table.c.partition, table.c.account_id, table.c.invoice_id, table.c.instalment]
        page = await self._page(query, keys, cursor, limit)
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
        query = self._filtered(select(*columns).distinct(), table, filters)
        page = await self._page(query, list(columns), cursor, limit)
        return Page(rows=[tuple(row) for row in page.rows], next=page.next)

    async def items_of_invoices(
        self, keys: Sequence[tuple[int, str, str]]
    ) -> dict[tuple[int, str, str], list[Item]]:
        """Return the items of invoices, in the order of their instalments."""
        table = tables.items
        found: dict[tuple[int, str, str], list[Item]] = {key: [] for key in keys}
        columns = tuple_(table.c.partition, table.c.account_id, table.c.invoice_id)
        query = select(table).where(columns.in_(keys)).order_by(table.c.instalment)
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
                query = select(table).where(_in(table, wanted))
                for row in await connection.execute(query):
                    found[row.partition, row.account_id] = known_of(row)
        return found

    def key_of(self, account_id: str) -> AccountKey:
        """Return an account with the ledger partition it lives in."""
        return partition_of(account_id.encode(), self._partitions), account_id

    async def anomalies(
        self, account_id: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[str, str, str]]:
        """Return (account id, subject, sentence) of what a person should look at."""
        parts = []
        for table, subject in (
            (tables.accounts, literal("account")),
            (tables.invoices, literal("invoice ") + tables.invoices.c.invoice_id),
            (
                tables.funds,
                func.replace(tables.funds.c.kind, "_", " ") + " " + tables.funds.c.funds_id,
            ),
        ):
            query = select(
                table.c.partition,
                table.c.account_id,
                subject.label("subject"),
                cast(table.c.anomalies, Text).label("sentences"),
            ).where(table.c.anomalies.is_not(None))
            parts.append(self._filtered(query, table, {"account_id": account_id}))
        every = union_all(*parts).subquery()
        keys = [every.c.partition, every.c.account_id, every.c.subject]
        page = await self._page(select(every), keys, cursor, limit)
        return Page(
            rows=[
                (row.account_id, row.subject, sentence)
                for row in page.rows
                for sentence in json.loads(row.sentences)
            ],
            next=page.next,
        )

    async def clearings(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[Row]:
        """Return clearing records by account and invoice, in the order of the ledger."""
        table = tables.clearings
        query = self._filtered(select(table), table, filters)
        return await self._page(
            query, [table.c.partition, table.c.offset, table.c.number], cursor, limit
        )

    async def escalations(
        self, filters: dict[str, str | None], cursor: str | None, limit: int
    ) -> Page[Row]:
        """Return words about escalations in the order they were said."""
        table = tables.escalations
        query = self._filtered(select(table), table, filters)
        return await self._page(query, [table.c.seq], cursor, limit)

    async def promises(
        self, account_id: str | None, status: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[AccountKey, str]]:
        """Return the accounts and ids of promises, by account and by what stands of them."""
        accounts = tables.accounts
        every = func.json_each(accounts.c.facts["promises"]).table_valued("key", "value", name="p")
        facts = cast(every.c.value, JSON)
        given_up = facts["withdrawn_on"].as_string() <= facts["promised_on"].as_string()
        stands = func.coalesce(
            func.json_extract_path_text(accounts.c.said, "promises", every.c.key),
            case((given_up, WITHDRAWN), else_=OPEN),
        )
        keys = [accounts.c.partition, accounts.c.account_id, every.c.key]
        query = select(*keys).join(every, true()).where(facts["made_on"].as_string().is_not(None))
        query = self._filtered(query, accounts, {"account_id": account_id})
        if status is not None:
            query = query.where(stands == status)
        page = await self._page(query, keys, cursor, limit)
        rows = [((row.partition, row.account_id), row.key) for row in page.rows]
        return Page(rows=rows, next=page.next)

    async def account_keys(
        self, account_id: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[int, str]]:
        """Return (partition, account id) of every account that anything is known of."""
        parts = [
            self._filtered(
                select(table.c.partition, table.c.account_id), table, {"account_id": account_id}
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

    async def account_figures(self, keys: Sequence[tuple[int, str]]) -> dict[str, "Figures"]:
        """Return what accounts' rows are made of."""
        figures = {account_id: Figures() for _partition, account_id in keys}
        balances, items, accounts = tables.balances, tables.items, tables.accounts
        async with self._engine.connect() as connection:
            query = select(balances).where(_in(balances, keys)).order_by(balances.c.currency)
            for row in await connection.execute(query):
                figures[row.account_id].balances.append(row)
            open_items = _open_by_due(items).where(_in(items, keys))
            for row in await connection.execute(
                open_items.add_columns(items.c.account_id).group_by(items.c.account_id)
            ):
                own = figures[row.account_id]
                own.open_by_due[row.currency].append((row.due_on, row.minor))
                own.disputed[row.currency] += int(row.disputed)
            levels = (
                select(items.c.account_id, items.c.level)
                .where(_in(items, keys), items.c.open_minor > 0, items.c.level.is_not(None))
                .distinct()
            )
            for row in await connection.execute(levels):
                figures[row.account_id].levels.add(row.level)
            known = select(accounts).where(_in(accounts, keys))
            for row in await connection.execute(known):
                figures[row.account_id].known = known_of(row)
        return figures

    async def totals(self) -> "Totals":
        """Return the whole ledger's figures."""
        items, balances, funds = tables.items, tables.balances, tables.funds
        sums = [
            func.sum(column).label(column.key)
            for column in balances.c
            if column.key.endswith("_minor")
        ]
        by_level = (
            select(items.c.level, items.c.currency, func.count(), func.sum(items.c.open_minor))
            .where(items.c.open_minor > 0, items.c.level.is_not(None))
            .group_by(items.c.level, items.c.currency)
            .order_by(items.c.level, items.c.currency)
        )
        unapplied = (
            select(funds.c.currency, func.sum(funds.c.unapplied_minor))
            .where(funds.c.currency.is_not(None))
            .group_by(funds.c.currency)
        )
        per_currency = select(balances.c.currency, *sums).group_by(balances.c.currency)
        count_accounts = select(func.count()).select_from(
            select(balances.c.partition, balances.c.account_id).distinct().subquery()
        )
        async with self._engine.connect() as connection:
            # One snapshot, so that figures of a ledger in motion still belong together.
            await connection.execution_options(isolation_level="REPEATABLE READ")
            due = defaultdict(list)
            disputed = defaultdict[str, int](int)
            for row in await connection.execute(_open_by_due(items)):
                due[row.currency].append((row.due_on, row.minor))
                disputed[row.currency] += int(row.disputed)
            return Totals(
                balances=(
                    await connection.execute(per_currency.order_by(balances.c.currency))
                ).all(),
                open_by_due=due,
                disputed=disputed,
                unapplied={row[0]: int(row[1]) for row in await connection.execute(unapplied)},
                by_level=(await connection.execute(by_level)).all(),
                accounts=await connection.scalar(count_accounts) or 0,
                open_items=await connection.scalar(
                    select(func.count()).select_from(items).where(items.c.open_minor > 0)
                )
                or 0,
                events=await connection.scalar(select(func.count()).select_from(tables.journal))
                or 0,
            )

    async def standings(self, wanted: Sequence[uuid.UUID]) -> list[tuple[Row, Raised | None]]:
        """Return each escalation's raise, joined to its item now, and how it stands, if it does."""
        log, items, accounts = tables.escalations, tables.items, tables.accounts
        query = (
            select(
                log.c.escalation_id,
                log.c.account_id,
                log.c.level,
                log.c.event["currency"].as_string().label("currency"),
                items.c.instalment,
                items.c.invoice_id,
                items.c.open_minor,
                items.c.disputed_minor,
                items.c.raised,
                accounts.c.facts["customer"].label("customer"),
            )
            .outerjoin(
                items,
                (items.c.partition == log.c.partition)
                & (items.c.account_id == log.c.account_id)
                & (items.c.invoice_id == log.c.invoice_id)
                & (items.c.instalment == log.c.instalment),
            )
            .outerjoin(
                accounts,
                (accounts.c.partition == log.c.partition)
                & (accounts.c.account_id == log.c.account_id),
            )
            .where(log.c.escalation_id.in_(wanted), log.c.type == RAISED)
        )
        async with self._engine.connect() as connection:
            found = (await connection.execute(query)).all()
        return [(row, _standing_raise(row)) for row in found]

    def _filtered(
        self, query: "Select[Any]", table: Any, filters: dict[str, str | None]
    ) -> "Select[Any]":
        for name, value in filters.items():
            if value is not None:
                query = query.where(table.c[name] == value)
        account_id = filters.get("account_id")
        if account_id is not None:
            query = query.where(
                table.c.partition == partition_of(account_id.encode(), self._partitions)
            )
        return query

    async def _page(
        self, query: "Select[Any]", keys: Sequence[Any], cursor: str | None, limit: int
    ) -> Page[Row]:
        return await read_page(
            self._engine, query, keys, cursor=cursor, limit=limit, shape=lambda row: row
        )


class Figures:
    """What one account's row is made of."""

    def __init__(self) -> None:
        self.balances: list[Row] = []
        self.open_by_due: dict[str, list[tuple[date, int]]] = defaultdict(list)
        self.disputed: dict[str, int] = defaultdict(int)
        self.levels: set[str] = set()
        self.known = Known(Debtor(), Said())


class Totals:
    """What the summary is made of."""

    def __init__(
        self,
        *,
        balances: Sequence[Row],
        open_by_due: dict[str, list[tuple[date, int]]],
        disputed: dict[str, int],
        unapplied: dict[str, int],
        by_level: Sequence[Row],
        accounts: int,
        open_items: int,
        events: int,
    ) -> None:
        self.balances = balances
        self.open_by_due = open_by_due
        self.disputed = disputed
        self.unapplied = unapplied
        self.by_level = by_level
        self.accounts = accounts
        self.open_items = open_items
        self.events = events


def _in(table: Any, keys: Sequence[tuple[int, str]]) -> Any:
    return tuple_(table.c.partition, table.c.account_id).in_(keys)


def _open_by_due(items: Any) -> "Select[Any]":
    return (
        select(
            items.c.currency,
            items.c.due_on,
            func.sum(items.c.open_minor).label("minor"),
            func.sum(items.c.disputed_minor).label("disputed"),
        )
        .where(items.c.open_minor > 0)
        .group_by(items.c.currency, items.c.due_on)
    )


def _standing_raise(row: Row) -> Raised | None:
    """Return the raise of an escalation as it stands on its item; None when it does not."""
    if not row.raised or not row.open_minor:
        return None
    item_id = f"{row.invoice_id}/{row.instalment}"
    for one in msgspec.convert(row.raised, list[Raised]):
        named = escalation_id(row.account_id, item_id, one.level, one.cycle)
        if named == row.escalation_id:
            return one
    return None


def item_of(row: Row) -> Item:
    """Return an item from a row of its table."""
    return Item(
        invoice_id=row.invoice_id,
        instalment=row.instalment,
        currency=row.currency,
        amount=row.amount_minor,
        issued_on=row.issued_on,
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        cleared=row.cleared_minor,
        credited=row.credited_minor,
        written_off=row.written_off_minor,
        disputed=row.disputed_minor,
        disputed_days=msgspec.convert(row.disputed_days, list[tuple[date, date | None]]),
        cycle=row.cycle,
        turns=row.turns,
        raised=msgspec.convert(row.raised, list[Raised]),
        next_attention_on=row.next_attention_on,
    )


def known_of(row: Row) -> Known:
    """Return what is known of an account from its row."""
    return Known(msgspec.convert(row.facts, Debtor), msgspec.convert(row.said, Said))
