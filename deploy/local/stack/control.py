"""`arrears down`: stop the stack of a data folder from another process."""

import os
import signal
import time
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.stack.lock import holder

STOP_SECONDS_MAX = 90.0
POLL_SECONDS = 0.05


def down(data: Path) -> bool:
    """Stop the folder's stack and return when it is gone; False when none was running.

    The number of the process is taken from the lock it holds, so that no other process is ever
    signalled. Raises `StackError` when the stack has not stopped in time.
    """
    pid = holder(data)
    if pid is None:
        return False
    deadline = time.monotonic() + STOP_SECONDS_MAX
    signalled: int | None = None
    while (pid := holder(data)) is not None:
        if pid not in {0, signalled}:
            _signal(pid)
            signalled = pid
        if time.monotonic() > deadline:
            message = (
                f"the stack of process {pid} has not stopped in {STOP_SECONDS_MAX:g} s; see "
                f"{data / 'logs'}, or kill it (its parts end with it): kill -9 {pid}"
            )
            raise StackError(message)
        time.sleep(POLL_SECONDS)
    return True


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return  # it has just ended
    except PermissionError:
        message = f"the stack of process {pid} belongs to another user; ask them to stop it"
        raise StackError(message) from None
