"""One process of the services, as a part of the stack."""

import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.parts import Part, Say
from deploy.local.processes import Command
from deploy.local.readiness import why_http_not_ready
from deploy.local.stack.options import ServiceSpec

#: A service finishes what it has begun, which it may take 20 s for by its own default.
STOP_SECONDS_MAX = 30.0


class ServiceProcess(Part):
    """A process that answers `GET /readyz` for each service it holds."""

    def __init__(
        self,
        spec: ServiceSpec,
        *,
        environ: Mapping[str, str],
        addresses: Mapping[str, str],
        log: Path,
        say: Say,
        start_seconds_max: float,
    ) -> None:
        super().__init__(log, say)
        self.name = spec.name
        self.start_seconds_max = start_seconds_max
        #: Where each of its services is, by name.
        self.addresses = {name: addresses[name] for name in spec.serves}
        self._spec = spec
        self._environ = environ

    async def command(self) -> Command:
        """Return how the process is run; it prepares nothing."""
        return Command(
            argv=(sys.executable, *self._spec.arguments),
            log=self.log,
            environ={**self._environ, "ARREARS_INSTANCE": f"{self.name}-1"},
            stop_seconds_max=STOP_SECONDS_MAX,
        )

    async def why_not_ready(self) -> str | None:
        """Return None when every service of the process is ready, else what is missing."""
        for name, address in self.addresses.items():
            if (reason := await why_http_not_ready(address)) is not None:
                return f"{name}: {reason}" if len(self.addresses) > 1 else reason
        return None
