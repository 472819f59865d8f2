"""What the bench tells a peer's program, and what a program that times itself tells back.

Imported by the project's Python and by the peers' own, so by neither's packages but `msgspec`.
"""

import os
import sys
from typing import Final

import msgspec

#: The environment variable that holds the order.
ORDER: Final = "BENCH_ORDER"


class Order(msgspec.Struct, kw_only=True, frozen=True):
    """A run: so many events of a topic that is filled, or so many due items of a database."""

    #: Names this run: its consumer group, and what else is its own.
    name: str
    #: Events of the topic, or due items of the database.
    number: int
    bootstrap_servers: str = ""
    topic: str = ""
    partitions: int = 0
    database_url: str = ""
    #: For local state, empty at first.
    folder: str = ""


class Outcome(msgspec.Struct, kw_only=True, frozen=True):
    """How long it took from the first item in hand to the last one committed."""

    number: int
    seconds: float


def order() -> Order:
    """Read the order of this process."""
    return msgspec.json.decode(os.environ[ORDER], type=Order)


def environ(told: Order) -> dict[str, str]:
    """Return the environment that hands an order to a process."""
    return {ORDER: msgspec.json.encode(told).decode()}


def tell(outcome: Outcome) -> None:
    """Say how it went, on a line of its own."""
    sys.stdout.write(f"{msgspec.json.encode(outcome).decode()}\n")
    sys.stdout.flush()
