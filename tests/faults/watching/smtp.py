"""Reads an SMTP dialogue as far as the handing over goes. Source: RFC 5321, section 3.3."""

from typing import Final

from tests.faults.proxy import Direction
from tests.faults.watching.lookout import Lookout, Seen

#: The DATA command, the final dot, and the server's 250 after it, each about to pass.
DATA: Final = "data"
DOT: Final = "dot"
ACCEPTED: Final = "accepted"
MAIL: Final = "mail"


class SmtpWatcher:
    """One connection; commands and replies are short and come in one piece."""

    def __init__(self, lookout: Lookout) -> None:
        self._lookout = lookout
        self._is_in_data = False
        self._is_handed_over = False
        self._tail = b""

    async def saw(self, direction: Direction, chunk: bytes) -> None:
        """Take a chunk apart."""
        if direction is Direction.TO_CLIENT:
            if self._is_handed_over:
                self._is_handed_over = False
                if chunk.startswith(b"250"):
                    await self._lookout.saw(Seen(ACCEPTED))
            return
        if self._is_in_data:
            self._tail = (self._tail + chunk)[-5:]
            if self._tail == b"\r\n.\r\n":
                self._is_in_data, self._is_handed_over = False, True
                await self._lookout.saw(Seen(DOT))
        elif chunk.upper().startswith(b"DATA"):
            self._is_in_data, self._tail = True, b""
            await self._lookout.saw(Seen(DATA))
        elif chunk.upper().startswith(b"MAIL"):
            await self._lookout.saw(Seen(MAIL))
