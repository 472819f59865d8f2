"""The mailbox's door for mail: every mail is on the disk before it is acknowledged."""

import asyncio
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP

from deploy.local.mailbox.store import MailStore
from deploy.local.ports import LOOPBACK

MAIL_BYTES_MAX = 32 * 1024 * 1024

log = structlog.get_logger(__name__)


async def listen(handler: object, port: int) -> asyncio.Server:
    """Take mail on loopback until the server is closed; `handler` is aiosmtpd's."""
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            handler, hostname="mailbox.localhost", ident="Mailbox", data_size_limit=MAIL_BYTES_MAX
        ),
        LOOPBACK,
        port,
    )


class Receiver:
    """What the SMTP server does with a mail."""

    def __init__(self, store: MailStore) -> None:
        self._store = store

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - the SMTP server's interface
        """Keep the mail, then answer 250; or 452 when it could not be kept, to be tried again."""
        try:
            mail_id = await asyncio.to_thread(
                self._store.keep,
                envelope.content,
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
            )
        except OSError as error:
            log.warning("a mail could not be kept", action="mail_not_kept", error=repr(error))
            return "452 4.3.1 the mail could not be kept; try again"
        return f"250 2.0.0 kept as {mail_id}"
