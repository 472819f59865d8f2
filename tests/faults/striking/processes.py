"""Faults of the services' processes: killed, frozen, replaced, and their answers lost.

A crash has no hook in the product: the links see each COMMIT, Produce request, deletion, final dot
and their answers pass, and the process is killed at that very moment.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tests.faults.parts.service import Service
from tests.faults.rest import until_ready
from tests.faults.striking.course import Course, Strike
from tests.faults.system import wait_for
from tests.faults.watching.lookout import Moment, Trap
from tests.faults.watching.postgres import COMPLETED

#: How long a trap waits for its moment.
TRAP_SECONDS_MAX: Final = 60.0
#: Beyond the ten seconds after which a group gives a silent member's work to another.
ZOMBIE_SECONDS: Final = 12.0
TAKEOVER_SECONDS_MAX: Final = 40.0
STORM_TURNS: Final = 3
STORM_SECONDS: Final = 2.0


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
    course: Course,
    victim: Service,
    moment: Moment,
    spring: Callable[[], Awaitable[None]],
    *,
    lets_go: bool = False,
) -> None:
    trap = Trap(moment, spring, lets_go=lets_go)
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


def late(moment: Moment) -> Strike:
    """Freeze the monitor at a moment until another has taken over; then what it said arrives."""

    async def strike(course: Course) -> None:
        owner, other = (course.system.services[f"monitor-{number}"] for number in (1, 2))
        await other.start()

        async def is_replaced() -> bool:
            owners = await course.system.sql("SELECT DISTINCT owner FROM monitor.partitions")
            return [row["owner"] for row in owners] == [other.name]

        async def spring() -> None:
            owner.freeze()
            await wait_for(is_replaced, TAKEOVER_SECONDS_MAX, f"{other.name} takes over")
            owner.lookout.passed.clear()
            owner.wake()

        def answers() -> list[str]:
            seen = (one.about for one in owner.lookout.passed if one.word == COMPLETED)
            return [about for about in seen if moment.about in about]

        async def is_answered() -> bool:
            return bool(answers())

        await _trapped(course, owner, moment, spring, lets_go=True)
        if course.strikes:
            await wait_for(is_answered, TAKEOVER_SECONDS_MAX, "the late statement is answered")
            course.notes.append(answers()[0])
            if not answers()[0].startswith(("UPDATE 0:", "SELECT 0:")):
                course.objections.append(f"a late owner was let in: {answers()[0]}")
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
