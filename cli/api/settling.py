"""Waiting until nothing moves any more: every lag 0, every outbox empty, no work due."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cli.api.client import SERVICES, Client
from cli.errors import AwayError

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
    #: Why it does not answer.
    away: str | None = None

    @property
    def moves(self) -> bool:
        """Whether it is not at rest."""
        return bool(self.lag or self.outbox or self.due or self.away)

    def __str__(self) -> str:
        """`monitor: lag 12, due 3`."""
        if self.away:
            return f"{self.service}: {self.away}"
        counts = {"lag": self.lag, "outbox": self.outbox, "due": self.due}
        said = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
        return f"{self.service}: {said or 'at rest'}"


async def measure(client: Client, service: str) -> Progress:
    """Ask one service what still moves in it."""
    try:
        answer = await client.get(service, "/v1/progress")
    except AwayError as error:
        return Progress(service=service, away=error.message)
    return Progress(service=service, lag=answer["lag"], outbox=answer["outbox"], due=answer["due"])


async def settle(
    client: Client,
    *,
    seconds_max: float,
    report: Callable[[Progress], None] | None = None,
) -> list[Progress]:
    """Wait until nothing moves; return what still does when the time is over (empty: at rest).

    The services are asked in the flow's order. Work only ever moves on along the flow, so that what
    one service had handed on before its zero shows as the lag of the next.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    pause = PAUSE_SECONDS_FIRST
    quiet = 0
    while quiet < QUIET_PASSES:
        moving = await _first_moving(client)
        if moving is None:
            quiet += 1
            continue
        quiet = 0
        if report:
            report(moving)
        if loop.time() + pause > deadline:
            everything = [await measure(client, service) for service in SERVICES]
            return [progress for progress in everything if progress.moves] or [moving]
        await asyncio.sleep(pause)
        pause = min(pause * PAUSE_GROWTH, PAUSE_SECONDS_MAX)
    return []


async def _first_moving(client: Client) -> Progress | None:
    """Ask the services in order up to the first that moves."""
    for service in SERVICES:
        progress = await measure(client, service)
        if progress.moves:
            return progress
    return None
