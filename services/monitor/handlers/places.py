"""Where partitions of the ledger are read on, by what PostgreSQL, the topic and the group say."""

from collections.abc import Sequence
from typing import Protocol

from services.monitor.handlers.ports import Ownership, Record
from shared.contracts.catalogue import LEDGER
from shared.kafka.positions import Begin, Lost, begin_at


class Source(Protocol):
    """The ledger topic, as far as this process is assigned to it."""

    def newly_assigned(self) -> list[int]:
        """Return partitions assigned since the last call and not taken away again."""

    def still_assigned(self, partition: int) -> bool:
        """Say whether a partition has not been taken away."""

    async def seek(self, owned: Ownership) -> None:
        """Read a partition from its owner's position on."""

    async def committed(self, partitions: Sequence[int]) -> dict[int, int]:
        """Return what the group has committed of partitions, as far as it has."""

    async def ends(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask where partitions of the topic end now."""

    async def firsts(self, partitions: Sequence[int]) -> dict[int, int]:
        """Ask for the oldest offset that the topic still has of each partition."""

    async def fetch(self, partitions: Sequence[int]) -> dict[int, list[Record]]:
        """Return the next records of partitions, after a short wait when there are none."""

    def behind(self, partition: int, position: int) -> int:
        """Return how many known records of a partition lie beyond an offset."""


async def place(source: Source, owned: Sequence[Ownership]) -> dict[int, Begin | Lost]:
    """Compare positions with the topic's first and last records, and the group's offsets."""
    numbers = [one.partition for one in owned]
    if not numbers:
        return {}
    committed = await source.committed(numbers)
    firsts, ends = await source.firsts(numbers), await source.ends(numbers)
    return {
        one.partition: begin_at(
            LEDGER,
            one.partition,
            first=firsts[one.partition],
            end=ends[one.partition],
            kept=one.position,
            committed=committed.get(one.partition),
        )
        for one in owned
    }
