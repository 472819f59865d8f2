"""As whom PostgreSQL runs: it refuses to be root, and it wants a user the system knows."""

import asyncio
import os
import pwd
import stat
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.processes import TETHER

PROBE_SECONDS_MAX = 10.0
UNPRIVILEGED = "nobody"

#: Tries whether the user (in the words of `tether.py`) can run the program.
TryUser = Callable[[str, Path], Awaitable[bool]]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The user of the server."""

    #: The user in the words of `tether.py`.
    user: str
    #: Who owns its files, seen from outside.
    uid: int
    gid: int


async def choose_owner(
    program: Path, caller: tuple[int, int], try_user: TryUser | None = None
) -> Owner:
    """Return the caller (uid, gid), or when that will not do, a user that PostgreSQL accepts.

    Root, and a caller without a name, runs it in a user namespace of its own: its files stay the
    caller's. Where namespaces are not allowed (some containers), root becomes `nobody`.
    """
    works = try_user or _works
    uid, gid = caller
    if uid != 0 and _has_name(uid):
        return Owner(user="-", uid=uid, gid=gid)
    other = pwd.getpwnam(UNPRIVILEGED)
    mapped = f"map:{other.pw_uid}:{other.pw_gid}"
    if await works(mapped, program):
        return Owner(user=mapped, uid=uid, gid=gid)
    changed = f"set:{other.pw_uid}:{other.pw_gid}"
    if uid == 0 and await works(changed, program):
        return Owner(user=changed, uid=other.pw_uid, gid=other.pw_gid)
    message = (
        f"PostgreSQL does not run as user {uid}, user namespaces are not allowed here, and "
        f"{UNPRIVILEGED!r} cannot run {program}; let other users enter the folders above it, run "
        "as an ordinary user, or use a server of your own by setting ARREARS_DATABASE_URL"
    )
    raise StackError(message)


async def own(folder: Path, owner: Owner) -> None:
    """Give the folder with all in it to the owner, and check that the owner can reach it."""
    await asyncio.to_thread(_give, folder, owner)
    if owner.user.startswith("set:"):
        await _let_through(folder, owner)


async def _let_through(folder: Path, owner: Owner) -> None:
    """Let another user pass through the folder above, which stays closed to looking around."""
    above = folder.parent
    await asyncio.to_thread(above.chmod, above.stat().st_mode | stat.S_IXOTH)
    if not await _works(owner.user, Path("test"), str(folder)):
        message = (
            f"PostgreSQL runs as {UNPRIVILEGED!r} here, who cannot enter {folder}; use a data "
            "folder in a place open to all users, as in: arrears up --data /srv/arrears"
        )
        raise StackError(message)


def _give(folder: Path, owner: Owner) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == owner.uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


async def _works(user: str, program: Path, folder: str | None = None) -> bool:
    """Try the user on a program that ends at once, or on entering the folder."""
    question = ("--version",) if folder is None else ("-w", folder)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), "9", user, str(program)),
        *question,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(PROBE_SECONDS_MAX):
        return await process.wait() == 0
