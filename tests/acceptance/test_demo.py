"""The demonstration, shortened, from an empty folder to its report, and the stack by command."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.demo.show import run_demo
from cli.sample import Trade
from deploy.local.stack.lock import holder

pytestmark = pytest.mark.timeout(180)


async def test_the_demonstration_ends_well_and_leaves_nothing_running(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "demo"
    trade = Trade(customers=25, days=75, seed=2)
    assert await run_demo(data, once=True, trade=trade) == 0
    shown = capsys.readouterr()
    for words in ("Balances by days overdue", "dunning", "gives what is stored", "up --data"):
        assert words in shown.out
    assert "not as it must be" not in shown.err
    assert holder(data) is None


async def test_an_interrupted_demonstration_takes_everything_down(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli.main", "demo", "--data", str(data)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    heard: list[bytes] = []
    try:
        async with asyncio.timeout(90):
            while not any(b"notifier is ready" in line for line in heard):
                line = await process.stderr.readline()
                assert line, heard
                heard.append(line)
            stack = json.loads((data / "stack.json").read_bytes())
            pids = [part["pid"] for part in stack["processes"]]
            process.send_signal(signal.SIGINT)
            await process.stderr.read()
            assert await process.wait() == 130
    finally:
        if process.returncode is None:
            process.kill()
    assert holder(data) is None
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_stack_in_one_process_is_started_used_and_stopped_by_command(
    tmp_path: Path, command: Any
) -> None:
    data = tmp_path / "stack"
    up = await command(
        *("up", "--detach", "--one-process", "--clock", "manual", "--at", "2026-01-05"), data=data
    )
    assert up.status == 0, up.stderr
    try:
        status = await command("status", "--json", data=data)
        assert {row["name"] for row in status.rows()} >= {"ingest", "monitor", "notifier"}
        again = await command("up", "--detach", data=data)
        assert again.status == 1
        assert "in use" in again.stderr
        sample = await command("sample", "--customers", "5", "--days", "10", data=data)
        published = await command("publish", "-", data=data, stdin=sample.stdout.encode())
        assert published.status == 0
        assert (await command("settle", data=data)).status == 0
        accounts = await command("accounts", "--json", data=data)
        assert len(accounts.rows()) >= 4
    finally:
        down = await command("down", data=data)
    assert down.status == 0
    gone = await command("status", data=data)
    assert gone.status == 1
    assert "arrears up" in gone.stderr
