"""Small files that are written whole or not at all, and secrets for their owner alone."""

import os
from collections.abc import Callable
from pathlib import Path


def write_whole(file: Path, text: str, *, mode: int = 0o644) -> None:
    """Write the file whole or not at all, with the mode from its first moment."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=mode)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)


def write_private(file: Path, text: str) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    write_whole(file, text, mode=0o600)


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """Return the secret kept in the file, made and written for the owner alone at first."""
    if file.exists():
        return file.read_text(encoding="utf-8").strip()
    secret = make()
    write_private(file, secret)
    return secret
