"""Gauges of stored state, read on a tick: open items and amounts, outbox, conservation, lag."""

import math
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads import Reads
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
        self._due = gauge("timers_due", "Items whose time has come")

    async def refresh(self, progress: Progress, now_seconds: float) -> None:
        """Read everything once."""
        totals = await self._reads.totals()
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
        async with self._engine.connect() as connection:
            oldest = await connection.scalar(select(func.min(tables.outbox.c.said_at)))
        self._outbox_age.set(max(0.0, now_seconds - oldest.timestamp()) if oldest else 0.0)


async def stored_progress(engine: AsyncEngine, ends: Mapping[int, int], now: object) -> Progress:
    """Compare the ledger topic's ends with what is folded, and count what waits."""
    partitions, timers, policies = tables.partitions, tables.timers, tables.policies
    existing = list(ends)
    versions = select(func.count()).select_from(policies).scalar_subquery()
    async with engine.connect() as connection:
        rows = await connection.execute(select(partitions.c.partition, partitions.c.next_offset))
        folded = {row.partition: row.next_offset for row in rows}
        outbox = await connection.scalar(select(func.count()).select_from(tables.outbox))
        due = await connection.scalar(
            select(func.count())
            .select_from(timers)
            .where(timers.c.partition.in_(existing), timers.c.due_at <= now)
        )
        stale = await connection.scalar(
            select(func.count())
            .select_from(partitions)
            .where(partitions.c.partition.in_(existing), partitions.c.policies_seen != versions)
        )
    # A topic that ends before what is folded was lost: that is no rest either.
    lag = sum(abs(end - folded.get(partition, 0)) for partition, end in ends.items())
    return Progress(service="monitor", lag=lag, outbox=outbox or 0, due=(due or 0) + (stale or 0))
