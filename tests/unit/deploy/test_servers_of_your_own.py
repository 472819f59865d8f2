"""Servers that the environment names, and the Python that makes the environment."""

import pytest

from deploy.local.errors import StackError
from deploy.local.stack.outside import outside_kafka, outside_mail, outside_postgres
from deploy.make_venv import why_not_usable

VARIABLES = {
    "KAFKA_BOOTSTRAP_SERVERS": outside_kafka,
    "ARREARS_DATABASE_URL": outside_postgres,
    "ARREARS_SMTP_URL": outside_mail,
}


@pytest.mark.parametrize(
    ("variable", "value", "address"),
    [
        (
            "KAFKA_BOOTSTRAP_SERVERS",
            "a.example:9092,b.example:9092",
            "a.example:9092,b.example:9092",
        ),
        ("ARREARS_DATABASE_URL", "postgresql://me:se%20cret@db.example/x", "db.example:5432"),
        ("ARREARS_DATABASE_URL", "postgresql://me:secret@db.example:6543/x", "db.example:6543"),
        ("ARREARS_SMTP_URL", "smtp://mail.example", "mail.example:25"),
        ("ARREARS_SMTP_URL", "smtps://me:secret@mail.example", "mail.example:465"),
    ],
)
def test_a_server_of_your_own_is_taken_and_its_password_not_shown(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, address: str
) -> None:
    monkeypatch.setenv(variable, value)
    server = VARIABLES[variable]()
    assert server is not None
    assert (server.variable, server.url, server.address) == (variable, value, address)


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_the_stack_starts_its_own(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None
) -> None:
    monkeypatch.delenv(variable, raising=False)
    if value is not None:
        monkeypatch.setenv(variable, value)
    assert VARIABLES[variable]() is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ARREARS_DATABASE_URL", "my database"),
        ("ARREARS_DATABASE_URL", "postgresql://db.example:port/x"),
        ("ARREARS_SMTP_URL", "mail.example:25"),
    ],
)
def test_an_address_that_is_none_is_refused_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(StackError, match=f"{variable} is no address"):
        VARIABLES[variable]()


@pytest.mark.parametrize(
    ("version", "words"),
    [((3, 11, 0), ""), ((3, 13, 1), ""), ((3, 10, 13), "3.11 or newer.*3.10.13")],
)
def test_an_old_python_is_refused_in_plain_words(version: tuple[int, ...], words: str) -> None:
    problem = why_not_usable(version)
    if words:
        with pytest.raises(StackError, match=words):
            raise StackError(problem)
    else:
        assert problem == ""
