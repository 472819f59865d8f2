"""As whom PostgreSQL runs, by who starts it and what the system allows."""

import os
import pwd
import stat
from pathlib import Path

import pytest

from deploy.local.errors import StackError
from deploy.local.postgres.owner import Owner, choose_owner, own

NOBODY = pwd.getpwnam("nobody")
DAEMON = pwd.getpwnam("daemon")
NAMELESS = 3_999_999_999
ROOT = 0


@pytest.mark.parametrize(
    ("caller", "allowed", "user", "files_of"),
    [
        (DAEMON.pw_uid, {"map", "set"}, "-", DAEMON.pw_uid),
        (ROOT, {"map", "set"}, "map", ROOT),
        (ROOT, {"set"}, "set", NOBODY.pw_uid),
        (NAMELESS, {"map"}, "map", NAMELESS),
    ],
)
async def test_postgresql_runs_as_a_user_that_it_accepts(
    caller: int, allowed: set[str], user: str, files_of: int
) -> None:
    async def try_user(tried: str, _: Path) -> bool:
        return tried.partition(":")[0] in allowed

    owner = await choose_owner(Path("postgres"), (caller, caller), try_user)
    assert owner.user.partition(":")[0] == user
    assert owner.uid == files_of


@pytest.mark.parametrize(("caller", "allowed"), [(ROOT, ""), (NAMELESS, "set")])
async def test_without_such_a_user_the_ways_out_are_named(caller: int, allowed: str) -> None:
    async def try_user(tried: str, _: Path) -> bool:
        return tried.partition(":")[0] == allowed

    with pytest.raises(StackError, match=r"run as an ordinary user, or .* ARREARS_DATABASE_URL"):
        await choose_owner(Path("postgres"), (caller, caller), try_user)


async def test_its_folder_is_closed_to_everybody_else(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    await own(folder, Owner(user="-", uid=os.geteuid(), gid=os.getegid()))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == os.geteuid()
