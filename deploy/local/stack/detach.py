"""`arrears up --detach`: the same stack in a process of its own, which outlives the caller."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from deploy.local.errors import StackError
from deploy.local.parts import Say
from deploy.local.processes import rotate, tail
from deploy.local.stack.options import UpOptions, options_to_json

LOG_NAME = "up.log"
LINE_BYTES_MAX = 64 * 1024


async def start_detached(options: UpOptions, say: Say) -> None:
    """Start the stack in the background, pass on what it says, and return when it is ready.

    Raises `StackError` with the stack's own message when it could not start. Whoever stops
    waiting stops the stack too: half a stack is of no use to anybody.
    """
    log = options.data / "logs" / LOG_NAME
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    start = rotate(log)
    reading, writing = os.pipe()
    try:
        await _spawn(options, log, writing)
    finally:
        os.close(writing)
    problem = await _follow(reading, say)
    if problem is not None:
        end = f"the stack has ended; the end of {log}:\n{tail(log, since=start)}"
        raise StackError(problem or end)


async def _spawn(options: UpOptions, log: Path, report: int) -> None:
    """Start a process that starts the stack in the background and ends at once itself."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.local.stack"),
            *("--options", options_to_json(options), "--report", str(report)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(report,),
            start_new_session=True,
        )
        await process.wait()


async def _follow(reading: int, say: Say) -> str | None:
    """Pass on the stack's lines; return None when it is ready, else its problem, or "" for none."""
    pid: int | None = None
    problem = ""
    try:
        async with _lines(reading) as lines:
            async for report in lines:
                if "ready" in report:
                    return None
                pid = report.get("pid", pid)
                problem = report.get("problem", problem)
                if "line" in report:
                    say(report["line"])
    except BaseException:
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
        raise
    return problem


@asynccontextmanager
async def _lines(reading: int) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """Read the reports out of the pipe, until the stack closes it."""
    reader = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(reading, "rb")
    )

    async def reports() -> AsyncIterator[dict[str, Any]]:
        async for line in reader:
            yield json.loads(line)

    try:
        yield reports()
    finally:
        transport.close()
