"""The process in the background that `arrears up --detach` starts.

It writes what it says to its standard output, which is a log, and until the stack is ready also
to the pipe of whoever waits for it, one JSON object a line.
"""

import argparse
import asyncio
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy.local.stack.options import options_from_json
from deploy.local.stack.up import up
from shared.errors import ArrearsError


class Reporter:
    """Speaks to the log, and to the one who waits as long as there is one."""

    def __init__(self, pipe: int) -> None:
        # What the stack starts must not hold the pipe open.
        os.set_inheritable(pipe, False)
        self._pipe: int | None = pipe

    def say(self, line: str) -> None:
        """Pass on one line."""
        print(f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}", flush=True)  # noqa: T201
        self.report(line=line)

    def report(self, **content: Any) -> None:
        """Tell the one who waits; it may have gone."""
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, f"{json.dumps(content)}\n".encode())
        except BrokenPipeError:
            self.close()

    def ready(self) -> None:
        """Tell the one who waits that the stack is ready, and let it go."""
        self.report(ready=True)
        self.close()

    def close(self) -> None:
        """Speak to the log alone from now on."""
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def main() -> int:
    """Go into the background and run the stack there until a signal."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.stack", description=__doc__)
    parser.add_argument("--options", required=True, help="the options, as JSON")
    parser.add_argument("--report", type=int, required=True, help="the pipe's file descriptor")
    arguments = parser.parse_args()
    if os.fork() != 0:
        os._exit(0)
    reporter = Reporter(arguments.report)
    reporter.report(pid=os.getpid())
    # In its own process the stack runs in the foreground; else it would start itself for ever.
    options = msgspec.structs.replace(options_from_json(arguments.options), detach=False)
    try:
        return asyncio.run(up(options, reporter.say, on_ready=reporter.ready))
    except ArrearsError as error:
        reporter.report(problem=error.message)
        print(error.message, file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
