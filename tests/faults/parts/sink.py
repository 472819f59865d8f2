"""A mail server in this process that counts by Message-ID and answers by a script."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from enum import Enum
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox.receive import listen
from deploy.local.ports import free_port


class Answer(Enum):
    """What the sink does with a message after its final dot."""

    ACCEPT = "accept"
    #: Keeps nothing, and asks for another try.
    TEMPORARY = "451"
    #: Keeps nothing, and goes.
    CLOSING = "421"
    #: Keeps nothing, for good.
    PERMANENT = "554"
    #: Keeps the message, and is gone before it can say so.
    DROP = "drop"
    #: Keeps nothing, and is gone without a word.
    LOSE = "lose"
    #: Keeps the message, and says so late.
    SLOW = "slow"


_REPLIES: Final = {
    Answer.TEMPORARY: "451 4.3.0 try again later",
    Answer.CLOSING: "421 4.3.2 going down",
    Answer.PERMANENT: "554 5.7.1 refused",
}
SLOW_SECONDS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that was kept."""

    message_id: str
    recipient: str
    #: When its dialogue began, and when it was kept, in seconds since the epoch.
    begun_at: float
    kept_at: float


class Sink:
    """The mail server; `script` is used up message by message, then everything is accepted."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.mails: list[Mail] = []
        self.script: deque[Answer] = deque()
        self.answered: Counter[Answer] = Counter()
        self._server: asyncio.Server | None = None
        self._begun_at: dict[int, float] = {}

    async def start(self) -> None:
        """Listen."""
        self._server = await listen(self, self.port)

    async def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def follow(self, script: Iterable[Answer]) -> None:
        """Answer the next messages so."""
        self.script = deque(script)

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Note when the dialogue began."""
        self._begun_at[id(session)] = time.time()
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer by the script."""
        answer = self.script.popleft() if self.script else Answer.ACCEPT
        self.answered[answer] += 1
        if answer in {Answer.ACCEPT, Answer.DROP, Answer.SLOW}:
            self._keep(session, envelope)
        if answer is Answer.SLOW:
            await asyncio.sleep(SLOW_SECONDS)
        if answer in {Answer.DROP, Answer.LOSE}:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return _REPLIES.get(answer, "250 OK")

    def _keep(self, session: Session, envelope: Envelope) -> None:
        content = envelope.content
        assert isinstance(content, bytes)
        begun_at = self._begun_at.pop(id(session), time.time())
        for recipient in envelope.rcpt_tos:
            message_id = message_from_bytes(content)["Message-ID"]
            self.mails.append(Mail(message_id, recipient, begun_at, time.time()))
