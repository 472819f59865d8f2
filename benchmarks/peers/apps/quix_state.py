"""Quix Streams with exactly-once: one state value for each account, in RocksDB and a changelog.

As its documentation has it: a stateful `apply`, `processing_guarantee="exactly-once"`, the state's
bytes encoded by the program itself. Source: quix-streams, docs/advanced/stateful-processing.md,
docs/advanced/checkpointing.md and docs/configuration.md.
"""

from typing import Final

import msgspec
from quixstreams import Application, State

from benchmarks.peers.apps.account import Account, decode, fold
from benchmarks.peers.told import Order, order

STATE_KEY: Final = "account"
#: Five seconds are the default, and a smaller value is advised where latency matters. An event of
#: the monitor is safe in well under one.
COMMIT_SECONDS: Final = 1.0
#: A short stream must see more than one checkpoint, or there is no time to take between two.
COMMIT_EVENTS: Final = 5_000


def main(told: Order) -> None:
    """Fold so many events of the topic, commit the last checkpoint, and end."""
    encode = msgspec.json.Encoder().encode
    accounts = msgspec.json.Decoder(Account)

    def apply(value: bytes, state: State) -> bytes:
        stored = state.get_bytes(STATE_KEY, default=None)
        account = accounts.decode(stored) if stored else Account()
        if fold(account, decode(value)):
            state.set_bytes(STATE_KEY, encode(account))
        return value

    app = Application(
        broker_address=told.bootstrap_servers,
        consumer_group=told.name,
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        commit_interval=COMMIT_SECONDS,
        commit_every=COMMIT_EVENTS,
        state_dir=told.folder,
        loglevel="WARNING",
    )
    topic = app.topic(told.topic, value_deserializer="bytes", key_deserializer="bytes")
    app.dataframe(topic).apply(apply, stateful=True)
    app.run(count=told.number, collect=False)


if __name__ == "__main__":
    main(order())
