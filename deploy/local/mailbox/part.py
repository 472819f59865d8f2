"""The mailbox as a part of the stack: how it is started and reached."""

import sys
from pathlib import Path

from deploy.local.parts import Part, Say, say_nothing
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Command
from deploy.local.readiness import why_http_not_ready


class Mailbox(Part):
    """A mailbox that keeps its mails in `folder`; each port is a free one when left out."""

    name = "mailbox"
    start_seconds_max = 30.0

    def __init__(
        self,
        folder: Path,
        *,
        smtp_port: int | None = None,
        page_port: int | None = None,
        log: Path | None = None,
        say: Say = say_nothing,
    ) -> None:
        self._folder = folder.absolute()
        self._smtp_port = smtp_port or free_port()
        self._page_port = page_port or free_port()
        super().__init__(log or self._folder.with_name(f"{folder.name}.log"), say)

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"http://{LOOPBACK}:{self._page_port}"

    @property
    def smtp_address(self) -> str:
        """Where it takes mail, `host:port`."""
        return f"{LOOPBACK}:{self._smtp_port}"

    @property
    def smtp_url(self) -> str:
        """Where it takes mail, as ARREARS_SMTP_URL has it."""
        return f"smtp://{self.smtp_address}"

    async def command(self) -> Command:
        """Say how the mailbox is run; it makes its folder itself."""
        return Command(
            argv=(
                *(sys.executable, "-m", "deploy.local.mailbox", "--folder", str(self._folder)),
                *("--smtp-port", str(self._smtp_port), "--page-port", str(self._page_port)),
            ),
            log=self.log,
            stop_seconds_max=5.0,
        )

    async def why_not_ready(self) -> str | None:
        """Return None when both doors are open: the page opens after the one for mail."""
        return await why_http_not_ready(self.address)
