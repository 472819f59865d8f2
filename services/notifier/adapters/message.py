"""Composes a letter as a message of RFC 5322, in a plain and an HTML form (RFC 2046, section 5.1).

The standard library's `EmailMessage` parses and folds every header anew in each message, which took
longer than all else about a letter. Here its policy folds each value, and what most letters have in
common is remembered; its older classes, which do neither, make the body.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from datetime import datetime
from email.charset import BASE64, QP, Charset
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, compat32
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from services.notifier.domain.work import Letter
from services.notifier.handlers.ports import Content

#: Seven bits only, so that every server takes it.
POLICY: Final = SMTP.clone(cte_type="7bit")
#: Of the body, which the older classes write.
LINES: Final = compat32.clone(linesep="\r\n")
#: More than one letter has, so that what all have in common stays.
HEADERS_REMEMBERED: Final = 64
LINE_LENGTH_MAX: Final = 78
#: Of plain atoms (RFC 5322, section 3.2.3): an address or Message-ID that is folded to itself.
PLAIN: Final = re.compile(r"<?[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)*>?", re.ASCII)


def compose(sender: str, letter: Letter, content: Content, dated: datetime) -> bytes:
    """Return the letter as a message; a line end in a header is refused by `ValueError`."""
    body = MIMEMultipart(
        "alternative",
        f"==============={letter.letter_id.int % 10**19:019}==",
        [_part(content.plain, "plain"), _part(content.html, "html")],
    )
    return b"".join(
        (
            _folded("From", sender),
            _unfolded("To", letter.recipient_email or ""),
            _folded("Subject", content.subject),
            _folded("Date", format_datetime(dated)),
            _unfolded("Message-ID", content.message_id),
            # Keeps holiday replies away; RFC 3834, section 5.
            _folded("Auto-Submitted", "auto-generated"),
            _folded("Content-Language", letter.locale),
            # Its own headers say of what type it is.
            body.as_bytes(policy=LINES),
        )
    )


def _unfolded(name: str, value: str) -> bytes:
    """Return a header that no other letter has; most need no folding."""
    line = f"{name}: {value}"
    if len(line) <= LINE_LENGTH_MAX and PLAIN.fullmatch(value):
        return f"{line}\r\n".encode()
    return _folded(name, value)


@lru_cache(HEADERS_REMEMBERED)
def _folded(name: str, value: str) -> bytes:
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


def _part(text: str, subtype: str) -> MIMEText:
    """Return one form of the letter, in the encoding that makes it shorter."""
    lines = b"\r\n".join((*(text.encode().splitlines() or [b""]), b""))
    charset = Charset("utf-8")
    charset.body_encoding = BASE64 if len(encodebytes(lines)) < len(b2a_qp(lines)) else QP
    return MIMEText(lines.decode(), subtype, charset)  # type: ignore[arg-type]  # it takes both
