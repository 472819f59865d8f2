"""Faults of the servers: Kafka and PostgreSQL stopped, killed, frozen, locked; and bad networks."""

import asyncio
import os
import signal
from typing import Final

import asyncpg

from tests.faults.proxy import Kind, Mode
from tests.faults.striking.course import Course, Strike
from tests.faults.system import ALWAYS

LOCK_SECONDS: Final = 6.0


def kafka_stopped(seconds: float, *, kill: bool = False) -> Strike:
    """Stop or kill the broker for a while, and start it again."""

    async def strike(course: Course) -> None:
        kafka = course.system.kafka
        assert kafka.child is not None
        if kill:
            await kafka.child.kill()
        else:
            await kafka.stop()
        course.struck(f"the broker was away for {seconds:g} s")
        await course.outlast(seconds)
        await kafka.start()

    return strike


def kafka_frozen(seconds: float) -> Strike:
    """Stop the broker where it stands for a while: its connections stay open and say nothing."""

    async def strike(course: Course) -> None:
        child = course.system.kafka.child
        assert child is not None
        os.kill(child.pid, signal.SIGSTOP)
        course.struck(f"the broker stood still for {seconds:g} s")
        await course.outlast(seconds)
        os.kill(child.pid, signal.SIGCONT)

    return strike


def postgres_restarted(how: signal.Signals, seconds: float) -> Strike:
    """Restart the database: SIGQUIT is its immediate shutdown, SIGINT its fast one."""

    async def strike(course: Course) -> None:
        postgres = course.system.postgres
        assert postgres.child is not None
        os.kill(postgres.child.pid, how)
        await postgres.child.wait()
        course.struck(f"the database was away for {seconds:g} s after {how.name}")
        await course.outlast(seconds)
        await postgres.start()

    return strike


def backends_terminated(times: int) -> Strike:
    """Have the server end connections of the services at random."""

    async def strike(course: Course) -> None:
        for _ in range(times):
            rows = await course.system.sql(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'arrears-%'"
            )
            pids = [row["pid"] for row in rows]
            for pid in course.random.sample(pids, (len(pids) + 1) // 2):
                await course.system.sql("SELECT pg_terminate_backend($1)", pid)
            course.struck(f"{(len(pids) + 1) // 2} of {len(pids)} backends terminated")
            await asyncio.sleep(course.random.random())

    return strike


def locked(table: str, seconds: float = LOCK_SECONDS) -> Strike:
    """Hold a lock on a table that everything needs."""

    async def strike(course: Course) -> None:
        connection = await asyncpg.connect(course.system.database_url)
        try:
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
                course.struck(f"{table} locked for {seconds:g} s")
                await asyncio.sleep(seconds)
        finally:
            await connection.close()

    return strike


def network(service: str, link: str, mode: Mode, seconds: float) -> Strike:
    """Make one link bad for a while."""

    async def strike(course: Course) -> None:
        one = course.system.services[service].links[link]
        one.set(mode)
        course.struck(f"{one.name}: {mode.kind.value} {mode.measure:g} for {seconds:g} s")
        await asyncio.sleep(seconds)
        one.heal()

    return strike


def everywhere(mode: Mode, seconds: float) -> Strike:
    """Make every link of every service bad for a while."""

    async def strike(course: Course) -> None:
        links = [link for name in ALWAYS for link in course.system.services[name].links.values()]
        for link in links:
            link.set(mode)
        course.struck(f"every link: {mode.kind.value} {mode.measure:g} for {seconds:g} s")
        await asyncio.sleep(seconds)
        for link in links:
            link.heal()

    return strike


HALF_OPEN: Final = Mode(Kind.HALF_OPEN)
RESET: Final = Mode(Kind.RESET)
BLACKHOLE: Final = Mode(Kind.BLACKHOLE)
SLOW: Final = Mode(Kind.SLOW, 20_000)
LATENCY: Final = Mode(Kind.LATENCY, 0.5)
