"""Gauges of stored state, read on a tick: open items and amounts, what waits, what is wrong."""

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import ScalarSelect, Select, Table, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads.numbers import doubled_numbers
from services.monitor.adapters.reads.reads import Reads
from services.monitor.api.shapes import conservation_difference
from shared.money import EXPONENTS
from shared.runtime.app import Progress


class Gauges:
    """Sets the gauges whenever it is asked to; amounts are in units of their currency."""

    def __init__(self, engine: AsyncEngine, reads: Reads, registry: CollectorRegistry) -> None:
        self._engine = engine
        self._reads = reads

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"arrears_monitor_{name}", text, labels, registry=registry)

        self._open_items = gauge("open_items", "Open items")
        self._open = gauge("open_amount", "Open amount", "currency")
        self._level_items = gauge("level_items", "Open items at a level", "level", "currency")
        self._level_open = gauge("level_open_amount", "Open at a level", "level", "currency")
        self._difference = gauge(
            "conservation_difference", "What breaks conservation of money; 0 is right", "currency"
        )
        self._outbox = gauge("outbox_rows", "Facts waiting to be published")
        self._outbox_age = gauge("outbox_age_seconds", "Age of the oldest waiting fact")
        self._lag = gauge("lag_records", "Ledger records not yet folded")
        self._due = gauge("timers_due", "Items and accounts whose time has come")
        self._retime = gauge("retime_items_left", "Open items that newer policies await")
        self._anomalies = gauge(
            "anomalies", "Sentences about contradictions that a person should read", "subject"
        )

    async def refresh(self, progress: Progress, now_seconds: float) -> None:
        """Read everything once."""
        totals = await self._reads.figures.totals()
        self._open_items.set(totals.open_items)
        for balance in totals.balances:
            scale = math.pow(10, EXPONENTS[balance.currency])
            due = totals.open_by_due[balance.currency]
            open_minor = sum(int(minor) for _due_on, minor in due)
            self._open.labels(balance.currency).set(open_minor / scale)
            unapplied = totals.unapplied.get(balance.currency, 0)
            difference = conservation_difference(balance, open_minor, unapplied)
            self._difference.labels(balance.currency).set(difference / scale)
        self._level_items.clear()
        self._level_open.clear()
        for level, currency, count, minor in totals.by_level:
            scale = math.pow(10, EXPONENTS[currency])
            self._level_items.labels(level, currency).set(count)
            self._level_open.labels(level, currency).set(int(minor) / scale)
        self._lag.set(progress.lag)
        self._due.set(progress.due)
        self._outbox.set(progress.outbox)
        self._retime.set(await items_left_to_retime(self._engine))
        for subject, count in (await anomalies_by_subject(self._engine)).items():
            self._anomalies.labels(subject).set(count)
        async with self._engine.connect() as connection:
            oldest = await connection.scalar(select(func.min(tables.outbox.c.said_at)))
        self._outbox_age.set(max(0.0, now_seconds - oldest.timestamp()) if oldest else 0.0)


async def stored_progress(
    engine: AsyncEngine,
    ends: Callable[[], Awaitable[Mapping[int, int]]],
    ledger_partitions: int,
    now: datetime,
) -> Progress:
    """Compare what is folded with the ledger topic's `ends`, and count what waits.

    The ends are asked last: the monitor writes to that topic itself, so that what has left its
    outbox by the time of the first look must be among them, or it would be seen nowhere.
    """
    existing = list(range(ledger_partitions))
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="REPEATABLE READ")
        stored = (await connection.execute(_waiting(existing, now))).one()
        partitions = tables.partitions
        position = (partitions.c.next_offset - partitions.c.offset_shift).label("position")
        rows = await connection.execute(select(partitions.c.partition, position))
        folded = {row.partition: row.position for row in rows}
    # A topic that ends before what is folded was lost: that is no rest either.
    lag = sum(abs(end - folded.get(partition, 0)) for partition, end in (await ends()).items())
    due = stored.items_due + stored.accounts_due + stored.partitions_stale
    return Progress(service="monitor", lag=lag, outbox=stored.outbox, due=due)


def _waiting(existing: Sequence[int], now: datetime) -> "Select[Any]":
    """Count facts to publish, fired timers, and partitions that newer policies await."""
    partitions, policies = tables.partitions, tables.policies
    versions = select(func.count()).select_from(policies).scalar_subquery()

    def fired(timers: Table) -> "ScalarSelect[Any]":
        return (
            select(func.count())
            .select_from(timers)
            .where(timers.c.partition.in_(existing), timers.c.due_at <= now)
            .scalar_subquery()
        )

    stale = (
        select(func.count())
        .select_from(partitions)
        .where(partitions.c.partition.in_(existing), partitions.c.policies_seen != versions)
        .scalar_subquery()
    )
    outbox = select(func.count()).select_from(tables.outbox).scalar_subquery()
    return select(
        outbox.label("outbox"),
        fired(tables.timers).label("items_due"),
        fired(tables.account_timers).label("accounts_due"),
        stale.label("partitions_stale"),
    )


async def items_left_to_retime(engine: AsyncEngine) -> int:
    """Count the open items that newer policies await; 0 when every partition has seen them all.

    Where re-timing is under way by the newest versions, the items up to its cursor are done.
    """
    partitions, items, policies = tables.partitions, tables.items, tables.policies
    versions = select(func.count()).select_from(policies).scalar_subquery()
    beyond = tuple_(items.c.account_id, items.c.invoice_id, items.c.instalment) > tuple_(
        partitions.c.retimed_account, partitions.c.retimed_invoice, partitions.c.retimed_instalment
    )
    query = (
        select(func.count())
        .select_from(partitions)
        .join(items, items.c.partition == partitions.c.partition)
        .where(
            partitions.c.policies_seen != versions,
            items.c.open_minor > 0,
            or_(partitions.c.retiming_versions.is_distinct_from(versions), beyond),
        )
    )
    async with engine.connect() as connection:
        return await connection.scalar(query) or 0


async def anomalies_by_subject(engine: AsyncEngine) -> dict[str, int]:
    """Count the sentences that a person should read, by what they are about."""
    counts: dict[str, int] = {}
    async with engine.connect() as connection:
        for table in (tables.accounts, tables.invoices, tables.funds):
            sentences = func.sum(func.json_array_length(table.c.anomalies))
            query = select(sentences).where(table.c.anomalies.is_not(None))
            counts[table.name] = await connection.scalar(query) or 0
        numbers = select(func.count()).select_from(doubled_numbers(None, 0).subquery())
        counts["numbers"] = await connection.scalar(numbers) or 0
    return counts
