"""A forked service is a child as any other: its own environment, log and end."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Final

import pytest

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Child, Command
from deploy.local.readiness import can_connect
from tests.faults.parts.forking import MAINS, fork

SECONDS_MAX: Final = 20.0
NOWHERE: Final = "127.0.0.1:1"


def command(main: str, log: Path, **environ: str) -> Command:
    return Command(
        argv=("python", "-m", main), log=log, environ={"PATH": os.environ["PATH"], **environ}
    )


async def started(log: Path) -> Child:
    """Fork an ingest whose servers are away, and return it when it listens."""
    port = free_port()
    environ = {
        "KAFKA_BOOTSTRAP_SERVERS": NOWHERE,
        "ARREARS_DATABASE_URL": f"postgresql://nobody@{NOWHERE}/nothing",
        "ARREARS_API_TOKEN": "a-token-that-is-long-enough",
        "ARREARS_INGEST_PORT": str(port),
    }
    child = fork(command("services.ingest.main", log, **environ))
    async with asyncio.timeout(SECONDS_MAX):
        while not await can_connect(LOOPBACK, port):  # noqa: ASYNC110 - the port sets no event
            await asyncio.sleep(0.02)
    return child


@pytest.mark.parametrize("main", MAINS)
async def test_settings_that_cannot_work_end_it_with_status_2_and_a_word_in_its_own_log(
    main: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARREARS_LOG_LEVEL", "not the child's own")
    log = tmp_path / "logs" / "service.log"

    child = fork(command(main, log, ARREARS_LEDGER_PARTITIONS="none"))

    async with asyncio.timeout(SECONDS_MAX):
        assert await child.wait() == 2
    assert child.status == 2
    assert "ARREARS_LEDGER_PARTITIONS" in child.tail()
    assert "ARREARS_LOG_LEVEL" not in log.read_text()


async def test_it_drains_when_it_is_told_to_stop(tmp_path: Path) -> None:
    child = await started(tmp_path / "ingest.log")

    await child.stop()

    assert child.status == 0
    assert "service_drains" in (tmp_path / "ingest.log").read_text()


async def test_it_is_killed_at_once_and_leads_a_session_of_its_own(tmp_path: Path) -> None:
    child = await started(tmp_path / "ingest.log")
    assert child.status is None
    assert os.getsid(child.pid) == child.pid

    await child.kill()

    assert child.status == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


async def test_it_ends_with_the_process_that_has_started_it(tmp_path: Path) -> None:
    code = f"""
import asyncio, os, pathlib, signal
from tests.faults.itself.test_forking import started
async def main():
    child = await started(pathlib.Path({str(tmp_path / "ingest.log")!r}))
    stat = pathlib.Path("/proc", str(child.pid), "stat").read_text()
    print(child.pid, stat.rpartition(")")[2].split()[1], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
    )
    said, _nothing_more = await asyncio.wait_for(parent.communicate(), SECONDS_MAX)
    assert parent.returncode == -signal.SIGKILL
    pid, server = map(int, said.split())

    async with asyncio.timeout(SECONDS_MAX):
        while is_there(pid) or is_there(server):  # noqa: ASYNC110 - the system sets no event
            await asyncio.sleep(0.02)


def is_there(pid: int) -> bool:
    """Whether a process is there."""
    return Path(f"/proc/{pid}").exists()
