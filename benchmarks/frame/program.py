"""A contender that is a Python program of its own, as the product's processes are."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.local.parts import Part
from deploy.local.processes import Command


class Program(Part):
    """`python -m module`, told by its environment; ready as soon as it runs."""

    def __init__(
        self,
        module: str,
        environ: Mapping[str, str],
        log: Path,
        *,
        python: str = sys.executable,
    ) -> None:
        super().__init__(log)
        self.name = module
        self._python = python
        self._environ = {**os.environ, "PYTHONUNBUFFERED": "1", **environ}

    async def command(self) -> Command:
        """Return how the program is run; it prepares nothing."""
        return Command(argv=(self._python, "-m", self.name), log=self.log, environ=self._environ)

    async def why_not_ready(self) -> str | None:
        """Return None: how far it is shows in what it has made safe."""
        return None
