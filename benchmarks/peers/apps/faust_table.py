"""Faust-streaming, at least once: one table of accounts, in RocksDB and a changelog topic.

As its documentation has it: `store="rocksdb://"` for production, an agent over the topic that
assigns to the table. The value is bytes that the program encodes itself, which is faster than
Faust's own records. Source: faust-streaming.github.io/faust, user guide, application and tables.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import faust
import msgspec
import uvloop
from faust.contrib.asgi import faust_app_running

from benchmarks.peers.apps.account import Account, decode, fold
from benchmarks.peers.told import Order, order

#: The default is 2.8; a commit costs one request.
COMMIT_SECONDS: Final = 0.5
#: The default is 0, which sends nearly every change of the table in a request of its own; waiting
#: a little is several times faster here.
LINGER_MILLISECONDS: Final = 20


async def main(told: Order) -> None:
    """Fold so many events of the topic, commit changelog and offsets, and end."""
    app = faust.App(
        told.name,
        broker=f"kafka://{told.bootstrap_servers}",
        store="rocksdb://",
        datadir=Path(told.folder),
        topic_partitions=told.partitions,
        topic_replication_factor=1,
        producer_linger_ms=LINGER_MILLISECONDS,
        broker_commit_interval=COMMIT_SECONDS,
        web_enabled=False,
    )
    topic = app.topic(told.topic, key_type=bytes, value_type=bytes, value_serializer="raw")
    accounts = app.Table("accounts", key_type=bytes, value_type=bytes, partitions=told.partitions)
    encode = msgspec.json.Encoder().encode
    stored_accounts = msgspec.json.Decoder(Account)
    done = asyncio.Event()

    @app.agent(topic)
    async def folding(stream: AsyncIterator[bytes]) -> None:
        seen = 0
        async for value in stream:
            event = decode(value)
            key = event.accountid.encode()
            stored = accounts.get(key)
            account = stored_accounts.decode(stored) if stored else Account()
            if fold(account, event):
                accounts[key] = encode(account)
            seen += 1
            if seen == told.number:
                done.set()

    async with faust_app_running(app):
        await done.wait()
        await app.producer.flush()
        await app.consumer.commit()


if __name__ == "__main__":
    uvloop.run(main(order()))
