"""Send what the outbox holds, in order, and delete it once it is acknowledged."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from services.monitor.handlers.ports import Publisher, Store

#: Facts one round sends.
RELAY_ROWS_MAX: Final = 5000


async def relay(store: Store, publisher: Publisher, partitions: Sequence[int]) -> int:
    """Empty the outbox of these partitions; returns how many facts were sent.

    A crash after the acknowledgement and before the deletion sends them again: their ids are the
    same, and every reader recognises a repeat.
    """
    sent = 0
    while partitions:
        rows = await store.outbox(partitions, RELAY_ROWS_MAX)
        for topic, group in groupby(rows, key=lambda row: row.topic):
            await publisher.send(topic, [(row.key, row.value) for row in group])
        if rows:
            await store.sent(rows)
        sent += len(rows)
        if len(rows) < RELAY_ROWS_MAX:
            break
    return sent
