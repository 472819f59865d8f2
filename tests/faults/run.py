"""One run: a fault in a state of the system, then healing, rest, and the checks."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Final

from shared.calendar import local_date
from tests.faults.checkers import violations
from tests.faults.evidence.collect import collect
from tests.faults.evidence.values import Evidence
from tests.faults.rest import days_on, go_to, until_at_rest, until_ready
from tests.faults.striking.course import Course, Fault
from tests.faults.system import PARTITIONS, TIME_ZONE, System
from tests.faults.telling.upstream import publish
from tests.faults.telling.workload import Message, Workload, make_workload

#: A burst is published with pauses, so that the fault finds it under way.
BURST_PAUSE_SECONDS: Final = 0.08
#: The days by which a sweep moves the clock.
LEAP_DAYS: Final = (7, 16, 31)
#: The strike begins so long after the load, at most.
DELAY_SECONDS_MAX: Final = 0.4


class State(Enum):
    """What the system is doing when the fault strikes."""

    IDLE = "idle"
    BURST = "burst"
    SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; together with the seed it says everything."""

    number: int
    seed: int
    fault: Fault
    state: State
    #: Whether it is of the short matrix.
    is_short: bool = False

    @property
    def name(self) -> str:
        """Write it as in: 17 crash monitor before commit / burst."""
        return f"{self.number} {self.fault.name} / {self.state.value}"


@dataclass(slots=True)
class Result:
    """What came of a run."""

    plan: Plan
    events: int = 0
    strikes: int = 0
    notes: list[str] = field(default_factory=list)
    violations: dict[str, list[str]] = field(default_factory=dict)
    evidence: Evidence | None = None
    #: From the end of the fault until everything was ready.
    ready_seconds: float = 0.0
    seconds: float = 0.0


async def carry_out(system: System, plan: Plan) -> Result:
    """Do one run on a system that is at rest; never raises for what the product does wrong."""
    result = Result(plan)
    started = time.monotonic()
    random = Random(f"run/{plan.seed}/{plan.number}")
    today = local_date(system.now(), TIME_ZONE)
    workload = make_workload(plan.seed, plan.number, today, plan.fault.size)
    result.events = workload.events
    course = Course(system, random, told=workload.before)
    for service in system.services.values():
        service.memory_mib_max = 0
    try:
        await _publish(system, workload.before)
        await until_at_rest(system)
        await _under_fault(system, plan, workload, course)
        result.ready_seconds = await until_ready(system)
        await until_at_rest(system)
        # What was at rest may have noticed only now that a connection of its own is dead.
        result.ready_seconds += await until_ready(system)
    except Exception as error:  # noqa: BLE001 - whatever stops a run is its result
        result.violations["carried_out"] = [f"{type(error).__name__}: {error}"]
    result.strikes, result.notes = course.strikes, course.notes
    for service in system.services.values():
        service.note_memory()
    await _check(system, plan, course, result)
    result.seconds = time.monotonic() - started
    return result


async def _under_fault(system: System, plan: Plan, workload: Workload, course: Course) -> None:
    """Bring the system into its state, strike, and tell the rest of the history."""
    if plan.state is State.SWEEP:
        await _publish(system, workload.after)
        await until_at_rest(system)
    strike = asyncio.create_task(_strike(plan, course))
    try:
        if plan.fault.is_trap:
            await course.begun.wait()
        if plan.state is State.IDLE and not plan.fault.is_trap:
            await strike
        if plan.state is not State.SWEEP:
            pause_seconds = BURST_PAUSE_SECONDS if plan.state is State.BURST else 0.0
            await _publish(system, workload.after, pause_seconds=pause_seconds)
        if plan.state is State.SWEEP or plan.fault.is_trap:
            await _sweep(system, workload, course)
        await strike
    finally:
        strike.cancel()
        await asyncio.gather(strike, return_exceptions=True)
        for service in system.services.values():
            await service.heal()
    if plan.state is not State.SWEEP and not plan.fault.is_trap:
        await until_ready(system)
        await _sweep(system, workload, course)


async def _sweep(system: System, workload: Workload, course: Course) -> None:
    """Let many things fall due at once, while the last of the history is told."""
    day = days_on(system, course.random.choice(LEAP_DAYS))
    await asyncio.gather(go_to(system, day), _publish(system, workload.last))


async def _strike(plan: Plan, course: Course) -> None:
    if not plan.fault.is_trap:
        await asyncio.sleep(course.random.random() * DELAY_SECONDS_MAX)
    async with asyncio.timeout(plan.fault.strike_seconds_max):
        await plan.fault.strike(course)


async def _publish(
    system: System, messages: Sequence[Message], *, pause_seconds: float = 0.0
) -> None:
    servers = system.kafka.bootstrap_servers
    await publish(servers, messages, PARTITIONS, pause_seconds=pause_seconds)


async def _check(system: System, plan: Plan, course: Course, result: Result) -> None:
    try:
        evidence = await collect(system)
        if plan.fault.letters_may_be_late:
            evidence.late_between = [(0.0, math.inf)]
        evidence.order_may_be_broken = plan.fault.order_may_be_broken
        objections = list(course.objections)
        for expects in course.expects:
            objections += await expects()
    except Exception as error:  # noqa: BLE001 - a system that cannot be read has failed
        result.violations["collected"] = [f"{type(error).__name__}: {error}"]
        return
    result.evidence = evidence
    result.violations |= violations(evidence)
    if objections:
        result.violations["expected_by_the_fault"] = objections
