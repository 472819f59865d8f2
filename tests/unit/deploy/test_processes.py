"""A child process: it stops in good order, writes its log, and ends with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.processes import LOG_BYTES_MAX, Child, Command, ending, rotate, run, tail

DEAF = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
signal.pause()
"""
#: Starts a child that lives for ever, says its number, and then does nothing.
PARENT = """
import asyncio, pathlib, sys
from deploy.local.processes import Child, Command
async def main():
    command = Command(argv=("sleep", "600"), log=pathlib.Path(sys.argv[1]))
    child = await Child.start(command)
    print(child.pid, flush=True)
    await child.wait()
asyncio.run(main())
"""
SECONDS_MAX = 20.0


def python(code: str, log: Path, *, stop_seconds_max: float = 5.0) -> Command:
    return Command(argv=(sys.executable, "-c", code), log=log, stop_seconds_max=stop_seconds_max)


async def until(met: Callable[[], bool]) -> None:
    """Wait for a condition, with a limit."""
    async with asyncio.timeout(SECONDS_MAX):
        while not met():  # noqa: ASYNC110 - processes set no event
            await asyncio.sleep(0.02)


def is_running(pid: int) -> bool:
    """Return whether the process lives; one whose parent has not asked after it yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("code", "status", "output"),
    [
        ("print('good')", 0, "  good"),
        ("import sys; sys.exit(3)", 3, "  (the log is empty)"),
        ("import os; os.kill(os.getpid(), 9)", -9, "  (the log is empty)"),
    ],
)
async def test_a_program_runs_to_its_end(
    tmp_path: Path, code: str, status: int, output: str
) -> None:
    found = await run(python(code, tmp_path / "log"), seconds_max=SECONDS_MAX)
    assert found == (status, output)


async def test_a_program_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    command = python("import signal; signal.pause()", tmp_path / "log")
    status, _ = await run(command, seconds_max=0.2)
    assert status is None


async def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    child = await Child.start(python(DEAF, tmp_path / "log", stop_seconds_max=0.2))
    await until(lambda: "deaf" in child.tail())
    await child.stop()
    assert child.status == -signal.SIGKILL
    await child.stop()


async def test_a_missing_program_is_told_by_its_status_and_log(tmp_path: Path) -> None:
    command = Command(argv=("no-such-program",), log=tmp_path / "log")
    status, output = await run(command, seconds_max=SECONDS_MAX)
    assert status == 1
    assert "no-such-program" in output or "No such file" in output


async def test_ctrl_c_in_the_terminal_reaches_the_parent_alone(tmp_path: Path) -> None:
    child = await Child.start(python("import signal; signal.pause()", tmp_path / "log"))
    try:
        assert os.getpgid(child.pid) != os.getpgid(0)
    finally:
        await child.stop()


@pytest.mark.parametrize("started", [False, True])
async def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path, started: bool) -> None:
    with subprocess.Popen(  # noqa: ASYNC220 - asyncio would reap it in its own time
        (sys.executable, "-c", PARENT, str(tmp_path / "log")), stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        if started:  # else the parent may be gone before the child has asked for the signal
            await until(lambda: Path(f"/proc/{pid}/comm").read_text().strip() == "sleep")
        parent.kill()
    await until(lambda: not is_running(pid))


async def test_a_log_is_appended_and_the_tail_is_of_this_run(tmp_path: Path) -> None:
    log = tmp_path / "log"
    await run(python("print('first')", log), seconds_max=SECONDS_MAX)
    _, output = await run(python("print('second')", log), seconds_max=SECONDS_MAX)
    assert output == "  second"
    assert tail(log) == "  first\n  second"


def test_a_log_that_has_grown_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    os.truncate(log, LOG_BYTES_MAX + 1)
    assert rotate(log) == 0
    assert not log.exists()
    assert (tmp_path / "log.1").exists()


def test_a_log_that_is_short_is_gone_on_with(tmp_path: Path) -> None:
    log = tmp_path / "folder" / "log"
    assert rotate(log) == 0
    log.write_text("first\n")
    assert rotate(log) == len("first\n")
    assert log.read_text() == "first\n"


@pytest.mark.parametrize(
    ("status", "words"), [(0, "status 0"), (3, "status 3"), (-9, "SIGKILL"), (-60, "signal 60")]
)
def test_an_ending_has_words(status: int, words: str) -> None:
    assert ending(status) == words
