"""Hands letters to a mail server over one reused connection, and tells how each dialogue ended.

What decides between trying again and asking a person is whether the message can have been taken:
before DATA it cannot; after it, only a reply can tell. Source: RFC 5321, sections 4.2 and 4.5.3.2.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib

from services.notifier.adapters.message import compose
from services.notifier.domain.delivery import Accepted, Deferred, Outcome, Refused, Unsure
from services.notifier.domain.work import Letter
from services.notifier.handlers.ports import Content
from shared.errors import TransientError

#: A connection idle for longer is asked whether it still lives before it is used.
IDLE_SECONDS_MAX: Final = 5.0
QUIT_SECONDS_MAX: Final = 3.0
REASON_LENGTH_MAX: Final = 300
TRANSIENT_CODES: Final = range(400, 500)
PERMANENT_CODES: Final = range(500, 600)
SHUTTING_DOWN: Final = 421
DEFAULT_PORTS: Final = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where and how letters are handed over."""

    host: str
    port: int
    #: TLS from the first byte.
    tls: bool
    username: str | None
    password: str | None


def parse_url(url: str) -> MailServer:
    """Read `smtp://host:port` or `smtps://user:password@host`; refuses others by `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        message = "write it as smtp://host:port or smtps://user:password@host:port"
        raise ValueError(message)
    return MailServer(
        host=parts.hostname,
        port=parts.port or DEFAULT_PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class SmtpMailer:
    """The way to the mail server; for one letter at a time."""

    def __init__(self, server: MailServer, *, sender: str, seconds_max: float) -> None:
        """`sender` is a From header, `Name <address>`; each command waits up to `seconds_max`."""
        self._server = server
        self._sender = sender
        self._seconds_max = seconds_max
        self._client: aiosmtplib.SMTP | None = None
        self._used_at = 0.0

    async def connect(self) -> bool:
        """Make sure of a working connection; returns whether it had to be made.

        Raises `TransientError` when there is none.
        """
        client = self._client
        if client is not None and client.is_connected:
            if asyncio.get_running_loop().time() - self._used_at < IDLE_SECONDS_MAX:
                return False
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.noop()
                self._touch()
                return False
        self._drop()
        await self._connect()
        return True

    async def deliver(self, letter: Letter, content: Content, dated: datetime) -> Outcome:
        """Hand a message over and say how that ended; `connect` has been called before."""
        client = self._client
        assert client is not None
        try:
            message = compose(self._sender, letter, content, dated)
            options = _options(letter.recipient_email or "", client)
        except (ValueError, UnicodeError) as error:
            return Refused(f"no message can be made: {_shortened(str(error))}")
        outcome = await self._envelope(client, letter.recipient_email or "", options)
        if outcome is None:
            outcome = await self._data(client, message)
        self._touch()
        return outcome

    async def close(self) -> None:
        """Say goodbye to the server."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=QUIT_SECONDS_MAX)
        self._drop()

    async def _connect(self) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls,
            # Credentials go over TLS wherever the server offers it.
            start_tls=None if server.username and not server.tls else False,
            username=server.username,
            password=server.password,
            timeout=self._seconds_max,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            message = f"the mail server does not answer: {_shortened(_told(error))}"
            raise TransientError(message) from error
        self._client = client
        self._touch()

    async def _envelope(
        self, client: aiosmtplib.SMTP, recipient: str, options: list[str]
    ) -> Outcome | None:
        """Name sender and recipient; None when the server is ready for the message."""
        encoding = "utf-8" if options else "ascii"
        try:
            await client.mail(_address(self._sender), options=options, encoding=encoding)
            await client.rcpt(recipient, encoding=encoding)
        except aiosmtplib.SMTPResponseException as error:
            await self._reset(client, error.code)
            reason = _shortened(_told(error))
            return Refused(reason) if error.code in PERMANENT_CODES else Deferred(reason)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            return Deferred(f"the connection was lost before the message: {_told(error)}")
        return None

    async def _data(self, client: aiosmtplib.SMTP, message: bytes) -> Outcome:
        try:
            await client.data(message)
        except aiosmtplib.SMTPResponseException as error:
            await self._reset(client, error.code)
            reason = _shortened(_told(error))
            if error.code in PERMANENT_CODES:
                return Refused(reason)
            return Deferred(reason) if error.code in TRANSIENT_CODES else Unsure(reason)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            return Unsure(f"the connection was lost while sending: {_shortened(_told(error))}")
        return Accepted()

    async def _reset(self, client: aiosmtplib.SMTP, code: int) -> None:
        """Ready the connection for the next letter, or drop it."""
        if code == SHUTTING_DOWN:
            self._drop()
            return
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    def _touch(self) -> None:
        self._used_at = asyncio.get_running_loop().time()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None


def _address(sender: str) -> str:
    """Return the address of a From header."""
    return sender.rpartition("<")[2].rstrip("> ") if "<" in sender else sender.strip()


def _options(recipient: str, client: aiosmtplib.SMTP) -> list[str]:
    if recipient.isascii():
        return []
    if client.supports_extension("smtputf8"):
        return ["SMTPUTF8", "BODY=8BITMIME"]
    message = "the mail server takes no addresses outside ASCII"
    raise ValueError(message)


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return f"{type(error).__name__}: {error}"


def _shortened(text: str) -> str:
    """Return one line of printable text, for a person."""
    line = " ".join(text.split())
    return "".join(mark for mark in line if mark.isprintable())[:REASON_LENGTH_MAX]
