"""SQL stands in store modules alone (style, rule 6)."""

import re
from typing import Final

import pytest

from tests.architecture.source import Module, modules, parse, texts

#: Where statements may stand.
PLACES: Final = re.compile(
    r"^(services/\w+/adapters/|deploy/migrations/|shared/postgres/"
    r"|deploy/local/postgres/)"  # makes the database of a stack, before anything else exists
)
STATEMENT: Final = re.compile(
    r"""^\s*(--[^\n]*\n\s*)*(
        SELECT\s | INSERT\s+INTO\s | UPDATE\s+[\w."…]+\s+(AS\s+\w+\s+)?SET\s | DELETE\s+FROM\s
        | WITH\s+\w+\s.*\bAS\s*\( | (CREATE|ALTER|DROP)\s+(UNIQUE\s+)?
          (TABLE|SCHEMA|INDEX|TYPE|VIEW|FUNCTION|DATABASE|ROLE|USER|EXTENSION)\s
        | TRUNCATE\s | COPY\s+[\w."…]+\s | LOCK\s+TABLE\s | LISTEN\s+\w+\s*$ | NOTIFY\s+\w+\s*$
    )""",
    re.VERBOSE | re.DOTALL,
)


def statements(module: Module) -> list[str]:
    """Return the SQL that stands in a module."""
    return [text for text in texts(module) if STATEMENT.match(text)]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_sql_stands_in_adapters_and_migrations_alone(module: Module) -> None:
    if not PLACES.match(module.path.as_posix()):
        assert statements(module) == []


def test_the_places_that_may_hold_sql_do() -> None:
    holding = {module.path.as_posix() for module in modules() if statements(module)}
    assert any(path.startswith("services/monitor/adapters/") for path in holding)
    assert any(path.startswith("deploy/migrations/") for path in holding)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('QUERY = "SELECT 1"', True),
        ('QUERY = """\n    -- Why.\n    UPDATE monitor.items AS i SET open = 0\n"""', True),
        ('QUERY = f"DELETE FROM {table} WHERE id = $1"', True),
        ('run("INSERT INTO t " "VALUES (1)")', True),
        ('QUERY = "WITH due AS (SELECT 1) SELECT * FROM due"', True),
        ('QUERY = "CREATE UNIQUE INDEX i ON t (a)"', True),
        ('def f():\n    """SELECT 1 is what this one runs."""', False),
        ('message = "select an account with --account"', False),
        ('message = "UPDATE the policy and try again"', False),
    ],
)
def test_statements_are_told_from_sentences(text: str, *, found: bool) -> None:
    assert bool(statements(parse("cli.x", text))) is found
