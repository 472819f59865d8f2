"""The peers' own environment: made once for each lock, and never mixed with the project's.

A peer that cannot be installed or imported is told by name with the reason; the others run.
"""

import hashlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = Path(__file__).with_name("requirements.txt")
VENV: Final = Path(__file__).with_name(".venv")
INSTALL_SECONDS_MAX: Final = 900
IMPORT_SECONDS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Why a peer cannot be run here, in the words of whoever refused it."""

    reason: str


def python() -> Path | Unavailable:
    """Return the interpreter that has the peers, making its environment the first time."""
    found = VENV / "bin" / "python"
    stamp = VENV / f".made-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if stamp.exists():
        return found
    pip = (str(found), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")
    for command in (
        (sys.executable, "-m", "venv", "--clear", str(VENV)),
        (*pip, "--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(LOCK)),
    ):
        reason = _failed(command, INSTALL_SECONDS_MAX)
        if reason is not None:
            return Unavailable(reason)
    stamp.touch()
    return found


def with_module(interpreter: Path | Unavailable, module: str) -> Path | Unavailable:
    """Return the interpreter when a peer's module can be imported there, else why not."""
    if isinstance(interpreter, Unavailable):
        return interpreter
    reason = _failed((str(interpreter), "-c", f"import {module}"), IMPORT_SECONDS_MAX)
    return interpreter if reason is None else Unavailable(reason)


def _failed(command: tuple[str, ...], seconds_max: float) -> str | None:
    """Run a command in the project's folder; return its last words when it failed."""
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds_max,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return None
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"status {done.returncode} of {' '.join(command)}"
