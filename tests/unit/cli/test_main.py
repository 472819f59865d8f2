"""What every command promises: help with an example, one sentence for a mistake, an exit code."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.main import make_app

COMMANDS = [
    *("up", "down", "status", "migrate", "publish", "sample", "settle", "rebuild", "demo"),
    *(
        "accounts",
        "invoices",
        "items",
        "interest",
        "why",
        "clearings",
        "promises",
        "escalations",
        "tasks",
        "letters",
        "rejected",
    ),
    *("clock show", "clock set", "clock advance", "tasks take", "tasks complete", "tasks show"),
    *("letters show", "letters resolve", "rejected show", "rejected replay"),
    *("audit", "partition list", "partition resume"),
    *("journal archive", "journal verify", "journal drop", "journal restore"),
    *("policy show", "policy set", "policy validate", "policy preview"),
]
AN_ID = "8c3ab4a0-6b0e-5c39-9f6a-0d7d2f3f5f10"


def arrears(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program as people do."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "COLUMNS": "200", **environ},
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_and_takes_a_data_folder(command: str) -> None:
    result = CliRunner().invoke(make_app(), [*command.split(), "--help"])
    assert result.exit_code == 0
    assert f"Example: {'arrears ' + command.split(maxsplit=1)[0]}" in result.output or (
        "Example: ARREARS_DATABASE_URL" in result.output
    )
    assert "--data" in result.output


def test_the_list_of_commands_above_is_whole() -> None:
    def names(command: object, before: str = "") -> list[str]:
        found: list[str] = []
        for name, part in getattr(command, "commands", {}).items():
            deeper = names(part, f"{before}{name} ")
            found += deeper
            if not deeper or part.invoke_without_command:
                found.append(f"{before}{name}")
        return found

    assert sorted(names(get_command(make_app()))) == sorted(COMMANDS)


def test_help_loads_nothing_that_only_a_command_needs() -> None:
    heavy = "{'httpx', 'aiokafka', 'asyncpg', 'sqlalchemy', 'alembic', 'fastapi'}"
    program = f"import sys, cli.main; cli.main.make_app(); print({heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout.strip() == b"set()"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        pytest.param("items --data {none}", 1, "start one with: arrears up", id="no stack"),
        pytest.param("status --data {none}", 1, "start one with: arrears up", id="no status"),
        pytest.param("settle --data {none}", 1, "start one with: arrears up", id="nothing moves"),
        pytest.param("publish {none} --data {none}", 2, "cannot be read: No such file", id="file"),
        pytest.param("clock advance 3y --data {none}", 2, "write it as in 3d", id="no step"),
        pytest.param("up --at 5.1.2026 --data {none}", 2, "write it as in 2026-01-05", id="date"),
        pytest.param("up --at 2026-01-05 --data {none}", 2, "add: --clock manual", id="no manual"),
        pytest.param("up --clock manual --data {none}", 2, "add a date: --at", id="no start"),
        pytest.param("up --detach --clock manual --data {none}", 2, "add a date", id="detached"),
        pytest.param("sample --start 2026-02-30", 2, "write it as in 2026-01-05", id="no day"),
        pytest.param("sample --customers 0", 2, "greater than or equal to 1", id="no customers"),
        pytest.param("rebuild --data {none}", 2, "arrears rebuild --check", id="no check"),
        pytest.param("migrate --data {none}", 2, "set ARREARS_DATABASE_URL", id="no database"),
        pytest.param("policy set {none} --data {none}", 2, "cannot be read", id="no policy"),
        pytest.param("rejected replay 1 --with {none}", 2, "cannot be read", id="nothing mended"),
        pytest.param("rejected show nope", 2, "'nope' is no id", id="no rejected message"),
        pytest.param("tasks show nope", 2, "those there are: arrears tasks", id="no task"),
        pytest.param("tasks take nope --as li.na", 2, "'nope' is no id", id="nothing to take"),
        pytest.param("tasks complete nope --outcome paid", 2, "is no id", id="nothing to complete"),
        pytest.param("letters show nope", 2, "those there are: arrears letters", id="no letter"),
        pytest.param(
            f"letters resolve {AN_ID} --outcome lost", 2, "none of: sent, resend", id="no outcome"
        ),
        pytest.param("frobnicate", 2, "No such command", id="no such command"),
        pytest.param("tasks take 1", 2, "Missing option '--as'", id="nobody takes it"),
        pytest.param("items --limit 0", 2, "greater than or equal to 1", id="no rows"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_status(
    tmp_path: Path, words: str, status: int, sentence: str
) -> None:
    none = str(tmp_path / "none")
    result = arrears(*(word.format(none=none) for word in words.split()), ARREARS_DATABASE_URL="")
    assert (result.returncode, result.stdout) == (status, "")
    assert sentence in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.stderr


def test_a_database_address_that_is_none_is_a_mistake(tmp_path: Path) -> None:
    result = arrears("migrate", "--data", str(tmp_path), ARREARS_DATABASE_URL="nowhere")
    assert result.returncode == 2
    assert "postgresql://user:password@host" in result.stderr


def test_what_nobody_foresaw_says_where_the_details_are(tmp_path: Path) -> None:
    result = arrears("sample", "--seed", "1", "--start", "9999-12-01", TMPDIR=str(tmp_path))
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    log = Path(result.stderr.strip().rpartition(" ")[2])
    assert log.parent == tmp_path
    assert "OverflowError" in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    result = arrears("--version")
    assert (result.returncode, result.stdout) == (0, f"arrears {project['version']}\n")


def test_down_without_a_stack_is_no_failure(tmp_path: Path) -> None:
    result = arrears("down", "--data", str(tmp_path))
    assert (result.returncode, result.stdout) == (0, f"no stack runs in {tmp_path}\n")


def test_the_sample_goes_to_standard_output_as_json_lines() -> None:
    result = arrears("sample", "--customers", "3", "--days", "20")
    assert (result.returncode, result.stderr) == (0, "")
    assert len([json.loads(line) for line in result.stdout.splitlines()]) > 3


def test_whoever_stops_reading_hears_no_complaint() -> None:
    result = subprocess.run(
        f"{sys.executable} -m cli.main sample | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (result.stdout.count("\n"), result.stderr) == (1, "")
