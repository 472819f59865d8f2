"""One part of the stack: a program that is prepared, started, waited for and stopped."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.errors import StackError
from deploy.local.processes import Child, Command, ending

#: Takes one line for the person who waits.
Say = Callable[[str], None]

POLL_SECONDS = 0.05


def say_nothing(line: str) -> None:
    """Drop the line; for tests and programs that show nothing."""


class Part(ABC):
    """A program on loopback; used as an async context manager, or by `start` and `stop`."""

    #: What people call it; the name of its log too.
    name: str
    #: How long it may take from its start to its first answer.
    start_seconds_max: float = 60.0

    def __init__(self, log: Path, say: Say = say_nothing) -> None:
        self.log = log
        self.say = say
        self.child: Child | None = None

    @abstractmethod
    async def command(self) -> Command:
        """Prepare what the program needs, once or at every start, and return how to run it."""

    @abstractmethod
    async def why_not_ready(self) -> str | None:
        """Ask the program once; return None when it answers, else the reason it does not."""

    async def start(self) -> None:
        """Start the program and return when it answers; it may have run before.

        Raises `StackError` with the end of its log when it does not answer within its limit.
        """
        await self.launch()
        await self.wait_until_ready()

    async def launch(self) -> Child:
        """Start the program without waiting for its answer."""
        self.child = await Child.start(await self.command())
        return self.child

    async def stop(self) -> None:
        """Stop the program in good order; nothing happens when it does not run."""
        if self.child is not None:
            await self.child.stop()

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def wait_until_ready(self) -> None:
        """Return when the launched program answers.

        Raises `StackError` with the end of its log when it ends, or has not within its limit.
        """
        assert self.child is not None
        child = self.child
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.start_seconds_max
        while (reason := await self.why_not_ready()) is not None:
            if child.status is not None:
                problem = f"{self.name} ended ({ending(child.status)}) before it was ready"
                raise self._failure(problem, child)
            if loop.time() > deadline:
                problem = f"{self.name} was not ready in {self.start_seconds_max:g} s: {reason}"
                raise self._failure(problem, child)
            await asyncio.sleep(POLL_SECONDS)

    def _failure(self, problem: str, child: Child) -> StackError:
        return StackError(f"{problem}; the end of {self.log}:\n{child.tail()}")
