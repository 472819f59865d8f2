"""A soak: the top rate measured, then half of it told for a long time under faults, then judged."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from shared.contracts.envelope import CloudEvent, name_of
from tests.faults.evidence.collect import read
from tests.faults.evidence.taking import Parts
from tests.faults.rest import restore, until_at_rest, until_ready
from tests.faults.soak.judge import judged
from tests.faults.soak.memory import rising
from tests.faults.soak.nemesis import Nemesis, late_between
from tests.faults.soak.outcome import Order, Outcome
from tests.faults.soak.report import blow_line
from tests.faults.soak.stream import Stream, put_policy
from tests.faults.soak.watch import watched
from tests.faults.system import FIRST_DAY, TIME_ZONE, System, wait_for
from tests.faults.telling.trade import Trade
from tests.faults.telling.workload import Message

#: What the opening's end is waited for, and rest after the soak: what is behind must be caught up.
FOLD_SECONDS_MAX: Final = 300.0
REST_SECONDS_MAX: Final = 900.0
SECONDS_PER_MINUTE: Final = 60.0
#: What faults that keep the upstream systems waiting may cost of the rate, at the end of a soak.
TOLD_SHARE_MIN: Final = 0.8
#: So many messages are judged at a time, in a process of about 300 MiB.
PART_MESSAGES: Final = 40_000
#: Where they lie in the soak's folder.
PARTS: Final = "parts"

Say = Callable[[str], None]

_event: Final = msgspec.json.Decoder(CloudEvent)


async def carry_out(system: System, order: Order, folder: Path, say: Say) -> Outcome:
    """Do a soak on a fresh generation; never raises for what the product does wrong."""
    outcome = Outcome(order)
    trade = Trade(order.seed, FIRST_DAY, TIME_ZONE)
    stream = Stream(system, trade)
    opening = await asyncio.to_thread(trade.opening)
    try:
        await system.renew()
        await put_policy(system)
        async with watched(system, outcome, lambda: stream.told, say):
            await _open(system, stream, opening, outcome, say)
            await _soak(system, stream, outcome, say)
            await _rest(system, outcome, say)
    except Exception as error:  # noqa: BLE001 - whatever stops a soak is its result
        outcome.object("carried_out", _sentence(error))
    outcome.told, outcome.days = stream.told, (trade.day - FIRST_DAY).days
    hold_to_rate(outcome, len(opening))
    try:
        await _judge(system, outcome, folder / PARTS, say)
    except Exception as error:  # noqa: BLE001 - a system that cannot be read has failed
        outcome.object("collected", _sentence(error))
    return outcome


def _sentence(error: Exception) -> str:
    inner = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    return "; ".join(f"{type(one).__name__}: {one}" for one in inner)


async def _open(
    system: System, stream: Stream, opening: Sequence[Message], outcome: Outcome, say: Say
) -> None:
    """Tell the opening as fast as it goes, and take the rate at which it is folded."""
    names = list({name_of_message(one) for one in opening if not one.is_poison})

    async def is_folded() -> bool:
        query = "SELECT count(*) AS n FROM monitor.journal WHERE name = ANY($1)"
        return bool((await system.sql(query, names))[0]["n"] == len(names))

    with outcome.phase("opening"):
        await stream.burst(opening)
        await wait_for(is_folded, FOLD_SECONDS_MAX, "the opening is folded")
    outcome.top_rate = len(opening) / outcome.phases["opening"]
    outcome.rate = outcome.order.rate or outcome.top_rate / 2
    say(
        f"top rate: {len(opening)} events folded in {outcome.phases['opening']:.1f} s, "
        f"{outcome.top_rate:.0f} a second; told from now on {outcome.rate:.0f} a second"
    )
    await until_at_rest(system, REST_SECONDS_MAX)


def name_of_message(message: Message) -> object:
    """Return the name of a good message's event."""
    event = _event.decode(message.value or b"")
    return name_of(event.source, event.id)


async def _soak(system: System, stream: Stream, outcome: Outcome, say: Say) -> None:
    until = asyncio.get_running_loop().time() + outcome.order.minutes * SECONDS_PER_MINUTE
    nemesis = Nemesis(system, outcome.order.seed, stream.recent, lambda blow: say(blow_line(blow)))
    outcome.blows = nemesis.blows
    with outcome.phase("soak"):
        async with asyncio.TaskGroup() as group:
            group.create_task(stream.run(outcome.rate, until))
            group.create_task(nemesis.run(until))


def hold_to_rate(outcome: Outcome, opening: int) -> None:
    """Object where much less was told than was asked for: that would be another soak."""
    outcome.told_rate = (outcome.told - opening) / (outcome.order.minutes * SECONDS_PER_MINUTE)
    if outcome.told_rate < TOLD_SHARE_MIN * outcome.rate:
        outcome.object(
            "told_steadily",
            f"{outcome.told_rate:.0f} events a second were told of {outcome.rate:.0f}",
        )


async def _rest(system: System, outcome: Outcome, say: Say) -> None:
    """Let it heal, and wait until nothing moves any more."""
    with outcome.phase("rest"):
        await restore(system)
        outcome.ready_seconds = await until_ready(system)
        await until_at_rest(system, REST_SECONDS_MAX)
        # What was at rest may have noticed only now that a connection of its own is dead.
        outcome.ready_seconds += await until_ready(system)
    say(
        f"ready {outcome.ready_seconds:.1f} s after the last fault, at rest after "
        f"{outcome.phases['rest']:.0f} s"
    )


async def _judge(system: System, outcome: Outcome, folder: Path, say: Say) -> None:
    """Cut what is left into parts, and judge each; the memory and the faults' own words as well."""
    await restore(system)  # a soak that was stopped by a failure has not been let heal
    with outcome.phase("reading"):
        parts = Parts(folder, 1 + outcome.told // PART_MESSAGES)
        for between in late_between(outcome.blows):
            parts.take("late_between", between)
        await read(system, parts)
        parts.close()
    say(f"read in {outcome.phases['reading']:.0f} s")
    with outcome.phase("judging"):
        for name, sentences in (await judged(folder, parts.names, system.database_url)).items():
            outcome.object(name, *sentences)
    say(f"{len(parts.names)} parts judged in {outcome.phases['judging']:.0f} s")
    for blow in outcome.blows:
        outcome.object("carried_out", *(f"{blow.fault.name}: {one}" for one in blow.violations))
        for expects in blow.expects:
            outcome.object("expected_by_the_fault", *await expects())
    outcome.object("memory_flat", *rising(outcome.memory.samples))
    outcome.letters = len(system.sink.mails)
