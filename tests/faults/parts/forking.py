"""Starts a service as the fork of a process that has imported all of them.

To import is most of what a start costs, and a campaign starts services by the thousand. What is
forked runs the service's own `main`, in a session and with an environment of its own.
"""

import asyncio
import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.context import ForkServerProcess
from typing import Final

from deploy.local.processes import Child, Command, rotate
from deploy.local.tether import tie

MAINS: Final = tuple(f"services.{name}.main" for name in ("ingest", "monitor", "notifier"))

_context: Final = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.faults.parts.tied", *MAINS])


class Forked:
    """A forked process, asked as one of asyncio's is asked."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(process.sentinel, self._note_end)

    def _note_end(self) -> None:
        self._loop.remove_reader(self._process.sentinel)
        self._ended.set()

    @property
    def pid(self) -> int:
        """Its process number."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit status (minus the signal that ended it), or None while it runs."""
        return self._process.exitcode

    async def wait(self) -> int:
        """Return the exit status when it has ended."""
        await self._ended.wait()
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal; raises `ProcessLookupError` when it is gone."""
        os.kill(self.pid, number)


def fork(command: Command) -> Child:
    """Start what a command says, which is `python -m` and a module that has a `main`."""
    start = rotate(command.log)
    process = _context.Process(
        target=_run, args=(command.argv[-1], dict(command.environ), str(command.log)), daemon=True
    )
    process.start()
    return Child(command, Forked(process), start)


def _run(main: str, environ: Mapping[str, str], log: str) -> None:
    """Become the service; runs in the fork."""
    os.setsid()
    tie(os.getppid(), signal.SIGKILL)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, sys.stdout.fileno())
    os.dup2(file, sys.stderr.fileno())
    os.close(file)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ.clear()
    os.environ.update(environ)
    importlib.import_module(main).main()
