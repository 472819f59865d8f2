"""Servers that the environment names: used as they are, never started, watched or stopped."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg

from deploy.local.errors import StackError
from deploy.local.kafka.server import why_kafka_does_not_answer
from deploy.local.readiness import can_connect

KAFKA_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"
DATABASE_VARIABLE = "ARREARS_DATABASE_URL"
SMTP_VARIABLE = "ARREARS_SMTP_URL"

ANSWER_SECONDS_MAX = 30.0
ASK_SECONDS_MAX = 5.0
POLL_SECONDS = 0.5
SMTP_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, kw_only=True)
class OutsideServer:
    """A server that is not the stack's own."""

    #: The part it stands for: `kafka`, `postgres` or `mailbox`.
    name: str
    #: The variable that named it.
    variable: str
    #: Its value, which may hold a password.
    url: str
    #: `host:port`, without a password.
    address: str
    #: Asks it once; None when it answers, else the reason it does not.
    ask: Callable[[], Awaitable[str | None]]

    async def wait(self) -> None:
        """Return when it answers; raises `StackError` when it does not in time."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ANSWER_SECONDS_MAX
        while (reason := await self.ask()) is not None:
            if loop.time() > deadline:
                message = f"the server that {self.variable} names does not answer: {reason}"
                raise StackError(message)
            await asyncio.sleep(POLL_SECONDS)


def outside_kafka() -> OutsideServer | None:
    """Return the Kafka that the environment names, if it does."""
    servers = os.environ.get(KAFKA_VARIABLE)
    if not servers:
        return None
    return OutsideServer(
        name="kafka",
        variable=KAFKA_VARIABLE,
        url=servers,
        address=servers,
        ask=lambda: why_kafka_does_not_answer(servers),
    )


def outside_postgres() -> OutsideServer | None:
    """Return the PostgreSQL that the environment names, if it does."""
    url = os.environ.get(DATABASE_VARIABLE)
    if not url:
        return None
    return OutsideServer(
        name="postgres",
        variable=DATABASE_VARIABLE,
        url=url,
        address=_address(url, DATABASE_VARIABLE, default_port=5432),
        ask=lambda: _why_postgres_does_not_answer(url),
    )


def outside_mail() -> OutsideServer | None:
    """Return the mail server that the environment names, if it does."""
    url = os.environ.get(SMTP_VARIABLE)
    if not url:
        return None
    default_port = SMTP_PORTS.get(urlsplit(url).scheme, SMTP_PORTS["smtp"])
    address = _address(url, SMTP_VARIABLE, default_port=default_port)
    return OutsideServer(
        name="mailbox",
        variable=SMTP_VARIABLE,
        url=url,
        address=address,
        ask=lambda: _why_port_does_not_answer(address),
    )


def _address(url: str, variable: str, *, default_port: int) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or default_port
    except ValueError:
        host, port = None, default_port
    if not host:
        message = f"{variable} is no address such as scheme://user:password@host:{default_port}"
        raise StackError(message)
    return f"{host}:{port}"


async def _why_postgres_does_not_answer(url: str) -> str | None:
    plain = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    try:
        connection = await asyncpg.connect(plain, timeout=ASK_SECONDS_MAX)
    except (OSError, asyncpg.PostgresError) as error:
        return repr(error)
    await connection.close(timeout=ASK_SECONDS_MAX)
    return None


async def _why_port_does_not_answer(address: str) -> str | None:
    host, _, port = address.rpartition(":")
    return None if await can_connect(host, int(port)) else f"nothing listens on {address}"
