"""Reads a Kafka dialogue as far as records and offsets go.

Source: the Kafka protocol guide: each request is a length, an api key, a version, a correlation id;
its response carries the same correlation id.
"""

from typing import Final

from shared.contracts.catalogue import ESCALATIONS, INBOUND_TOPICS, LEDGER, REJECTED
from tests.faults.proxy import Direction
from tests.faults.watching.lookout import Lookout, Seen

#: Records about to be sent; about: the first topic.
PRODUCE: Final = "produce"
#: The broker's word on them.
PRODUCED: Final = "produced"
#: A group's offsets about to be sent, and the broker's word on them.
OFFSETS: Final = "offsets"
OFFSETS_KEPT: Final = "offsets kept"
JOIN: Final = "join"
JOINED: Final = "joined"
HEARTBEAT: Final = "heartbeat"
BEATEN: Final = "heartbeat answered"

_WORDS: Final = {
    0: (PRODUCE, PRODUCED),
    8: (OFFSETS, OFFSETS_KEPT),
    11: (JOIN, JOINED),
    12: (HEARTBEAT, BEATEN),
}
_TOPICS: Final = tuple(topic.encode() for topic in (*INBOUND_TOPICS, LEDGER, ESCALATIONS, REJECTED))
#: The topic's name stands before the records.
LOOK_BYTES_MAX: Final = 512
HEADER_BYTES: Final = 12


class KafkaWatcher:
    """One connection."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._buffers = dict.fromkeys(Direction, b"")
        self._waiting: dict[bytes, Seen] = {}

    async def saw(self, direction: Direction, chunk: bytes) -> None:
        """Take a chunk apart."""
        self._buffers[direction] += chunk
        while (frame := self._next(direction)) is not None:
            if direction is Direction.TO_SERVER:
                await self._asked(frame)
            elif (answer := self._waiting.pop(frame[:4], None)) is not None:
                await self._lookout.saw(answer)

    def _next(self, direction: Direction) -> bytes | None:
        buffer = self._buffers[direction]
        if len(buffer) < 4:
            return None
        length = int.from_bytes(buffer[:4], "big")
        if len(buffer) < 4 + length:
            return None
        self._buffers[direction] = buffer[4 + length :]
        return buffer[4 : 4 + length]

    async def _asked(self, frame: bytes) -> None:
        words = _WORDS.get(int.from_bytes(frame[:2], "big"))
        if words is None:
            return
        about = _first_topic(frame[:LOOK_BYTES_MAX])
        self._waiting[frame[4:8]] = Seen(words[1], about)
        await self._lookout.saw(Seen(words[0], about))


def _first_topic(head: bytes) -> str:
    places = [(place, topic) for topic in _TOPICS if (place := head.find(topic)) >= 0]
    return min(places)[1].decode() if places else ""
