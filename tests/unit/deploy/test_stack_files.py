"""The data folder: its lock, its record, its ports and its secrets."""

import asyncio
import json
import os
import socket
import stat
from datetime import date
from pathlib import Path

import pytest

from deploy.local.errors import NoStackError, StackError, StackInUseError
from deploy.local.files import kept_secret, write_private
from deploy.local.ports import free_port, is_free
from deploy.local.stack.assembly import Ports
from deploy.local.stack.control import down
from deploy.local.stack.lock import DataLock, holder
from deploy.local.stack.options import (
    APART,
    TOGETHER,
    ServiceSpec,
    UpOptions,
    options_from_json,
    options_to_json,
)
from deploy.local.stack.record import Process, StackFile, describe, read_stack, write_stack

STACK = StackFile(
    supervisor_pid=7,
    clock="manual",
    kafka_bootstrap_servers="127.0.0.1:20001",
    token_file="/data/token",
    database_url_file="/data/database_url",
    ready=True,
    processes=(
        Process(name="kafka", pid=8, address="127.0.0.1:20001", log="/data/kafka.log", own=True),
        Process(name="postgres", pid=None, address="db.example:5432", log=None, own=False),
    ),
)


async def test_a_folder_has_one_stack_at_a_time(tmp_path: Path) -> None:
    async with DataLock(tmp_path):
        assert holder(tmp_path) == os.getpid()
        with pytest.raises(StackInUseError, match=f"in use by the stack of process {os.getpid()}"):
            await DataLock(tmp_path).__aenter__()
        assert holder(tmp_path) == os.getpid()
    assert holder(tmp_path) is None


async def test_a_look_at_the_lock_does_not_keep_a_stack_from_starting(tmp_path: Path) -> None:
    looking = True

    async def look() -> None:
        while looking:
            holder(tmp_path)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(look())
        for _ in range(50):
            async with DataLock(tmp_path):
                pass
        looking = False


async def test_a_data_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StackError, match="cannot be used as a data folder"):
        await DataLock(tmp_path / "file").__aenter__()


def test_down_without_a_stack_says_so_and_signals_nobody(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(str(os.getpid()))
    assert down(tmp_path) is False
    assert down(tmp_path / "nowhere") is False


async def test_a_running_stack_is_found_by_its_record(tmp_path: Path) -> None:
    async with DataLock(tmp_path):
        write_stack(tmp_path, STACK)
        assert read_stack(tmp_path) == STACK
    assert STACK.address("kafka") == "127.0.0.1:20001"
    with pytest.raises(NoStackError, match="no part 'ingest'; it has: kafka, postgres"):
        STACK.address("ingest")


async def test_the_record_of_a_killed_stack_is_not_believed(tmp_path: Path) -> None:
    write_stack(tmp_path, STACK)
    with pytest.raises(NoStackError, match=f"start one with: arrears up --data {tmp_path}"):
        read_stack(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "only just starting"), ("{", "another version"), ('{"version": 2}', "another version")],
)
async def test_a_record_that_cannot_be_read_says_why(
    tmp_path: Path, content: str | None, message: str
) -> None:
    async with DataLock(tmp_path):
        if content:
            (tmp_path / "stack.json").write_text(content)
        with pytest.raises(NoStackError, match=message):
            read_stack(tmp_path)


def test_a_person_sees_each_part_and_which_are_not_the_stacks_own() -> None:
    assert describe(STACK) == [
        "kafka     127.0.0.1:20001",
        "postgres  db.example:5432  (not started by this stack)",
    ]


def test_options_reach_another_process_as_they_are() -> None:
    spec = ServiceSpec(name="stub", arguments=("-c", "pass"), serves=("ingest",))
    options = UpOptions(
        data=Path("/data"), clock="manual", at=date(2026, 1, 5), detach=True, services=(spec,)
    )
    assert options_from_json(options_to_json(options)) == options


def test_services_are_apart_unless_one_process_is_wished() -> None:
    assert UpOptions().chosen_services() == APART
    assert UpOptions(one_process=True).chosen_services() == TOGETHER


def test_the_ports_of_the_last_run_are_taken_again_when_they_are_free(tmp_path: Path) -> None:
    kept, lost = free_port(), free_port()
    (tmp_path / "ports.json").write_text(json.dumps({"ingest": kept, "monitor": lost}))
    ports = Ports(tmp_path / "ports.json")
    with socket.create_server(("127.0.0.1", lost)):
        assert not is_free(lost)
        assert ports.take("ingest") == kept
        assert ports.take("monitor") != lost
    ports.keep()
    assert json.loads((tmp_path / "ports.json").read_text())["ingest"] == kept


def test_no_port_is_given_out_twice() -> None:
    given = [free_port() for _ in range(100)]
    assert len(set(given)) == 100


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "token"
    assert kept_secret(file, lambda: "first") == "first"
    assert kept_secret(file, lambda: "second") == "first"
    write_private(file, "third")
    assert file.read_text() == "third"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
