"""The running program: how it is called again, and which version it is."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

NAME: Final = "arrears"
_PROJECT_FILE: Final = Path(__file__).parents[1] / "pyproject.toml"


def command(*words: str | Path) -> str:
    """Write a command of this program so that it works as typed in the current folder."""
    return f"{_called()} {shlex.join(str(word) for word in words)}"


def version() -> str:
    """Return the installed version, or that of the checkout the program runs from."""
    import tomllib
    from importlib import metadata

    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        project = tomllib.loads(_PROJECT_FILE.read_text(encoding="utf-8"))
        return str(project["project"]["version"])


def _called() -> str:
    """Return `arrears` where the shell would find this very program by it, else its path."""
    running = Path(sys.argv[0]).absolute()
    if running.name != NAME:
        return f"{_typed(Path(sys.executable))} -m cli.main"
    found = shutil.which(NAME)
    if found is not None and running.exists() and running.samefile(found):
        return NAME
    return _typed(running)


def _typed(path: Path) -> str:
    """Write a path as short as it works: the slash in it keeps the shell from seeking a name."""
    if not path.is_relative_to(Path.cwd()):
        return shlex.quote(str(path))
    relative = path.relative_to(Path.cwd())
    return shlex.quote(str(relative) if relative.parent.parts else f"./{relative}")
