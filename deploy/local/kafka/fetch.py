"""Apache Kafka's own jar files, fetched once with Maven into the user's cache."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from deploy.local.errors import MissingProgramError, StackError
from deploy.local.parts import Say
from deploy.local.processes import Command, run

POM = Path(__file__).with_name("pom.xml")
DIGEST_LENGTH = 16
#: The packages of Debian and Ubuntu that carry each program.
PACKAGES = {"java": "openjdk-17-jre-headless", "mvn": "maven"}
FETCH_SECONDS_MAX = 600.0
LEFTOVER_SECONDS_MAX = 24 * 3600.0

OWN_SERVERS = (
    "or use servers of your own by setting KAFKA_BOOTSTRAP_SERVERS, ARREARS_DATABASE_URL and "
    "ARREARS_SMTP_URL"
)


def find_java() -> str:
    """Return the path of the Java program; JAVA_HOME goes before PATH."""
    if (found := _java()) is None:
        raise _missing("java", "mvn") if not _libraries().is_dir() else _missing("java")
    return found


async def kafka_libraries(say: Say) -> Path:
    """Return the folder of Kafka's jar files, fetched first when this version is not there.

    Of two runs at once one fetches, and the other waits for it.
    """
    libraries = _libraries()
    if libraries.is_dir():
        return libraries
    maven = shutil.which("mvn")
    if maven is None or _java() is None:
        raise _missing("java", "mvn")
    cache = libraries.parent
    cache.mkdir(parents=True, exist_ok=True)
    held = os.open(cache, os.O_RDONLY)
    try:
        await asyncio.to_thread(fcntl.flock, held, fcntl.LOCK_EX)
        if not libraries.is_dir():
            await _fetch(maven, libraries, say)
    finally:
        os.close(held)
    return libraries


def cache_folder() -> Path:
    """Return ARREARS_CACHE, else the folder `arrears` in the user's cache."""
    if own := os.environ.get("ARREARS_CACHE"):
        return Path(own)
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "arrears"


async def _fetch(maven: str, libraries: Path, say: Say) -> None:
    """Fill a folder of its own, and name it when it is whole; the caller holds the lock."""
    _remove_leftovers(libraries.parent)
    fresh = Path(tempfile.mkdtemp(prefix=".kafka-", dir=libraries.parent))
    try:
        say("fetching Apache Kafka with Maven (43 MB, only the first time)")
        await _copy_dependencies(maven, fresh)
        (fresh / "lib").rename(libraries)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


async def _copy_dependencies(maven: str, folder: Path) -> None:
    command = Command(
        argv=(
            *(maven, "-B", "--no-transfer-progress", "-f", str(POM)),
            *("dependency:copy-dependencies", f"-DoutputDirectory={folder / 'lib'}"),
        ),
        log=folder / "maven.log",
    )
    status, output = await run(command, seconds_max=FETCH_SECONDS_MAX)
    if status != 0:
        problem = f"in {FETCH_SECONDS_MAX:g} s" if status is None else f"(status {status})"
        message = (
            f"Maven could not fetch Apache Kafka {problem}; check the network and Maven's "
            f"settings, {OWN_SERVERS}. The end of Maven's output:\n{output}"
        )
        raise StackError(message)


def _remove_leftovers(cache: Path) -> None:
    """Remove what fetches that were killed have left behind."""
    for leftover in cache.glob(".kafka-*"):
        if time.time() - leftover.stat().st_mtime > LEFTOVER_SECONDS_MAX:
            shutil.rmtree(leftover, ignore_errors=True)


def _libraries() -> Path:
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:DIGEST_LENGTH]
    return cache_folder() / f"kafka-{digest}"


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    return found or shutil.which("java")


def _missing(*programs: str) -> MissingProgramError:
    """Say which of the programs are not installed, and what to do about it."""
    found = {"java": _java(), "mvn": shutil.which("mvn")}
    names = [program for program in programs if found[program] is None]
    packages = " ".join(PACKAGES[name] for name in names)
    verb, object_ = ("is", "it") if len(names) == 1 else ("are", "them")
    message = (
        f"{' and '.join(names)} {verb} not installed, and Kafka needs {object_}; on "
        f"Debian or Ubuntu: apt-get install {packages} (any Java from 17 on will do), "
        f"{OWN_SERVERS}"
    )
    return MissingProgramError(message)
