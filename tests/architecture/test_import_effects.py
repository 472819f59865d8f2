"""Nothing happens at import: no socket, file, process, thread, or metric of everybody's."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, modules

#: Alembic runs it; importing it is migrating.
RUN_BY_ALEMBIC = "deploy.migrations.env"
SCRIPT = Path(__file__).with_name("import_everything.py")
SECONDS_MAX = 90


def faults(root: Path, *names: str) -> list[str]:
    """Import modules in a process of their own, and return what they did besides."""
    done = subprocess.run(
        [sys.executable, "-B", str(SCRIPT), str(root), *names],
        capture_output=True,
        check=False,
        text=True,
        timeout=SECONDS_MAX,
    )
    assert done.returncode == 0, done.stderr
    found: list[str] = json.loads(done.stdout)
    return found


def test_nothing_happens_when_the_project_is_imported() -> None:
    names = [module.name for module in modules() if module.name != RUN_BY_ALEMBIC]
    assert faults(ROOT, *names) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("import socket\nsocket.socket().connect_ex(('127.0.0.1', 9))", "socket.connect"),
        ("import socket\nsocket.socket().bind(('127.0.0.1', 0))", "socket.bind"),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-c', ''])", "subprocess.Popen"),
        ("from pathlib import Path\nPath(__file__).read_text()", "open"),
        ("import os\nos.environ['X_FROM_IMPORT'] = '1'", "os.putenv"),
        ("import tempfile\ntempfile.mkdtemp()", "os.mkdir"),
        (
            "from threading import Event, Thread\nThread(target=Event().wait, daemon=True).start()",
            "thread Thread-1",
        ),
        ("import logging\nlogging.basicConfig()", "configures the root logger"),
        (
            "from prometheus_client import Counter\nCounter('loud', 'Registered at import.')",
            "default registry: loud",
        ),
        ("import decimal, zoneinfo\nLIMIT = 3\ndef f():\n    open('x')", None),
    ],
    ids=["connect", "bind", "process", "read", "environment", "folder", "thread", "log", "metric",
         "only definitions"],
)  # fmt: skip
def test_the_watch_sees_what_a_module_does(tmp_path: Path, text: str, fault: str | None) -> None:
    (tmp_path / "loud.py").write_text(text, encoding="utf-8")
    found = faults(tmp_path, "loud")
    if fault is None:
        assert found == []
    else:
        assert any(fault in one for one in found), found
