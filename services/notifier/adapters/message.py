"""Composes a letter as a message of RFC 5322, in a plain and an HTML form (RFC 2046, section 5.1).

The standard library's `EmailMessage` parses and folds every header anew in each message, which took
longer than all else about a letter. Here its policy folds each value, and what most letters have in
common is remembered. Three things are otherwise than `EmailMessage` has them: no line of
quoted-printable has more than the 76 characters that RFC 2045, section 6.7, allows; the shorter of
both encodings is found by the whole text, not by ten lines; MIME-Version stands at the top alone.
"""

import base64
import binascii
import re
from datetime import datetime
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache
from typing import Final

from services.notifier.domain.work import Letter
from services.notifier.handlers.ports import Content

#: Seven bits only, so that every server takes it.
POLICY: Final = SMTP.clone(cte_type="7bit")
#: More than one letter has, so that what all have in common stays.
HEADERS_REMEMBERED: Final = 64
LINE_LENGTH_MAX: Final = 78
#: Of plain atoms (RFC 5322, section 3.2.3): an address or Message-ID that is folded to itself.
PLAIN: Final = re.compile(r"<?[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)*>?", re.ASCII)


def compose(sender: str, letter: Letter, content: Content, dated: datetime) -> bytes:
    """Return the letter as a message; a line end in a header is refused by `ValueError`."""
    boundary = f"==============={letter.letter_id.int % 10**19:019}=="
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
            _folded("MIME-Version", "1.0"),
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n'.encode(),
            f"\r\n--{boundary}\r\n".encode(),
            _part(content.plain, "plain"),
            f"\r\n--{boundary}\r\n".encode(),
            _part(content.html, "html"),
            f"\r\n--{boundary}--\r\n".encode(),
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


def _part(text: str, subtype: str) -> bytes:
    """Return one form of the letter with its headers, encoded as makes it shortest."""
    data = b"\n".join(text.encode().splitlines()) + b"\n"
    encoding = "quoted-printable"
    encoded = binascii.b2a_qp(data, istext=True)
    in_base64 = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    if len(in_base64) < len(encoded):
        encoding, encoded = "base64", in_base64
    headers = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return headers.encode() + encoded.replace(b"\n", b"\r\n")
