"""Who holds a data folder: one stack at a time, told apart by a lock the system drops."""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import IO, Self

from deploy.local.errors import StackError, StackInUseError

FILE_NAME = "lock"
#: Another command that looks who holds the lock takes it for a moment.
LOOKING_SECONDS_MAX = 1.0
POLL_SECONDS = 0.05


class DataLock:
    """The folder's lock, held inside `async with`; the system drops it when the process ends."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._file: IO[bytes] | None = None

    async def __aenter__(self) -> Self:
        file = _open(self._data)
        try:
            await self._take(file)
        except BaseException:
            file.close()
            raise
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._file = file
        return self

    async def __aexit__(self, *unused: object) -> None:
        if self._file is not None:
            self._file.close()

    async def _take(self, file: IO[bytes]) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + LOOKING_SECONDS_MAX
        while not _try(file, fcntl.LOCK_EX):
            if loop.time() > deadline:
                pid = holder(self._data)
                message = (
                    f"{self._data} is in use by the stack of process {pid}; stop it with: "
                    f"arrears down --data {self._data}, or give another folder with --data"
                )
                raise StackInUseError(message)
            await asyncio.sleep(POLL_SECONDS)


def holder(data: Path) -> int | None:
    """Return the process that holds the folder, or None when no stack runs in it."""
    try:
        file = (data / FILE_NAME).open("rb")
    except (FileNotFoundError, NotADirectoryError):
        return None
    with file:
        if _try(file, fcntl.LOCK_SH):
            return None
        text = file.read().strip()
    # A stack that has just taken the lock has not written its number yet.
    return int(text) if text.isdigit() else 0


def _open(data: Path) -> IO[bytes]:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
        # Opened to append: the number of the present holder must not be lost by opening.
        return (data / FILE_NAME).open("ab")
    except OSError as error:
        message = f"{data} cannot be used as a data folder: {error}; give another with --data"
        raise StackError(message) from None


def _try(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
