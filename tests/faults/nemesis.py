"""What is done to the system: each fault strikes, lasts as long as it does, and heals itself.

A crash has no hook in the product: the links see each COMMIT, Produce request, deletion, final dot
and their answers pass, and the process is killed at that very moment.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

import asyncpg

from tests.faults.parts.service import Service
from tests.faults.proxy import Kind, Mode
from tests.faults.rest import until_ready
from tests.faults.system import ALWAYS, System, why_not_ready
from tests.faults.watching.lookout import Moment, Trap
from tests.faults.workload import Message, Size

#: How long a trap waits for its moment.
TRAP_SECONDS_MAX: Final = 20.0
#: Beyond the ten seconds after which a group gives a silent member's work to another.
ZOMBIE_SECONDS: Final = 12.0
LOCK_SECONDS: Final = 6.0
#: An absence is shown within this by every service: a probe's beat and its limit.
NOTICED_SECONDS: Final = 12.0
STORM_TURNS: Final = 3
STORM_SECONDS: Final = 2.0


@dataclass(slots=True)
class Course:
    """One strike under way: what a fault may use, and what it leaves for the report."""

    system: System
    random: Random
    #: What has been published so far.
    told: Sequence[Message] = ()
    #: How often it struck; a trap whose moment never came did not.
    strikes: int = 0
    notes: list[str] = field(default_factory=list)
    #: Set when the fault is in place, so that the load may begin.
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    #: What the system did wrong while the fault lasted.
    objections: list[str] = field(default_factory=list)
    #: What the fault itself expects once the system is at rest: each returns objections.
    expects: list[Callable[[], Awaitable[list[str]]]] = field(default_factory=list)

    def struck(self, note: str) -> None:
        """Count a strike."""
        self.strikes += 1
        self.notes.append(note)
        self.begun.set()

    async def outlast(self, seconds: float) -> None:
        """Wait while a server is away; where that takes long, somebody must say not ready."""
        await asyncio.sleep(seconds)
        if seconds >= NOTICED_SECONDS and await why_not_ready(self.system.running) is None:
            self.objections.append(f"all say they are ready after {seconds:g} s without a server")


Strike = Callable[[Course], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by its row in the matrix and its name."""

    row: str
    name: str
    strike: Strike
    #: Whether it waits for work to pass, and so must be in place before there is any.
    is_trap: bool = False
    #: Whether it keeps the mail dialogue itself waiting.
    letters_may_be_late: bool = False
    #: How much is told, and how badly.
    size: Size = field(default_factory=Size)
    #: Whether one run of it belongs to the short matrix.
    is_short: bool = True


def crash(service: str, moment: Moment) -> Strike:
    """Kill a service at a moment of its dialogues, and start it again."""

    async def strike(course: Course) -> None:
        victim = course.system.services[service]
        await _trapped(course, victim, moment, victim.kill)
        if not victim.is_wanted:
            await victim.launch()

    return strike


def cut_off(service: str, moment: Moment) -> Strike:
    """Reset the connection at a moment, and let the process live."""

    async def strike(course: Course) -> None:
        await _trapped(course, course.system.services[service], moment, _nothing)

    return strike


async def _trapped(
    course: Course, victim: Service, moment: Moment, spring: Callable[[], Awaitable[None]]
) -> None:
    trap = Trap(moment, spring)
    victim.set_trap(trap)
    course.begun.set()
    try:
        async with asyncio.timeout(TRAP_SECONDS_MAX):
            await trap.sprung.wait()
        course.struck(f"{victim.name} at {moment}")
    except TimeoutError:
        course.notes.append(f"{victim.name} never came to {moment}")
    finally:
        victim.set_trap(None)


async def _nothing() -> None:
    """Do nothing but cut the connection."""


def killed(service: str) -> Strike:
    """Kill a service at any moment, and start it again."""

    async def strike(course: Course) -> None:
        victim = course.system.services[service]
        await victim.kill()
        course.struck(f"{service} killed")
        await victim.launch()

    return strike


def frozen(service: str, seconds: float) -> Strike:
    """Stop a process where it stands for a while: its event loop is blocked."""

    async def strike(course: Course) -> None:
        victim = course.system.services[service]
        victim.freeze()
        course.struck(f"{service} stood still for {seconds:g} s")
        await asyncio.sleep(seconds)
        victim.wake()

    return strike


def zombie(kind: str) -> Strike:
    """Freeze an owner until another has taken over, then let it go on."""

    async def strike(course: Course) -> None:
        owner, other = (course.system.services[f"{kind}-{number}"] for number in (1, 2))
        await other.start()
        owner.freeze()
        course.struck(f"{owner.name} stood still for {ZOMBIE_SECONDS:g} s")
        await asyncio.sleep(ZOMBIE_SECONDS)
        owner.wake()
        await until_ready(course.system)
        await other.stop()

    return strike


def storm(kind: str) -> Strike:
    """Let a second member come and go."""

    async def strike(course: Course) -> None:
        other = course.system.services[f"{kind}-2"]
        for _ in range(STORM_TURNS):
            await other.launch()
            course.struck(f"{other.name} came and went")
            await asyncio.sleep(STORM_SECONDS + course.random.random())
            if course.random.random() < 0.5:
                await other.kill()
            else:
                await other.stop()

    return strike


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
