"""Waiting until nothing moves any more: every lag 0, every outbox empty, no work due."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cli.api.client import ANSWER_SECONDS_MAX, SERVICES, Client
from cli.errors import AwayError

#: A service is given this long to answer even when the time is over, or `--timeout 0` would say
#: nothing about any.
ANSWER_SECONDS_MIN: Final = 0.5
PAUSE_SECONDS_FIRST: Final = 0.02
PAUSE_SECONDS_MAX: Final = 0.25
PAUSE_GROWTH: Final = 1.4
#: One quiet pass can fall between a commit and what follows it; two in a row are rest.
QUIET_PASSES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What still moves in one service; one that does not answer counts as moving."""

    service: str
    #: Records of its input topics it has not yet finished with.
    lag: int = 0
    #: Facts it has not yet published.
    outbox: int = 0
    #: Work whose time has come.
    due: int = 0
    #: The sentence that names it and says why it does not answer.
    away: str | None = None

    @property
    def moves(self) -> bool:
        """Whether it is not at rest."""
        return bool(self.lag or self.outbox or self.due or self.away)

    def __str__(self) -> str:
        """`monitor: lag 12, due 3`."""
        if self.away:
            return self.away
        counts = {"lag": self.lag, "outbox": self.outbox, "due": self.due}
        said = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        return f"{self.service}: {said or 'at rest'}"


async def measure(
    client: Client, service: str, *, seconds_max: float = ANSWER_SECONDS_MAX
) -> Progress:
    """Ask one service what still moves in it; one that has not answered in time is away."""
    try:
        async with asyncio.timeout(seconds_max):
            answer = await client.get(service, "/v1/progress")
    except AwayError as error:
        return Progress(service=service, away=error.message)
    except TimeoutError:
        message = f"{service} has not answered in {seconds_max:.1f} s; see: arrears status"
        return Progress(service=service, away=message)
    return Progress(service=service, lag=answer["lag"], outbox=answer["outbox"], due=answer["due"])


async def settle(
    client: Client,
    *,
    seconds_max: float,
    report: Callable[[Progress], None] | None = None,
) -> list[Progress]:
    """Wait until nothing moves; return what still does when the time is over (empty: at rest).

    The services are asked in the flow's order. Work only ever moves on along the flow, so that what
    one service had handed on before its zero shows as the lag of the next. No question outlives the
    time by more than `ANSWER_SECONDS_MIN`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    pause = PAUSE_SECONDS_FIRST
    quiet = 0
    while quiet < QUIET_PASSES:
        moving = await _first_moving(client, deadline)
        if moving is None:
            quiet += 1
            continue
        quiet = 0
        if report:
            report(moving)
        if loop.time() + pause > deadline:
            return await _all_moving(client, deadline) or [moving]
        await asyncio.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, PAUSE_SECONDS_MAX)
    return []


async def _first_moving(client: Client, deadline: float) -> Progress | None:
    """Ask the services in order up to the first that moves.

    One that hangs may take half of what remains, so that there is time to ask again and to hear of
    the others.
    """
    for service in SERVICES:
        seconds_max = max(ANSWER_SECONDS_MIN, _remaining(deadline) / 2)
        progress = await measure(client, service, seconds_max=seconds_max)
        if progress.moves:
            return progress
    return None


async def _all_moving(client: Client, deadline: float) -> list[Progress]:
    """Ask every service at once for the last time."""
    seconds_max = max(ANSWER_SECONDS_MIN, _remaining(deadline))
    everything = await asyncio.gather(
        *(measure(client, service, seconds_max=seconds_max) for service in SERVICES)
    )
    return [progress for progress in everything if progress.moves]


def _remaining(deadline: float) -> float:
    return deadline - asyncio.get_running_loop().time()
