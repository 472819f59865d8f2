"""The mails on the disk, one `.eml` file each, and what is read out of them."""

import functools
import os
import re
import secrets
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from pathlib import Path

import msgspec

#: When the mail came (UTC, microseconds), and a random end: ids sort by time.
ID_PATTERN = re.compile(r"\d{8}T\d{6}\.\d{6}Z-[0-9a-f]{8}")
ID_TIME_FORMAT = "%Y%m%dT%H%M%S.%fZ"
READ_MAILS_KEPT_MAX = 2_000


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One mail, as the page and the machine see it."""

    id: str
    #: When the mailbox took it, UTC.
    received_at: datetime
    #: The addresses of the SMTP dialogue; what the headers claim may differ.
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    headers: tuple[tuple[str, str], ...]
    text: str | None
    html: str | None
    attachments: tuple[str, ...]


class MailStore:
    """A folder of mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._read = functools.lru_cache(maxsize=READ_MAILS_KEPT_MAX)(self._parse)

    def keep(self, content: bytes, *, sender: str, recipients: tuple[str, ...]) -> str:
        """Put the mail on the disk, whole or not at all, and return its id."""
        now = datetime.now(UTC)
        mail_id = f"{now.strftime(ID_TIME_FORMAT)}-{secrets.token_hex(4)}"
        envelope = (
            f"Return-Path: <{sender}>\r\n"
            + "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
            + f"X-Received-At: {format_datetime(now)}\r\n"
        )
        fresh = self._folder / f".{mail_id}.new"
        with fresh.open("xb") as file:
            file.write(envelope.encode() + content)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(self._file(mail_id))
        return mail_id

    def ids(self) -> list[str]:
        """Return the ids of all mails, newest first."""
        names = (file.stem for file in self._folder.glob("*.eml"))
        return sorted((name for name in names if ID_PATTERN.fullmatch(name)), reverse=True)

    def mail(self, mail_id: str) -> Mail | None:
        """Return the mail, or None when there is none of that id."""
        return self._read(mail_id) if self.raw_file(mail_id) else None

    def raw_file(self, mail_id: str) -> Path | None:
        """Return the mail's file, or None when there is none of that id."""
        if not ID_PATTERN.fullmatch(mail_id):  # which keeps every other path out
            return None
        file = self._file(mail_id)
        return file if file.is_file() else None

    def _file(self, mail_id: str) -> Path:
        return self._folder / f"{mail_id}.eml"

    def _parse(self, mail_id: str) -> Mail:
        with self._file(mail_id).open("rb") as file:
            message = BytesParser(EmailMessage, policy=policy.default).parse(file)
        headers = tuple((name, str(value)) for name, value in message.items())
        return Mail(
            id=mail_id,
            received_at=datetime.strptime(mail_id[:23], ID_TIME_FORMAT).replace(tzinfo=UTC),
            sender=_first(headers, "return-path").strip("<>"),
            recipients=tuple(value for name, value in headers if name == "Delivered-To"),
            subject=_first(headers, "subject"),
            message_id=_first(headers, "message-id"),
            headers=headers,
            text=_body(message, "plain"),
            html=_body(message, "html"),
            attachments=tuple(
                part.get_filename() or part.get_content_type()
                for part in message.iter_attachments()
            ),
        )


def _first(headers: tuple[tuple[str, str], ...], wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _body(message: EmailMessage, kind: str) -> str | None:
    """Return the mail's plain or HTML part as text; an unknown charset is read as UTF-8."""
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    try:
        return payload.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return payload.decode("utf-8", errors="replace")
