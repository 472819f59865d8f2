"""A child process that ends with its parent, writes to its own log and stops in good order."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

TETHER = Path(__file__).with_name("tether.py")
LOG_BYTES_MAX = 16 * 1024 * 1024
TAIL_LINES = 15
TAIL_BYTES_MAX = 16 * 1024
KILL_SECONDS_MAX = 5.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What is run, and how it is ended."""

    #: The program and its arguments.
    argv: tuple[str, ...]
    #: Where its output goes, appended.
    log: Path
    #: The whole environment of the child.
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    #: The working folder; the parent's when left out.
    folder: Path | None = None
    #: The user, in the words of `tether.py`.
    user: str = "-"
    #: What asks it to stop in good order.
    stop_signal: signal.Signals = signal.SIGTERM
    #: How long it may take to stop before it is killed.
    stop_seconds_max: float = 15.0
    #: What the system sends it when the parent is gone.
    orphan_signal: signal.Signals = signal.SIGKILL


class Process(Protocol):
    """What a child is asked: the part of `asyncio.subprocess.Process` that is used here."""

    @property
    def pid(self) -> int:
        """Its process number."""

    @property
    def returncode(self) -> int | None:
        """The exit status (minus the signal that ended it), or None while it runs."""

    async def wait(self) -> int:
        """Return the exit status when it has ended."""

    def send_signal(self, number: int) -> None:
        """Send a signal; raises `ProcessLookupError` when it is gone."""


class Child:
    """One running child.

    It must be started from a thread that lives as long as the parent, best from the main one: the
    system counts the end of the thread that started it as the end of the parent.
    """

    def __init__(self, command: Command, process: Process, start: int) -> None:
        self._command = command
        self._process = process
        self._log_start = start

    @classmethod
    async def start(cls, command: Command) -> Self:
        """Start the program in a session of its own, so that Ctrl-C reaches the parent alone."""
        start = rotate(command.log)
        with command.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(TETHER)),
                *(str(os.getpid()), str(int(command.orphan_signal)), command.user),
                *command.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                env=dict(command.environ),
                cwd=command.folder,
                start_new_session=True,
            )
        return cls(command, process, start)

    @property
    def pid(self) -> int:
        """The process number, the program's own."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status (minus the signal that ended it), or None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Return the exit status when the program has ended."""
        return await self._process.wait()

    async def stop(self) -> None:
        """Ask the program to stop, and kill it when it has not within its limit."""
        if self.status is None:
            self._send(self._command.stop_signal)
            try:
                async with asyncio.timeout(self._command.stop_seconds_max):
                    await self.wait()
            except TimeoutError:
                await self.kill()
        await self.wait()

    def kill_now(self) -> None:
        """Tell the system to end the program, without waiting for it."""
        if self.status is None:
            self._send(signal.SIGKILL)

    async def kill(self) -> None:
        """End the program at once, and wait until it is gone."""
        self.kill_now()
        async with asyncio.timeout(KILL_SECONDS_MAX):
            await self.wait()

    def tail(self) -> str:
        """Return the last lines the program has written since it was started, indented."""
        return tail(self._command.log, since=self._log_start)

    def _send(self, number: signal.Signals) -> None:
        try:
            self._process.send_signal(number)
        except ProcessLookupError:
            return  # it ended by itself in between


async def run(command: Command, *, seconds_max: float) -> tuple[int | None, str]:
    """Run a program to its end; return its status and the last lines it wrote.

    The status is None when the program did not end in time and was stopped.
    """
    child = await Child.start(command)
    status: int | None = None
    try:
        async with asyncio.timeout(seconds_max):
            status = await child.wait()
    except TimeoutError:
        status = None
    finally:
        await child.stop()
    return status, child.tail()


def ending(status: int) -> str:
    """Say in words how a program ended."""
    if status >= 0:
        return f"status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def rotate(log: Path) -> int:
    """Set a log aside as `<name>.1` when it has grown past its limit; return how long it is now.

    Its folder is made where it is missing.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
        log.replace(log.with_name(f"{log.name}.1"))
    return log.stat().st_size if log.exists() else 0


def tail(log: Path, *, since: int = 0) -> str:
    """Return the last lines of the log from the byte `since` on, indented by two spaces."""
    if not log.exists():
        return "  (no log)"
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(since if since <= size else 0, size - TAIL_BYTES_MAX))
        lines = file.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"  {line}" for line in lines) or "  (the log is empty)"
