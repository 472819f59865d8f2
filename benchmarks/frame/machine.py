"""What it was measured on: the machine in a line, and what the disk takes to keep a page."""

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Final

FSYNCS: Final = 100
PAGE_BYTES: Final = 8192


def machine_line() -> str:
    """Return processor, cores, memory, system and Python, as in a table's caption."""
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory_gib():.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def load_line() -> str:
    """Return how busy the machine is with other things: the load of the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def fsync_milliseconds(folder: Path) -> float:
    """Return the median time that a page takes to be on the disk of a folder."""
    file = folder / "fsync"
    taken = []
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    try:
        for _ in range(FSYNCS):
            started = time.perf_counter()
            os.pwrite(descriptor, os.urandom(PAGE_BYTES), 0)
            os.fdatasync(descriptor)
            taken.append(time.perf_counter() - started)
    finally:
        os.close(descriptor)
        file.unlink()
    return median(taken) * 1000


def commit_line() -> str:
    """Return which code was measured."""
    root = Path(__file__).parents[2]
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def _processor() -> str:
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
