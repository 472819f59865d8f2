"""Ingest's composition root: joins the door to Kafka, PostgreSQL and HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client import CollectorRegistry

from services.ingest.adapters.inbound_topics import InboundTopics
from services.ingest.adapters.lag import InboundLag
from services.ingest.adapters.metrics import IngestMetrics
from services.ingest.adapters.names import PostgresNames
from services.ingest.adapters.publisher import KafkaPublisher
from services.ingest.adapters.rejected_reads import PostgresRejectedReads
from services.ingest.adapters.rejected_rows import PostgresRejected
from services.ingest.api.events import events_router
from services.ingest.api.rejected import rejected_router
from services.ingest.handlers.door import Door, Limits
from services.ingest.handlers.inbound import take_forever
from services.ingest.handlers.refused import Refused
from services.ingest.handlers.replay import Replay
from services.ingest.settings import IngestSettings
from shared.clock import Clock
from shared.contracts.catalogue import INBOUND_TOPICS
from shared.kafka.topics import ensure_topics
from shared.postgres.migrate import require_head
from shared.postgres.pool import Database
from shared.postgres.positions import PostgresPositions
from shared.runtime import logs
from shared.runtime.app import Progress, create_app
from shared.runtime.health import Health
from shared.runtime.partitions import partitions_router
from shared.runtime.serve import Builder, Service, run
from shared.runtime.settings import SettingsError, load

NAME: Final = "ingest"
LOOP: Final = "inbound"
#: The loop uses one at a time; the others serve requests side by side.
WRITE_POOL_SIZE: Final = 6


class Ingest:
    """One ingest process: the parts that live as long as it does."""

    def __init__(self, settings: IngestSettings, clock: Clock, stop: asyncio.Event) -> None:
        self.settings = settings
        self.clock = clock
        self.stop = stop
        self.health = Health()
        self.registry = CollectorRegistry()
        self.metrics = IngestMetrics(self.registry, clock.now)
        self.client_id = f"arrears-ingest-{settings.instance}"
        self.database = Database(
            settings.database_url.get_secret_value(),
            application=self.client_id,
            write_pool_size=WRITE_POOL_SIZE,
        )
        self.publisher = KafkaPublisher(settings.kafka_bootstrap_servers, self.client_id)
        self.lag = InboundLag(settings.kafka_bootstrap_servers)
        self.positions = PostgresPositions(self.database, NAME)
        self.rows = PostgresRejected(self.database)
        self.door = Door(
            PostgresNames(self.database),
            self.publisher,
            self.metrics,
            clock.now,
            Limits(event_bytes_max=settings.event_bytes_max),
        )
        self.refused = Refused(self.rows, self.publisher, clock.now)

    async def take_inbound(self) -> None:
        """Join the group and take batches until told to stop; failures are let out."""
        settings = self.settings
        await require_head(self.database.reads)
        await ensure_topics(
            settings.kafka_bootstrap_servers,
            partitions=settings.ledger_partitions,
            replication_factor=settings.replication_factor,
        )
        source = InboundTopics(
            settings.kafka_bootstrap_servers,
            self.client_id,
            self.metrics,
            self.positions,
            self.health,
        )
        await source.start()
        try:
            await take_forever(
                source, self.door, self.refused, self.stop, lambda: self.health.well(LOOP)
            )
        finally:
            await source.stop()

    async def progress(self) -> Progress:
        """Measure the lag anew; ingest has no outbox, and nothing in it falls due."""
        return Progress(service=NAME, lag=await self.lag.measure(), outbox=0, due=0)

    def service(self, token: str) -> Service:
        """Join the parts to an app and its loop."""
        replay = Replay(self.door, self.rows, self.clock.now)
        app = create_app(
            name=NAME,
            token=token,
            health=self.health,
            registry=self.registry,
            clock=self.clock,
            routers=[
                events_router(self.door, self.refused),
                partitions_router(INBOUND_TOPICS, self.positions.resume),
                rejected_router(PostgresRejectedReads(self.database.reads), replay),
            ],
            sweep=_nothing_is_due,
            progress=self.progress,
        )
        return Service(
            name=NAME,
            app=app,
            host=self.settings.host,
            port=self.settings.ingest_port,
            health=self.health,
            registry=self.registry,
            drain_seconds=self.settings.drain_seconds,
            loops={LOOP: self.take_inbound},
            checks={"kafka": self.progress, "postgres": self.database.ping},
        )

    async def close(self) -> None:
        """Disconnect from everything."""
        await self.publisher.close()
        await self.lag.close()
        await self.database.close()


def build(settings: IngestSettings) -> Builder:
    """Return what builds ingest; settings that cannot work raise `SettingsError` here."""
    token = settings.token()
    clock = settings.make_clock()

    @asynccontextmanager
    async def built(stop: asyncio.Event) -> AsyncIterator[Service]:
        ingest = Ingest(settings, clock, stop)
        try:
            yield ingest.service(token)
        finally:
            await ingest.close()

    return built


async def _nothing_is_due() -> None:
    """Return at once: events are taken when they come, not when a day begins."""


def main() -> None:
    """Run ingest until it is told to stop; settings that cannot work end it with status 2."""
    try:
        settings = load(IngestSettings)
        builder = build(settings)
    except SettingsError as error:
        sys.stderr.write(f"arrears ingest: {error.message}\n")
        sys.exit(2)
    logs.configure(settings.log_format, settings.log_level)
    run([builder])


if __name__ == "__main__":
    main()
