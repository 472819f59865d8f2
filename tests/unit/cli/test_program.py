"""Commands that are told work as they are typed."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli.program import command


def program(folder: Path) -> Path:
    """Put something to run there, as an installation does."""
    folder.mkdir(parents=True)
    file = folder / "arrears"
    file.write_text('#!/bin/sh\necho "$0 $*"\n')
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("where", "on_path", "current", "told"),
    [
        pytest.param("env/bin", "env/bin", ".", "arrears", id="the shell finds it"),
        pytest.param("env/bin", "", ".", "env/bin/arrears", id="below the current folder"),
        pytest.param("env/bin", "", "env/bin", "./arrears", id="in the current folder"),
        pytest.param("env/bin", "", "work", "{root}/env/bin/arrears", id="elsewhere"),
        pytest.param("env/bin", "other/bin", ".", "env/bin/arrears", id="another is found"),
        pytest.param("my env", "", ".", "'my env/arrears'", id="a space"),
    ],
)
def test_the_program_is_told_so_that_the_shell_finds_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    where: str,
    on_path: str,
    current: str,
    told: str,
) -> None:
    running = program(tmp_path / where)
    if on_path and on_path != where:
        program(tmp_path / on_path)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / current)
    monkeypatch.setenv(
        "PATH", f"{tmp_path / on_path}:/usr/bin:/bin" if on_path else "/usr/bin:/bin"
    )
    monkeypatch.setattr(sys, "argv", [str(running)])
    told = told.format(root=tmp_path)
    assert command("up", "--data", "a folder") == f"{told} up --data 'a folder'"
    said = subprocess.run(command("up"), shell=True, capture_output=True, text=True, check=True)
    assert said.stdout.endswith("arrears up\n")


def test_a_program_run_as_a_module_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/cli/main.py"])
    assert command("items").endswith(" -m cli.main items")
