"""A letter as a message: what a mail program reads of it, and how it is written."""

import email.policy
import uuid
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.adapters.message import compose
from services.notifier.adapters.writing import LetterWriter
from services.notifier.domain.work import Letter, LetterStatus
from services.notifier.handlers.ports import Content

SENDER = "Accounts Receivable <receivables@arrears.example>"
DATED = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)
POLICY = email.policy.SMTP.clone(cte_type="7bit")
CONTENT = Content(
    subject="Payment reminder", plain="Dear,\n", html="<p>Dear</p>\n", message_id="<m@x.example>"
)
CHINESE = "付款提醒\uff1a发票 INV-1 \u2013 灯塔贸易有限公司"
#: What is changed of the content, whom it goes to.
CASES = [
    pytest.param({}, "ap@aster.example", id="plain"),
    pytest.param({"subject": CHINESE}, "ap@aster.example", id="a Chinese subject"),
    pytest.param({"subject": CHINESE * 8}, "ap@aster.example", id="a long Chinese subject"),
    pytest.param({"subject": "Payment " * 40}, "ap@aster.example", id="a long subject"),
    pytest.param({"subject": "x" * 200}, "ap@aster.example", id="a subject without a space"),
    pytest.param({"subject": "=?utf-8?q?no?= \u2013"}, "ap@aster.example", id="an encoded look"),
    pytest.param({"message_id": f"<{'m' * 90}@x.example>"}, "ap@aster.example", id="a long id"),
    pytest.param({}, f"{'a' * 64}@{'b' * 60}.example", id="a long address"),
    pytest.param({}, "a..b@aster.example", id="an address with two dots"),
    pytest.param({}, "o'neill/ar@aster.example", id="an address of other marks"),
    pytest.param({}, "客户@例子.example", id="an address outside ASCII"),
    pytest.param({"plain": CHINESE * 40 + "\n"}, "ap@aster.example", id="a Chinese text"),
    pytest.param({"plain": "x" * 900}, "ap@aster.example", id="a line that is too long"),
    pytest.param({"plain": ".\n..\n.dot\nFrom me \n\t\n"}, "ap@aster.example", id="odd lines"),
    pytest.param({"plain": ""}, "ap@aster.example", id="no text"),
    pytest.param({"html": "<a href='a=b'>\u00a0\r\n\u2028\r</a>"}, "ap@aster.example", id="ends"),
]


def by_the_library(letter: Any, content: Content) -> EmailMessage:
    """Return the letter as the standard library composes it."""
    message = EmailMessage(policy=POLICY)
    message["From"] = SENDER
    message["To"] = letter.recipient_email
    message["Subject"] = content.subject
    message["Date"] = format_datetime(DATED)
    message["Message-ID"] = content.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(content.plain)
    message.add_alternative(content.html, subtype="html")
    message["Content-Language"] = letter.locale
    return message


def address_of(email: str) -> Letter:
    return Letter(
        letter_id=uuid.UUID(int=2),
        account_id="default:C-1",
        creditor_id="default",
        level="dunning",
        status=LetterStatus.PLANNED,
        recipient_name=None,
        recipient_email=email,
        locale="en",
        planned_on=DATED.date(),
        planned_at=DATED,
    )


def content(**changes: str) -> Content:
    return Content(
        **{name: changes.get(name, getattr(CONTENT, name)) for name in Content.__slots__}
    )


def headers_of(message: bytes) -> set[str]:
    """Return a message's headers as they are written, folds and all; without its boundary."""
    head = message.decode("ascii").partition("\r\n\r\n")[0].replace("\r\n ", "\n ")
    return {line for line in head.split("\r\n") if not line.startswith("Content-Type")}


def read(message: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Return the type of a message, and type and text of each of its parts."""
    parsed = message_from_bytes(message, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    parts = [(part.get_content_type(), part.get_content()) for part in parsed.iter_parts()]
    return parsed.get_content_type(), parts


@pytest.mark.parametrize(("changes", "address"), CASES)
def test_a_letter_reads_as_the_standard_library_would_have_written_it(
    letter: Any, changes: dict[str, str], address: str
) -> None:
    to, what = letter(recipient_email=address), content(**changes)
    own, librarys = (
        compose(SENDER, to, what, DATED),
        by_the_library(to, what).as_bytes(policy=POLICY),
    )
    assert headers_of(own) == headers_of(librarys)
    assert read(own) == read(librarys)


@pytest.mark.parametrize(("changes", "address"), CASES)
def test_a_letter_is_seven_bits_in_short_lines(
    letter: Any, changes: dict[str, str], address: str
) -> None:
    message = compose(SENDER, letter(recipient_email=address), content(**changes), DATED)
    assert message.isascii()
    lines = message.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(mark in line for line in lines for mark in (b"\r", b"\n"))


MARKS = st.text(alphabet="aZ9.-_+'<>\"(@ é客\n", max_size=70)


@given(local=MARKS, host=MARKS)
def test_any_address_is_written_as_the_standard_library_writes_it(local: str, host: str) -> None:
    to = address_of(f"{local}@{host}")
    try:
        librarys = headers_of(by_the_library(to, CONTENT).as_bytes(policy=POLICY))
    except Exception as error:  # noqa: BLE001 - whatever it refuses is refused
        with pytest.raises(type(error)):
            compose(SENDER, to, CONTENT, DATED)
    else:
        assert headers_of(compose(SENDER, to, CONTENT, DATED)) == librarys


@pytest.mark.parametrize("text", ["a\nBcc: all@x.example", "a\r\nBcc: all@x.example", "a\rb"])
def test_a_line_end_in_a_header_is_refused(letter: Any, text: str) -> None:
    for to, what in (
        (letter(recipient_email=text), CONTENT),
        (letter(), content(subject=text)),
        (letter(), content(message_id=text)),
    ):
        with pytest.raises(ValueError, match="linefeed or carriage return"):
            compose(SENDER, to, what, DATED)


def test_a_letters_message_is_the_same_at_every_attempt(letter: Any) -> None:
    first, again = (compose(SENDER, letter(), CONTENT, DATED) for _ in range(2))
    assert first == again


@pytest.mark.parametrize(
    ("locale", "encodings"),
    [("en", ["quoted-printable"] * 2), ("zh-CN", ["base64", "quoted-printable"])],
)
def test_each_form_is_written_in_the_shorter_encoding(
    letter: Any, escalation: Any, locale: str, encodings: list[str]
) -> None:
    writer = LetterWriter(company="Beacon", sender=SENDER)
    to = letter(locale=locale)
    message = compose(SENDER, to, writer.write(to, [escalation()], date(2026, 2, 15)), DATED)
    parts = message_from_bytes(message, policy=email.policy.default).iter_parts()
    assert [part["Content-Transfer-Encoding"] for part in parts] == encodings
