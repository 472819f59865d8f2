"""The mail server that both sides send to: accepts everything, and notes when."""

import asyncio
from time import perf_counter
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.mailbox.receive import listen
from deploy.local.parts import Part
from deploy.local.ports import free_port

ASK_SECONDS: Final = 0.05
#: A sender that hands over nothing for so long has failed.
STANDSTILL_SECONDS_MAX: Final = 60.0


class Sink:
    """Counts letters, for each recipient once."""

    def __init__(self) -> None:
        self.port = free_port()
        self._server: asyncio.Server | None = None
        self._kept_at: list[float] = []
        self._recipients: set[str] = set()
        self._bytes = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await listen(self, self.port)

    def stop(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the letter's recipient, size and time."""
        assert isinstance(envelope.content, bytes)
        self._kept_at.append(perf_counter())
        self._bytes += len(envelope.content)
        self._recipients.update(envelope.rcpt_tos)
        return "250 OK"

    async def rate(self, sender: Part, letters: int, warm_up_letters: int) -> dict[str, float]:
        """Wait for all letters; return letters per second after the warm-up, and their size.

        Raises `TimeoutError` when they stop coming, `RuntimeError` when the sender has failed,
        `ValueError` when somebody got two.
        """
        found, moved_at = 0, perf_counter()
        while len(self._kept_at) < letters:
            await asyncio.sleep(ASK_SECONDS)
            if sender.child is not None and sender.child.status:
                message = f"{sender.name} failed; the end of its log:\n{sender.child.tail()}"
                raise RuntimeError(message)
            if len(self._kept_at) > found:
                found, moved_at = len(self._kept_at), perf_counter()
            elif perf_counter() - moved_at > STANDSTILL_SECONDS_MAX:
                message = f"the letters stand at {found} of {letters}"
                raise TimeoutError(message)
        if len(self._recipients) != letters:
            message = f"{letters} letters went to {len(self._recipients)} recipients"
            raise ValueError(message)
        seconds = self._kept_at[-1] - self._kept_at[warm_up_letters - 1]
        return {
            "letters_per_second": (letters - warm_up_letters) / seconds,
            "bytes_per_letter": self._bytes / letters,
        }
