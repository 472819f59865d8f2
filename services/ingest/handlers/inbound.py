"""The loop over the inbound topics: a batch is behind us when all that it led to is safe."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from services.ingest.domain.arrival import Arrival
from services.ingest.handlers.door import Door
from services.ingest.handlers.refused import Refused


class Source(Protocol):
    """Arrivals of the inbound topics, each partition's in its order."""

    async def gather(self) -> Sequence[Arrival]:
        """Return the next batch, empty when nothing came. Raises `TransientError`."""

    async def done(self) -> None:
        """Commit the offsets behind the batch that was gathered last. Raises `TransientError`."""


async def take_forever(
    source: Source, door: Door, refused: Refused, stop: asyncio.Event, well: Callable[[], None]
) -> None:
    """Take batches until told to stop; a batch once gathered is finished.

    Leaves by `TransientError` with the batch uncommitted: whoever owns the partition next takes
    it again, and the names recognise what had gone through.
    """
    while not stop.is_set():
        arrivals = await source.gather()
        well()
        if arrivals:
            outcomes = await door.take(arrivals)
            await refused.keep(arrivals, outcomes)
            await source.done()
