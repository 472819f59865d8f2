"""The notifier's composition root: joins ports and adapters, and runs the service."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
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
#: The consumer, people's commands and the tick; each connection for mail has one more.
WRITE_POOL_SIZE = 7


def build(settings: NotifierSettings) -> Builder:
    """Return what builds the service; raises `SettingsError` when token or clock cannot be read."""
    token, clock = settings.token(), settings.make_clock()

    @asynccontextmanager
    async def builder(stop: asyncio.Event) -> AsyncIterator[Service]:
        async with AsyncExitStack() as stack:
            yield _join(settings, stop, stack, token=token, clock=clock)

    return builder


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


def _join(
    settings: NotifierSettings,
    stop: asyncio.Event,
    stack: AsyncExitStack,
    *,
    token: str,
    clock: Clock,
) -> Service:
    registry, health = CollectorRegistry(), Health()
    database = Database(
        settings.database_url.get_secret_value(),
        application=f"arrears-{NAME}-{settings.instance}",
        write_pool_size=WRITE_POOL_SIZE + settings.smtp_connections,
    )
    lag = LagMeter(settings.kafka_bootstrap_servers)
    standing = MonitorStanding(
        str(settings.monitor_url), token=token, seconds_max=settings.monitor_seconds_max
    )
    mailers = [
        SmtpMailer(
            settings.mail_server, sender=settings.letter_from, seconds_max=settings.smtp_seconds_max
        )
        for _ in range(settings.smtp_connections)
    ]
    ways_out = [mailer.close for mailer in mailers]
    for close in (database.close, lag.close, standing.close, *ways_out):
        stack.push_async_callback(close)
    letters = PostgresLetterStore(database)
    writer = LetterWriter(company=settings.letter_company, sender=settings.letter_from)
    work_metrics = WorkMetrics(registry)
    send = SendLetters(
        letters=letters,
        standing=standing,
        writer=writer,
        mailers=mailers,
        clock=clock,
        limits=settings.limits,
    )
    sender = Sender(send, stop=stop, swept=work_metrics.swept)
    positions = PostgresPositions(database, NAME)

    async def repeated() -> Mapping[int, int]:
        return await compare(database, await lag.committed())

    reader = EscalationReader(
        settings.kafka_bootstrap_servers,
        instance=settings.instance,
        consume=ConsumeEscalations(PostgresWorkStore(database), settings.rules),
        committed=sender.wake,
        repeated=repeated,
        positions=positions,
        health=health,
        metrics=ConsumerMetrics(registry),
    )
    people = People(
        task_store=PostgresTaskStore(database),
        letters=letters,
        clock=clock,
        time_zone=settings.time_zone,
    )

    def today() -> date:
        return local_date(clock.now(), settings.time_zone)

    async def progress() -> Progress:
        # The lag before the letters: an event that is done with in between shows as a letter.
        behind = await lag.measure()
        return Progress(service=NAME, lag=behind, outbox=0, due=await letters.count_due(today()))

    async def measure() -> None:
        work_metrics.work(
            await reads.count_letters(database.reads),
            await reads.count_tasks(database.reads),
            await lag.measure(),
        )

    app = create_app(
        name=NAME,
        token=token,
        health=health,
        registry=registry,
        clock=clock,
        routers=[
            letters_router(
                database.reads, people=people, writer=writer, today=today, wake=sender.wake
            ),
            partitions_router((ESCALATIONS,), positions.resume),
            tasks_router(database.reads, people=people),
        ],
        sweep=sender.sweep,
        progress=progress,
    )
    return Service(
        name=NAME,
        app=app,
        host=settings.host,
        port=settings.notifier_port,
        health=health,
        registry=registry,
        drain_seconds=settings.drain_seconds,
        checks={"kafka": progress, "postgres": database.ping},
        loops=_loops(
            settings,
            stop,
            database=database,
            health=health,
            reader=reader,
            sender=sender,
            repeated=repeated,
            measure=measure,
        ),
    )


def _loops(
    settings: NotifierSettings,
    stop: asyncio.Event,
    *,
    database: Database,
    health: Health,
    reader: EscalationReader,
    sender: Sender,
    repeated: Callable[[], Awaitable[Mapping[int, int]]],
    measure: Callable[[], Awaitable[None]],
) -> dict[str, Callable[[], Awaitable[None]]]:
    async def consuming() -> None:
        await require_head(database.reads)
        await ensure_topics(
            settings.kafka_bootstrap_servers,
            partitions=settings.ledger_partitions,
            replication_factor=settings.replication_factor,
        )
        await reader.run(stop, lambda: health.well("consumer"))

    compared = asyncio.Event()

    async def sending() -> None:
        await require_head(database.reads)
        if not compared.is_set():
            # No letter leaves before it is known whether the database was restored.
            await repeated()
            compared.set()
        await sender.run(lambda: health.well("sender"))

    async def ticking() -> None:
        await tick(stop, wake=sender.wake, measure=measure, well=lambda: health.well("tick"))

    return {"consumer": consuming, "sender": sending, "tick": ticking}


if __name__ == "__main__":
    main()
