"""What comes in from outside: records, settings, mail server addresses."""

import uuid
from typing import Any

import msgspec
import pytest
from pydantic import SecretStr, ValidationError

from services.notifier.adapters.kafka import decode
from services.notifier.adapters.smtp import MailServer, parse_url
from services.notifier.main import build
from services.notifier.settings import NotifierSettings
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED, UPDATED, Recipient
from shared.runtime.settings import SettingsError


def wire(event: Any) -> bytes:
    return msgspec.json.encode({"specversion": "1.0", "type": event.type, "data": event})


@pytest.mark.parametrize("event_type", [RAISED, UPDATED, HELD, RESUMED, LIFTED])
def test_a_word_on_an_escalation_is_read_as_it_was_written(event: Any, event_type: str) -> None:
    assert decode(wire(event(type=event_type))) == event(type=event_type)


@pytest.mark.parametrize("name", ["broken", "kept", "stopped", "resumed", "defaulted", "cured"])
def test_a_word_on_an_account_is_read_as_it_was_written(word: Any, name: str) -> None:
    assert decode(wire(word(name))) == word(name)


def test_a_type_of_tomorrow_is_no_event_of_today() -> None:
    assert decode(b'{"type":"escalation.sung.v1","data":{"new":1}}') is None


@pytest.mark.parametrize(
    "value", [None, b"", b"\xff\x00", b"[]", b"{}", b'{"type":"escalation.raised.v1","data":{}}']
)
def test_what_is_no_event_raises_what_the_loop_passes_over(value: bytes | None) -> None:
    with pytest.raises((msgspec.DecodeError, TypeError)):
        decode(value)


@pytest.mark.parametrize(
    ("name", "read"),
    [("a\x00b", "a\ufffdb"), ("a\\u0000b", "a\\u0000b"), ("\\\x00\x00", "\\\ufffd\ufffd")],
)
def test_a_nul_that_no_database_holds_is_replaced(event: Any, name: str, read: str) -> None:
    decoded = decode(wire(event(recipient=Recipient(name=name))))
    assert decoded is not None
    assert decoded.recipient == Recipient(name=read)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail:2525", ("mail", 2525, False, None, None)),
        ("smtp://mail", ("mail", 25, False, None, None)),
        ("smtps://mail", ("mail", 465, True, None, None)),
        ("smtps://us%40er:p%2Fw@mail:99", ("mail", 99, True, "us@er", "p/w")),
    ],
)
def test_a_mail_servers_address_is_read(url: str, expected: Any) -> None:
    host, port, tls, username, password = expected
    assert parse_url(url) == MailServer(
        host=host, port=port, tls=tls, username=username, password=password
    )


def settings(**changes: Any) -> NotifierSettings:
    return NotifierSettings(
        kafka_bootstrap_servers="localhost:9092",
        database_url=SecretStr("postgresql://localhost/x"),
        **{
            "api_token": SecretStr(uuid.UUID(int=0).hex),
            "smtp_url": SecretStr("smtp://mail"),
            **changes,
        },
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("smtp_url", SecretStr("http://mail")),
        ("smtp_url", SecretStr("smtp://user:secret@")),
        ("smtp_url", SecretStr("smtp://mail:port")),
        ("letter_from", "nobody"),
        ("letter_from", "A <a@b>\r\nBcc: c@d"),
        ("time_zone", "Mars/Olympus"),
        ("letters_per_customer_per_day", 0),
        ("monitor_url", "ftp://monitor"),
    ],
)
def test_settings_that_cannot_work_are_refused_without_telling_secrets(
    name: str, value: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**{name: value})
    assert name in str(refused.value)
    assert "secret@" not in str(refused.value)


def test_a_token_that_can_be_guessed_is_refused_before_anything_is_built() -> None:
    with pytest.raises(SettingsError):
        build(settings(api_token=SecretStr("short")))


def test_the_settings_decide_the_days_of_tasks() -> None:
    assert settings(legal_task_days=3).rules.due_days["legal"] == 3
