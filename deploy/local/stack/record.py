"""`stack.json`: where the parts of a running stack are, for every other command."""

from pathlib import Path
from typing import Literal

import msgspec

from deploy.local.errors import NoStackError
from deploy.local.files import write_whole
from deploy.local.stack.lock import holder

FILE_NAME = "stack.json"
VERSION = 1


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the stack."""

    #: `postgres`, `kafka`, `mailbox` or a service.
    name: str
    #: None while it is being started again, and for a server that is not the stack's own.
    pid: int | None
    #: `http://host:port` for what speaks HTTP, else `host:port`.
    address: str
    #: The file its output goes to; None for a server that is not the stack's own.
    log: str | None
    #: Whether the stack has started it; False for a server given by the environment.
    own: bool
    #: Where the mailbox takes mail, `host:port`.
    smtp_address: str | None = None


class StackFile(msgspec.Struct, frozen=True, kw_only=True):
    """What `stack.json` holds. It holds no secret: those stand in files of their own."""

    version: int = VERSION
    supervisor_pid: int
    clock: Literal["system", "manual"]
    kafka_bootstrap_servers: str
    #: Holds the bearer token of the services' `/v1`.
    token_file: str
    #: Holds the address of the database, password included.
    database_url_file: str
    #: Whether everything has answered since the start.
    ready: bool
    processes: tuple[Process, ...]

    def process(self, name: str) -> Process:
        """Return the part of that name; raises `NoStackError` when the stack has none."""
        for process in self.processes:
            if process.name == name:
                return process
        names = ", ".join(process.name for process in self.processes)
        message = f"the stack has no part {name!r}; it has: {names}"
        raise NoStackError(message)

    def address(self, name: str) -> str:
        """Return the address of the part of that name."""
        return self.process(name).address

    def token(self) -> str:
        """Read the bearer token of the services."""
        return Path(self.token_file).read_text(encoding="utf-8").strip()

    def database_url(self) -> str:
        """Read the address of the database, password included."""
        return Path(self.database_url_file).read_text(encoding="utf-8").strip()


def read_stack(data: Path) -> StackFile:
    """Return where the parts of the folder's running stack are.

    Raises `NoStackError` when none runs, also when one was killed and left its file behind.
    """
    missing = f"no stack in {data}; start one with: arrears up --data {data}"
    if holder(data) is None:
        raise NoStackError(missing)
    try:
        return msgspec.json.decode((data / FILE_NAME).read_bytes(), type=StackFile)
    except FileNotFoundError:
        message = f"the stack in {data} is only just starting; ask again in a moment"
        raise NoStackError(message) from None
    except msgspec.MsgspecError as error:
        message = f"{data / FILE_NAME} was written by another version of Arrears: {error}"
        raise NoStackError(message) from None


def write_stack(data: Path, stack: StackFile) -> None:
    """Write the file whole; a reader sees the old one or the new one."""
    encoded = msgspec.json.format(msgspec.json.encode(stack), indent=2)
    write_whole(data / FILE_NAME, f"{encoded.decode()}\n", mode=0o600)


def remove_stack(data: Path) -> None:
    """Remove the file of a stack that has stopped."""
    (data / FILE_NAME).unlink(missing_ok=True)


def describe(stack: StackFile) -> list[str]:
    """Return a line for each part, with its address, for a person to read."""
    width = max(len(process.name) for process in stack.processes)
    return [
        f"{process.name:<{width}}  {process.address}"
        + (f"  (mail: {process.smtp_address})" if process.smtp_address else "")
        + ("" if process.own else "  (not started by this stack)")
        for process in stack.processes
    ]
