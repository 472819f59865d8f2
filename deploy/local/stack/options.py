"""What a person may choose when the stack is started."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

import msgspec

#: The services in the order of the events' way; each name is also that of its port's variable.
SERVICE_NAMES = ("ingest", "monitor", "notifier")


class ServiceSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One process of the stack's own, and the services it answers for."""

    #: What people call the process; the name of its log too.
    name: str
    #: What follows the Python program on the command line.
    arguments: tuple[str, ...]
    #: The services that are reached at this process, each at its own port.
    serves: tuple[str, ...]


#: As in production: each service is a process of its own.
APART = tuple(
    ServiceSpec(name=name, arguments=("-m", f"services.{name}.main"), serves=(name,))
    for name in SERVICE_NAMES
)
#: What a small firm runs.
TOGETHER = (
    ServiceSpec(name="together", arguments=("-m", "services.together"), serves=SERVICE_NAMES),
)


class UpOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How `arrears up` is to work; everything left out has the default of the command line."""

    #: Holds everything the stack keeps; started on the same folder again, it resumes.
    data: Path = Path(".arrears")
    #: The clock of the services; when left out, as the folder had it, and at first the system's.
    clock: Literal["system", "manual"] | None = None
    #: Where a manual clock starts: the beginning of that day in the default time zone.
    at: date | None = None
    #: All services in one process.
    one_process: bool = False
    #: Leave the stack running in the background and return when it is ready.
    detach: bool = False
    #: Bring the schema to its head before the services start.
    migrate: bool = True
    #: The services; the product's own when left out.
    services: tuple[ServiceSpec, ...] | None = None
    #: How long the services may take, together, from their start until all are ready.
    ready_seconds_max: float = 90.0

    def chosen_services(self) -> tuple[ServiceSpec, ...]:
        """Return the services to start."""
        if self.services is not None:
            return self.services
        return TOGETHER if self.one_process else APART


def options_to_json(options: UpOptions) -> str:
    """Write the options for another process of the same code."""
    return msgspec.json.encode(options, enc_hook=str).decode()


def options_from_json(text: str) -> UpOptions:
    """Read what `options_to_json` wrote."""
    return msgspec.json.decode(text, type=UpOptions, dec_hook=_decode)


def _decode(kind: type[Any], value: Any) -> Any:
    return kind(value)
