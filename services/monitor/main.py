"""The monitor's composition root: joins the use cases to Kafka, PostgreSQL, HTTP and the tick."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import CollectorRegistry

from services.monitor.adapters.answers.books import open_books
from services.monitor.adapters.answers.past import open_past
from services.monitor.adapters.answers.stories import open_stories
from services.monitor.adapters.gauges import Gauges, stored_progress
from services.monitor.adapters.ledger_source import LedgerSource
from services.monitor.adapters.metrics import MonitorMetrics
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.adapters.reads.reads import Reads
from services.monitor.adapters.store import PostgresStore
from services.monitor.adapters.upkeep import audit_books
from services.monitor.adapters.upkeep.audit_store import AuditStore
from services.monitor.adapters.upkeep.evidence import EvidenceFolder
from services.monitor.api.escalations import escalations_router
from services.monitor.api.ledger import ledger_router
from services.monitor.api.money import money_router
from services.monitor.api.partitions import partitions_router
from services.monitor.api.policies import policies_router
from services.monitor.api.preview import preview_router
from services.monitor.api.promises import promises_router
from services.monitor.api.why import why_router
from services.monitor.handlers.loop import Loop
from services.monitor.handlers.relay import relay
from services.monitor.handlers.upkeep.auditor import Auditor
from services.monitor.handlers.upkeep.stops import told, told_again
from services.monitor.settings import MonitorSettings
from shared.clock import Clock
from shared.errors import TransientError
from shared.kafka.producer import BatchProducer
from shared.kafka.topics import ensure_topics
from shared.postgres.migrate import require_head
from shared.postgres.pool import Database
from shared.runtime import logs
from shared.runtime.app import Progress, create_app
from shared.runtime.health import Health
from shared.runtime.loops import wait_for_stop
from shared.runtime.serve import Builder, Service, run
from shared.runtime.settings import SettingsError, load

#: The tick looks for due items; what is due stands in the table.
TICK_SECONDS: Final = 1
GAUGES_SECONDS: Final = 15
#: How often the tick asks whether a partition is to be audited; it audits one at a time.
AUDIT_SECONDS: Final = 10
#: The relay looks for what a crash left, even when nobody wakes it.
RELAY_SECONDS_MAX: Final = 1.0
SWEEP_SECONDS_MAX: Final = 300.0
#: The loop and the relay use one each; takeovers and policies the others.
WRITE_POOL_SIZE: Final = 4
#: Stories and previews at a time, and an audit; these take long, and must keep nobody from writing.
SNAPSHOT_POOL_SIZE: Final = 5


class Monitor:
    """One monitor process: the parts that live as long as it does."""

    def __init__(self, settings: MonitorSettings, clock: Clock, stop: asyncio.Event) -> None:
        self.settings = settings
        self.clock = clock
        self.stop = stop
        self.health = Health()
        self.registry = CollectorRegistry()
        self.metrics = MonitorMetrics(self.registry)
        self.documents = PolicyDocuments()
        self.database = Database(
            settings.database_url.get_secret_value(),
            application=f"arrears-monitor-{settings.instance}",
            write_pool_size=WRITE_POOL_SIZE,
        )
        self.snapshots = Database(
            settings.database_url.get_secret_value(),
            application=f"arrears-monitor-{settings.instance}-snapshots",
            write_pool_size=SNAPSHOT_POOL_SIZE,
        )
        self.store = PostgresStore(self.database, self.documents)
        self.reads = Reads(self.database.reads, self.documents, settings.ledger_partitions)
        self.gauges = Gauges(self.database.reads, self.reads, self.registry)
        self.evidence = EvidenceFolder(settings.evidence_dir)
        self.audit_store = AuditStore(self.snapshots)
        self.auditor = Auditor(
            self.audit_store,
            self.store,
            partial(audit_books.open_books, self.snapshots),
            self.evidence,
            self.metrics,
            clock.now,
            owned=lambda: [] if self.loop is None else sorted(self.loop.owned),
        )
        self.source: LedgerSource | None = None
        self.loop: Loop | None = None
        self.relay_wanted = asyncio.Event()

    async def fold_forever(self) -> None:
        """Own partitions, fold and sweep until told to stop; leaves by raising when in doubt."""
        settings = self.settings
        await require_head(self.database.reads)
        await self._check_topology()
        await ensure_topics(
            settings.kafka_bootstrap_servers,
            partitions=settings.ledger_partitions,
            replication_factor=settings.replication_factor,
        )
        await self.store.seed(self.clock.now())
        source = LedgerSource(settings.kafka_bootstrap_servers, settings.instance)
        await source.start()
        loop = Loop(
            self.store,
            source,
            self.metrics,
            self.evidence,
            self.clock.now,
            owner=settings.instance,
            wake_relay=self.relay_wanted.set,
        )
        try:
            self.source, self.loop = source, loop
            self.health.well("ledger")
            while not self.stop.is_set():
                await loop.step()
                self._show_stopped(loop)
        finally:
            self.source = self.loop = None
            loop.abandon(TransientError("the monitor is joining its group anew; try again"))
            # What the group knows must not be older than a backup that is made now.
            await source.show({one.partition: one.position for one in loop.owned.values()})
            await source.stop()

    def _show_stopped(self, loop: Loop) -> None:
        """Keep the health page's word on partitions that a broken invariant has stopped."""
        self.health.tell("partitions", told(loop.stopped))
        self.health.tell("restored", told_again(loop.repeated))

    async def _check_topology(self) -> None:
        """Refuse another number of partitions than the stored state was spread by."""
        wanted = self.settings.ledger_partitions
        kept = await self.store.keep_partitions(wanted)
        if kept != wanted:
            message = (
                f"the ledger's accounts are spread over {kept} partitions, the settings say "
                f"{wanted}; set ARREARS_LEDGER_PARTITIONS={kept}: it can never be changed"
            )
            raise TransientError(message)

    async def relay_forever(self) -> None:
        """Send what the outbox holds whenever something was said, and on a slow beat."""
        settings = self.settings
        producer = BatchProducer(
            settings.kafka_bootstrap_servers, f"arrears-monitor-{settings.instance}"
        )
        await producer.start()
        try:
            self.health.well("relay")
            while not self.stop.is_set():
                self.relay_wanted.clear()
                await self._relay(producer)
                waits = [
                    asyncio.ensure_future(self.relay_wanted.wait()),
                    asyncio.ensure_future(wait_for_stop(self.stop, RELAY_SECONDS_MAX)),
                ]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for wait in waits:
                    wait.cancel()
            await self._relay(producer)
        finally:
            await producer.stop()

    async def _relay(self, producer: BatchProducer) -> None:
        if self.loop is not None:
            await relay(self.store, producer, sorted(self.loop.owned))

    async def sweep(self) -> None:
        """Sweep what this process owns, now; `TransientError` while it owns nothing yet."""
        loop = self.loop
        if loop is None:
            message = "the monitor has not joined its group yet; try again"
            raise TransientError(message)
        async with asyncio.timeout(SWEEP_SECONDS_MAX):
            await loop.swept()

    def tick(self) -> None:
        """Let the loop look for what is due."""
        if self.loop is not None:
            self.loop.tick()

    async def progress(self) -> Progress:
        """Measure lag, outbox and due work anew."""
        source, partitions = self.source, self.settings.ledger_partitions
        if source is None:
            message = "the monitor has not joined its group yet; try again"
            raise TransientError(message)

        async def ends() -> Mapping[int, int]:
            return await source.ends(range(partitions))

        return await stored_progress(self.database.reads, ends, partitions, self.clock.now())

    async def refresh(self) -> None:
        """Refresh the gauges, and show offsets to Kafka's own tools."""
        if self.source is None or self.loop is None:
            return
        progress = await self.progress()
        self.metrics.waiting(is_anything=progress.lag > 0)
        await self.gauges.refresh(progress, self.clock.now().timestamp())
        owned = self.loop.owned.values()
        await self.source.show({one.partition: one.position for one in owned})


def build(settings: MonitorSettings) -> Builder:
    """Return what builds a monitor with these settings."""

    @asynccontextmanager
    async def builder(stop: asyncio.Event) -> AsyncIterator[Service]:
        monitor = Monitor(settings, settings.make_clock(), stop)
        monitor.health.expect("ledger", "partitions", "relay")
        documents, snapshots = monitor.documents, monitor.snapshots
        partitions = settings.ledger_partitions
        past = partial(open_past, snapshots, documents, partitions)
        stories = partial(open_stories, snapshots, documents)
        app = create_app(
            name="monitor",
            token=settings.token(),
            health=monitor.health,
            registry=monitor.registry,
            clock=monitor.clock,
            routers=[
                ledger_router(monitor.reads, past, monitor.clock.now),
                money_router(monitor.reads, past, stories, monitor.clock.now),
                promises_router(monitor.reads, past, stories, monitor.clock.now),
                escalations_router(monitor.reads, stories, monitor.clock.now),
                partitions_router(monitor.auditor, monitor.audit_store),
                why_router(monitor.reads, stories, monitor.clock.now),
                policies_router(
                    monitor.reads, monitor.store, documents, monitor.clock.now, changed=monitor.tick
                ),
                preview_router(
                    monitor.reads,
                    documents,
                    partial(open_books, snapshots, documents),
                    monitor.clock.now,
                ),
            ],
            sweep=monitor.sweep,
            progress=monitor.progress,
        )
        scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 60}
        )
        scheduler.add_job(monitor.tick, "interval", seconds=TICK_SECONDS)
        scheduler.add_job(monitor.refresh, "interval", seconds=GAUGES_SECONDS)
        every = timedelta(hours=settings.audit_hours)
        scheduler.add_job(monitor.auditor.audit_due, "interval", [every], seconds=AUDIT_SECONDS)
        scheduler.add_job(monitor.auditor.seal, "interval", seconds=settings.seal_seconds)
        scheduler.start()
        try:
            yield Service(
                name="monitor",
                app=app,
                host=settings.host,
                port=settings.monitor_port,
                health=monitor.health,
                registry=monitor.registry,
                drain_seconds=settings.drain_seconds,
                loops={"ledger": monitor.fold_forever, "relay": monitor.relay_forever},
                checks={"kafka": monitor.progress, "postgres": monitor.database.ping},
            )
        finally:
            scheduler.shutdown(wait=False)
            await monitor.snapshots.close()
            await monitor.database.close()

    return builder


def main() -> None:
    """Run the monitor from the environment's settings."""
    try:
        settings = load(MonitorSettings)
        settings.token()
    except SettingsError as error:
        print(error.message, file=sys.stderr)  # noqa: T201
        sys.exit(2)
    logs.configure(settings.log_format, settings.log_level)
    run([build(settings)])


if __name__ == "__main__":
    main()
