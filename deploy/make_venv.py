"""Make `.venv` out of the hashed lock, once for each lock; started by the Makefile.

    python3 deploy/make_venv.py DIGEST

Works with the standard library alone, and tells in plain words that Python is too old: so nothing
newer than Python 3.6 stands in here. Two runs at once wait for each other.
"""

import fcntl
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"


def main(digest: str) -> int:
    """Make `.venv` unless it is the one of this digest already; return the exit status."""
    problem = why_not_usable(sys.version_info[:3])
    if problem:
        sys.stderr.write(f"make: {problem}\n")
        return 1
    with LOCK.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        stamp = VENV / f".made-{digest}"
        if not stamp.exists():
            _make()
            stamp.touch()
    return 0


def why_not_usable(version: "tuple[int, ...]") -> str:
    """Return what is wrong with this Python, or nothing when it will do."""
    if version < OLDEST:
        found = ".".join(str(number) for number in version)
        return (
            f"Arrears needs Python 3.11 or newer, and {sys.executable} is {found}; install a "
            "newer one and name it, as in: make PYTHON=python3.12 test"
        )
    if find_spec("ensurepip") is None:
        return (
            "Python's venv module is not whole; on Debian or Ubuntu: apt-get install python3-venv"
        )
    return ""


def _make() -> None:
    sys.stdout.write("making .venv (once for each lock)\n")
    sys.stdout.flush()
    _run(sys.executable, "-m", "venv", "--clear", str(VENV))
    pip = (str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(*pip, "install", "--no-deps", "--require-hashes", "-r", str(LOCK))
    _run(*pip, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def _run(*command: str) -> None:
    status = subprocess.call(command, stdin=subprocess.DEVNULL)  # noqa: S603 - our own words
    if status != 0:
        sys.exit(f"make: this command failed with status {status}: {' '.join(command)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
