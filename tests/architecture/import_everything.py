"""Import modules under watch and print, as JSON, whatever they did besides defining names.

Run on its own: `python import_everything.py ROOT MODULE...`; a hook cannot be taken away again.
"""

import importlib
import json
import logging
import os
import sys
import threading
from types import FrameType
from typing import Any, Final

#: What no import may do, be it by the project's own hand or by a library's.
FORBIDDEN: Final = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.system",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.sendto",
        "subprocess.Popen",
    }
)
#: What a library may do when it is imported (read its tables), and the project may not.
OWN_FORBIDDEN: Final = frozenset(
    {
        "open",
        "os.listdir",
        "os.mkdir",
        "os.putenv",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.scandir",
        "socket.__new__",
        "sqlite3.connect",
    }
)


class Watch:
    """Notes what happens while a module is imported."""

    def __init__(self, root: str) -> None:
        self._root = os.path.join(root, "")  # noqa: PTH118 - inside the hook, only text is safe
        # The libraries may stand in the checkout's own environment.
        self._libraries = os.path.join(sys.prefix, "")  # noqa: PTH118
        self.module = ""
        self.faults: list[str] = []
        self.is_on = False

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take an audit event."""
        if not self.is_on or event not in FORBIDDEN | OWN_FORBIDDEN:
            return
        place = self._place(sys._getframe(1))
        if place is not None or event in FORBIDDEN:
            self.faults.append(f"{place or self.module}: {event} {arguments!r:.120}")

    def _place(self, frame: FrameType | None) -> str | None:
        """Return the project's line that did it; None when a library did while it was imported."""
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib"):
                return None
            own = file.startswith(self._root) and not file.startswith(self._libraries)
            if own and file != __file__:
                return f"{file.removeprefix(self._root)}:{frame.f_lineno}"
            frame = frame.f_back
        return None

    def after(self) -> None:
        """Note what an import has left behind."""
        for thread in threading.enumerate():
            if thread is not threading.main_thread():
                self.faults.append(f"{self.module}: thread {thread.name}")
        if logging.getLogger().handlers:
            self.faults.append(f"{self.module}: configures the root logger")


def collectors() -> set[str]:
    """Return the names in Prometheus' default registry."""
    from prometheus_client import REGISTRY

    return set(REGISTRY._names_to_collectors)


def main(root: str, names: list[str]) -> list[str]:
    """Import the modules one by one and return their faults."""
    sys.path.insert(0, root)
    watch = Watch(root)
    before = collectors()
    sys.addaudithook(watch.hook)
    for name in names:
        watch.module, watch.is_on = name, True
        importlib.import_module(name)
        watch.is_on = False
        watch.after()
    registered = sorted(collectors() - before)
    return watch.faults + [f"default registry: {name}" for name in registered]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))  # noqa: T201 - its only output
