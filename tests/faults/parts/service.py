"""One service as a process of its own, each of its ways out leading through a link."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from deploy.local.parts import Part
from deploy.local.ports import free_port
from deploy.local.processes import Child, Command
from deploy.local.readiness import why_http_not_ready
from tests.faults.parts.forking import fork
from tests.faults.proxy import Link, MakeWatcher
from tests.faults.watching.kafka import KafkaWatcher
from tests.faults.watching.lookout import Lookout, Trap
from tests.faults.watching.postgres import PostgresWatcher
from tests.faults.watching.smtp import SmtpWatcher

STOP_SECONDS_MAX: Final = 15.0
KIBIBYTE: Final = 1024


class Service(Part):
    """A process and its links: `kafka`, `postgres`, and the notifier's `smtp` and `monitor`."""

    def __init__(self, kind: str, number: int, log: Path) -> None:
        super().__init__(log)
        self.kind = kind
        self.name = f"{kind}-{number}"
        self.port = free_port()
        self.links: dict[str, Link] = {}
        self.lookout = Lookout()
        self.environ: dict[str, str] = {}
        #: How far its clock is ahead of the others'.
        self.skew = timedelta()
        #: Whether it is meant to run; one that ends on its own all the same is a violation.
        self.is_wanted = False
        #: How often it was killed, and the most memory its processes have had, in MiB.
        self.kills = 0
        self.memory_mib_max = 0

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"http://127.0.0.1:{self.port}"

    def link(self, name: str, target: tuple[str, int], *, port: int | None = None) -> Link:
        """Make the link by which it reaches one of its dependencies."""
        watchers: dict[str, MakeWatcher] = {
            "kafka": lambda: KafkaWatcher(self.lookout),
            "postgres": lambda: PostgresWatcher(self.lookout),
            "smtp": lambda: SmtpWatcher(self.lookout),
        }
        self.links[name] = Link(
            f"{self.name} to {name}", target, port=port, watch=watchers.get(name)
        )
        return self.links[name]

    async def command(self) -> Command:
        """Return how the process is run."""
        return Command(
            argv=(sys.executable, "-m", f"services.{self.kind}.main"),
            log=self.log,
            environ={**os.environ, **self.environ, "ARREARS_INSTANCE": self.name},
            stop_seconds_max=STOP_SECONDS_MAX,
        )

    async def why_not_ready(self) -> str | None:
        """Ask for its readiness, directly and not through a link."""
        return await why_http_not_ready(self.url)

    async def launch(self) -> Child:
        """Start the process."""
        self.is_wanted = True
        self.child = fork(await self.command())
        return self.child

    async def stop(self) -> None:
        """Stop in good order; a process that stands still is woken for it."""
        self.is_wanted = False
        self.wake()
        await super().stop()

    async def kill(self) -> None:
        """Send SIGKILL and wait until it is gone; its connections end as the system ends them."""
        self.is_wanted = False
        self.kills += 1
        self.note_memory()
        if self.child is not None:
            await self.child.kill()

    def freeze(self) -> None:
        """Send SIGSTOP."""
        self._signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Send SIGCONT."""
        self._signal(signal.SIGCONT)

    @property
    def runs(self) -> bool:
        """Whether its process lives."""
        return self.child is not None and self.child.status is None

    @property
    def has_ended_by_itself(self) -> bool:
        """Whether it is gone although nobody has killed or stopped it."""
        return self.is_wanted and not self.runs

    def note_memory(self) -> int:
        """Read how much memory the process has and return it, in MiB; 0 when it does not run."""
        if not self.runs:
            return 0
        assert self.child is not None
        try:
            text = Path(f"/proc/{self.child.pid}/status").read_text(encoding="ascii")
        except FileNotFoundError:
            return 0
        line = next((one for one in text.splitlines() if one.startswith("VmRSS:")), "VmRSS: 0 kB")
        mib = int(line.split()[1]) // KIBIBYTE
        self.memory_mib_max = max(self.memory_mib_max, mib)
        return mib

    def set_trap(self, trap: Trap | None) -> None:
        """Wait for a moment on any of its links."""
        self.lookout.trap = trap

    async def heal(self) -> None:
        """Let everything pass, and start the process again where it was killed."""
        self.set_trap(None)
        self.lookout.late = {}
        for link in self.links.values():
            link.heal()
        self.wake()
        await asyncio.sleep(0)

    def _signal(self, number: signal.Signals) -> None:
        if self.runs:
            assert self.child is not None
            os.kill(self.child.pid, number)
