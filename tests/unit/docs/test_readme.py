"""The README's tables, commands and events hold: they are compared with the code."""

import re
import shlex
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from typer.main import get_command

from cli.main import make_app
from services.ingest.domain.bindings import structured
from services.ingest.domain.judgement import Refusal, judge
from services.ingest.settings import IngestSettings
from services.monitor.settings import MonitorSettings
from services.notifier.settings import NotifierSettings
from shared.runtime.settings import Settings
from tests.unit.docs import documents

SERVICES: Final[dict[str, type[Settings]]] = {
    "ingest": IngestSettings,
    "monitor": MonitorSettings,
    "notifier": NotifierSettings,
}
#: What the README lets go wrong, to show how it is mended.
REFUSED: Final = {b'"EURO"': "unknown_currency"}


def variables() -> dict[str, tuple[str, str]]:
    """Return who reads each variable, and its default as the table writes it."""
    found: dict[str, tuple[str, str]] = {}
    for name, field in Settings.model_fields.items():
        found[_variable(name, field)] = ("all", _default(field))
    for service, settings in SERVICES.items():
        for name in settings.model_fields.keys() - Settings.model_fields.keys():
            field = settings.model_fields[name]
            found[_variable(name, field)] = (service, _default(field))
    return found


def _variable(name: str, field: FieldInfo) -> str:
    return str(field.validation_alias or f"ARREARS_{name.upper()}")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value: Any = field.default
    assert not isinstance(value, SecretStr)
    if value is None:
        return "unset"
    text = f"{value:.12g}" if isinstance(value, float) else str(value).rstrip("/")
    return f"`{text}`"


def command_names() -> set[str]:
    return set(getattr(get_command(make_app()), "commands", {}))


def test_the_configuration_table_is_what_the_settings_are() -> None:
    table = documents.rows(documents.section(documents.README, "Configuration"))
    written = {variable.strip("`"): (reader, default) for variable, reader, default, _ in table}
    assert written == variables()


def test_every_command_has_its_row_and_no_other_stands_there() -> None:
    table = documents.rows(documents.section(documents.README, "Commands"))
    assert {row[0].strip("`").removeprefix("arrears ") for row in table} == command_names()


def test_every_guarantee_and_limit_names_a_test_that_exists() -> None:
    text = documents.section(documents.README, "Guarantees, and the test that shows each")
    table = documents.rows(text)
    assert len(table) > 10
    for claim, tests in table:
        named = re.findall(r"`(tests/[^`:]+)::(test_\w+)`", tests)
        assert named, f"no test is named for: {claim}"
        for path, test in named:
            source = (documents.ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^(?:async )?def {test}\(", source, re.MULTILINE), f"{path}::{test}"


@pytest.mark.parametrize("command", documents.commands(documents.README))
def test_a_command_of_the_readme_is_one_that_the_program_takes(command: str) -> None:
    words = shlex.split(command)[1:]
    part: Any = get_command(make_app())
    while words and words[0] in getattr(part, "commands", {}):
        part = part.commands[words.pop(0)]
    if hasattr(part, "commands"):
        assert words[:1] == [] or words[0].startswith("-"), f"{words[0]!r} is no command"
    part.make_context("arrears", words)


@pytest.mark.parametrize("event", documents.events(documents.README))
def test_an_event_of_the_readme_is_accepted_unless_it_shows_a_refusal(event: bytes) -> None:
    now = datetime(2026, 3, 6, tzinfo=UTC)
    outcome = judge(structured("http", event), now=now, event_bytes_max=10_000)
    code = outcome.code if isinstance(outcome, Refusal) else None
    expected = next((reason for part, reason in REFUSED.items() if part in event), None)
    assert code == expected


def test_the_readme_shows_events_and_commands() -> None:
    assert len(documents.events(documents.README)) >= 6
    assert len(documents.commands(documents.README)) >= 20


def test_the_fifteen_days_stand_where_the_readme_says() -> None:
    text = documents.section(documents.README, "Where the 15 days stand")
    (path,) = documents.links(documents.README)[:1]
    assert path in text
    assert "after_days: 15" in (documents.ROOT / path).read_text(encoding="utf-8")
