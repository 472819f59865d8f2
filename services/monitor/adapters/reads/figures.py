"""Sums of accounts and of the whole ledger, each from one snapshot of the tables."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads.rows import Row, in_, known_of, with_texts
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.handlers.ports import Known


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


class FigureReads:
    """Questions about sums."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def of_accounts(self, keys: Sequence[tuple[int, str]]) -> dict[str, Figures]:
        """Return what accounts' rows are made of."""
        figures = {account_id: Figures() for _partition, account_id in keys}
        balances, items, accounts = tables.balances, tables.items, tables.accounts
        async with self._engine.connect() as connection:
            query = select(balances).where(in_(balances, keys)).order_by(balances.c.currency)
            for row in await connection.execute(query):
                figures[row.account_id].balances.append(row)
            open_items = _open_by_due(items).where(in_(items, keys))
            for row in await connection.execute(
                open_items.add_columns(items.c.account_id).group_by(items.c.account_id)
            ):
                own = figures[row.account_id]
                own.open_by_due[row.currency].append((row.due_on, row.minor))
                own.disputed[row.currency] += int(row.disputed)
            levels = (
                select(items.c.account_id, items.c.level)
                .where(in_(items, keys), items.c.open_minor > 0, items.c.level.is_not(None))
                .distinct()
            )
            for row in await connection.execute(levels):
                figures[row.account_id].levels.add(row.level)
            known = select(*with_texts(accounts)).where(in_(accounts, keys))
            for row in await connection.execute(known):
                figures[row.account_id].known = known_of(row)
        return figures

    async def totals(self) -> Totals:
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
                events=await connection.scalar(_count_events()) or 0,
            )


def _count_events() -> "Select[Any]":
    """Count the journal's rows and those that have left it for volumes."""
    in_volumes = select(func.coalesce(func.sum(tables.volumes.c.rows), 0)).scalar_subquery()
    in_journal = select(func.count()).select_from(tables.journal).scalar_subquery()
    return select(in_journal + in_volumes)


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
