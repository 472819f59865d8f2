"""Start the parts of a stack in order, start again what dies, and stop all in reverse order."""

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import Any, Self

from deploy.local.errors import StackError
from deploy.local.parts import Part, Say
from deploy.local.processes import ending
from deploy.local.stack.assembly import Assembly, assemble
from deploy.local.stack.lock import DataLock
from deploy.local.stack.options import UpOptions
from deploy.local.stack.record import StackFile, remove_stack, write_stack
from deploy.local.stack.schema import upgrade_schema

PAUSE_SECONDS_MIN = 0.5
PAUSE_SECONDS_MAX = 30.0
#: A part that ran this long is well again: its next death is met with the shortest pause.
STEADY_SECONDS = 60.0


class Stack:
    """A stack that runs inside `async with`, watched over all the while.

    Entering takes the folder's lock and returns when everything is ready; leaving stops all parts
    in good order. Signals are the caller's: `up` turns them into leaving.
    """

    def __init__(self, options: UpOptions, say: Say) -> None:
        self._options = options
        self._say = say
        self._lock = DataLock(options.data)
        self._assembly: Assembly | None = None
        self._watchers: list[asyncio.Task[None]] = []
        self._ready = False

    @property
    def file(self) -> StackFile:
        """What `stack.json` says now."""
        assert self._assembly is not None
        return self._assembly.record(ready=self._ready)

    async def __aenter__(self) -> Self:
        await self._lock.__aenter__()
        try:
            await self._start()
        except BaseException:
            await self._stop()
            raise
        return self

    async def __aexit__(self, *unused: object) -> None:
        await self._stop()

    def kill(self) -> None:
        """End every part at once; leaving the stack then has nothing to wait for."""
        for part in self._parts():
            if part.child is not None:
                part.child.kill_now()

    async def _start(self) -> None:
        assembly = self._assembly = assemble(self._options, self._say)
        self._write()
        await _all(
            *(self._start_part(server) for server in assembly.own_servers()),
            *(server.wait() for server in assembly.outside_servers()),
        )
        if self._options.migrate:
            await upgrade_schema(assembly.database_url)
        await _all(*(self._start_part(service) for service in assembly.services))
        self._ready = True
        self._write()
        self._watchers = [asyncio.create_task(self._watch(part)) for part in self._parts()]

    async def _start_part(self, part: Part) -> None:
        began = time.monotonic()
        await part.launch()
        self._write()
        await part.wait_until_ready()
        self._say(f"{part.name} is ready ({time.monotonic() - began:.1f} s)")

    async def _watch(self, part: Part) -> None:
        """Start the part again whenever it ends, with a growing pause."""
        pause_seconds = PAUSE_SECONDS_MIN
        while part.child is not None:
            began = time.monotonic()
            status = await part.child.wait()
            if time.monotonic() - began > STEADY_SECONDS:
                pause_seconds = PAUSE_SECONDS_MIN
            self._write()
            self._say(
                f"{part.name} has ended ({ending(status)}); it is started again in "
                f"{pause_seconds:g} s (log: {part.log})"
            )
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(2 * pause_seconds, PAUSE_SECONDS_MAX)
            await self._start_again(part)

    async def _start_again(self, part: Part) -> None:
        """Start the part; one that is slow to be ready is left to go on by itself."""
        try:
            await self._start_part(part)
        except (StackError, OSError) as error:
            self._say(str(error))

    async def _stop(self) -> None:
        """Stop the services first, then what they stand on."""
        try:
            for watcher in self._watchers:
                watcher.cancel()
            await asyncio.gather(*self._watchers, return_exceptions=True)
            if self._assembly is not None:
                await _stop_all(self._assembly.services)
                await _stop_all(self._assembly.own_servers())
        finally:
            remove_stack(self._options.data)
            await self._lock.__aexit__()

    def _parts(self) -> tuple[Part, ...]:
        if self._assembly is None:
            return ()
        return (*self._assembly.own_servers(), *self._assembly.services)

    def _write(self) -> None:
        write_stack(self._options.data, self.file)


async def _all(*works: Coroutine[Any, Any, None]) -> None:
    """Do the works side by side; the first failure ends the others and is raised as it is."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stop_all(parts: Iterable[Part]) -> None:
    """Stop the parts side by side, all of them, even when one makes trouble."""
    results = await asyncio.gather(*(part.stop() for part in parts), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, TimeoutError):
            raise result
