"""The notifier's composition root: joins ports and adapters, and runs the service."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import date

from prometheus_client import CollectorRegistry

from services.notifier.adapters import reads
from services.notifier.adapters.kafka import EscalationReader, LagMeter
from services.notifier.adapters.letter_store import PostgresLetterStore
from services.notifier.adapters.metrics import ConsumerMetrics, WorkMetrics
from services.notifier.adapters.positions import compare
from services.notifier.adapters.smtp import SmtpMailer
from services.notifier.adapters.standing import MonitorStanding
from services.notifier.adapters.task_store import PostgresTaskStore
from services.notifier.adapters.tick import tick
from services.notifier.adapters.work_store import PostgresWorkStore
from services.notifier.adapters.writing import LetterWriter
from services.notifier.api.routes import letters_router, tasks_router
from services.notifier.handlers.consume import ConsumeEscalations
from services.notifier.handlers.people import People
from services.notifier.handlers.send import SendLetters
from services.notifier.handlers.sender import Sender
from services.notifier.settings import NotifierSettings
from shared.calendar import local_date
from shared.clock import Clock
from shared.contracts.catalogue import ESCALATIONS
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

NAME = "notifier"
#: The consumer, people's commands, the tick, and two for letters: one claims, one lets them begin.
WRITE_POOL_SIZE = 9


class Notifier:
    """One notifier process: the parts that live as long as it does."""

    def __init__(self, settings: NotifierSettings, clock: Clock, stop: asyncio.Event) -> None:
        self.settings = settings
        self.clock = clock
        self.stop = stop
        self.registry, self.health = CollectorRegistry(), Health()
        self.metrics = WorkMetrics(self.registry)
        self.database = Database(
            settings.database_url.get_secret_value(),
            application=f"arrears-{NAME}-{settings.instance}",
            write_pool_size=WRITE_POOL_SIZE,
        )
        self.lag = LagMeter(settings.kafka_bootstrap_servers)
        self.standing = MonitorStanding(
            str(settings.monitor_url),
            token=settings.token(),
            seconds_max=settings.monitor_seconds_max,
        )
        self.mailers = [
            SmtpMailer(
                settings.mail_server,
                sender=settings.letter_from,
                seconds_max=settings.smtp_seconds_max,
            )
            for _ in range(settings.smtp_connections)
        ]
        self.letters = PostgresLetterStore(self.database)
        self.writer = LetterWriter(company=settings.letter_company, sender=settings.letter_from)
        send = SendLetters(
            letters=self.letters,
            standing=self.standing,
            writer=self.writer,
            mailers=self.mailers,
            clock=clock,
            limits=settings.limits,
        )
        self.sender = Sender(send, stop=stop, swept=self.metrics.swept)
        self.positions = PostgresPositions(self.database, NAME)
        self.reader = EscalationReader(
            settings.kafka_bootstrap_servers,
            instance=settings.instance,
            consume=ConsumeEscalations(PostgresWorkStore(self.database), settings.rules),
            committed=self.sender.wake,
            repeated=self.repeated,
            positions=self.positions,
            health=self.health,
            metrics=ConsumerMetrics(self.registry),
        )
        self._compared = False

    def today(self) -> date:
        """Return the day of letters and tasks."""
        return local_date(self.clock.now(), self.settings.time_zone)

    async def repeated(self) -> Mapping[int, int]:
        """Ask which partitions a restored database has to read again."""
        return await compare(self.database, await self.lag.committed())

    async def progress(self) -> Progress:
        """Measure lag and letters due anew."""
        # The lag before the letters: an event that is done with in between shows as a letter.
        behind = await self.lag.measure()
        due = await self.letters.count_due(self.today())
        return Progress(service=NAME, lag=behind, outbox=0, due=due)

    async def measure(self) -> None:
        """Refresh the gauges."""
        self.metrics.work(
            await reads.count_letters(self.database.reads),
            await reads.count_tasks(self.database.reads),
            await self.lag.measure(),
        )

    async def consume(self) -> None:
        """Read the monitor's words until told to stop; failures are let out."""
        await require_head(self.database.reads)
        await ensure_topics(
            self.settings.kafka_bootstrap_servers,
            partitions=self.settings.ledger_partitions,
            replication_factor=self.settings.replication_factor,
        )
        await self.reader.run(self.stop, lambda: self.health.well("consumer"))

    async def send(self) -> None:
        """Send letters until told to stop; failures are let out."""
        await require_head(self.database.reads)
        if not self._compared:
            # No letter leaves before it is known whether the database was restored.
            await self.repeated()
            self._compared = True
        await self.sender.run(lambda: self.health.well("sender"))

    async def tick(self) -> None:
        """Wake the sender and refresh the gauges until told to stop."""
        await tick(
            self.stop,
            wake=self.sender.wake,
            measure=self.measure,
            well=lambda: self.health.well("tick"),
        )

    def service(self, token: str) -> Service:
        """Join the parts to an app and its loops."""
        people = People(
            task_store=PostgresTaskStore(self.database),
            letters=self.letters,
            clock=self.clock,
            time_zone=self.settings.time_zone,
        )
        return Service(
            name=NAME,
            app=create_app(
                name=NAME,
                token=token,
                health=self.health,
                registry=self.registry,
                clock=self.clock,
                routers=[
                    letters_router(
                        self.database.reads,
                        people=people,
                        writer=self.writer,
                        today=self.today,
                        wake=self.sender.wake,
                    ),
                    partitions_router((ESCALATIONS,), self.positions.resume),
                    tasks_router(self.database.reads, people=people),
                ],
                sweep=self.sender.sweep,
                progress=self.progress,
            ),
            host=self.settings.host,
            port=self.settings.notifier_port,
            health=self.health,
            registry=self.registry,
            drain_seconds=self.settings.drain_seconds,
            loops={"consumer": self.consume, "sender": self.send, "tick": self.tick},
            checks={"kafka": self.progress, "postgres": self.database.ping},
        )

    async def close(self) -> None:
        """Disconnect from everything."""
        for mailer in self.mailers:
            await mailer.close()
        await self.standing.close()
        await self.lag.close()
        await self.database.close()


def build(settings: NotifierSettings) -> Builder:
    """Return what builds the notifier; settings that cannot work raise `SettingsError` here."""
    token, clock = settings.token(), settings.make_clock()

    @asynccontextmanager
    async def built(stop: asyncio.Event) -> AsyncIterator[Service]:
        notifier = Notifier(settings, clock, stop)
        try:
            yield notifier.service(token)
        finally:
            await notifier.close()

    return built


def main() -> None:
    """Run the notifier until a signal says stop."""
    try:
        settings = load(NotifierSettings)
        builder = build(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    logs.configure(settings.log_format, settings.log_level)
    run([builder])


if __name__ == "__main__":
    main()
