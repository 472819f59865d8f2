"""The demonstration's data folder: fresh every time, and never anybody else's."""

import shutil
from pathlib import Path
from typing import Final

from cli.errors import FailedError, UsageError
from deploy.local.stack import down

#: A folder without this file was not made by a demonstration, and is left alone.
MARKER: Final = ".made-by-arrears-demo"


def prepare_folder(data: Path) -> None:
    """Make the folder anew: an earlier demonstration in it is stopped and removed.

    Raises `UsageError` for a folder that holds anything else.
    """
    if data.exists() and any(data.iterdir()):
        if not (data / MARKER).exists():
            message = (
                f"{data} holds something that is no demonstration; "
                "give another folder: arrears demo --data DIR"
            )
            raise UsageError(message)
        down(data)
        try:
            shutil.rmtree(data)
        except OSError as error:
            message = f"the earlier demonstration in {data} cannot be removed: {error}"
            raise FailedError(message) from None
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / MARKER).touch()
    (data / ".gitignore").write_text("*\n", encoding="utf-8")
