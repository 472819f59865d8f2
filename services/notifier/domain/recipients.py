"""Whom a letter can reach, in which language, and how an address is shown to others."""

import re
from dataclasses import replace
from typing import Final

from services.notifier.domain.work import Letter
from shared.contracts.customer import is_mailbox
from shared.contracts.escalation import Recipient

ENGLISH: Final = "en"
CHINESE: Final = "zh-CN"
#: The reason of a planned letter whose customer has told no address yet.
WAITS_FOR_ADDRESS: Final = "waits for an e-mail address"
#: RFC 5321, section 4.5.3.1.3, leaves 254 octets between the angle brackets of a path.
ADDRESS_OCTETS_MAX: Final = 254


def negotiate(locale: str | None) -> str:
    """Return the language that letters are written in for a BCP 47 tag; English when unsure."""
    primary = (locale or "").replace("_", "-").partition("-")[0].lower()
    return CHINESE if primary == "zh" else ENGLISH


def why_unreachable(email: str | None) -> str | None:
    """Return why no letter can go to an address, or None when one can."""
    if not email:
        return "no e-mail address"
    if not is_mailbox(email) or not email.isprintable():
        return "the e-mail address is not usable"
    if len(email.encode()) > ADDRESS_OCTETS_MAX:
        return "the e-mail address is too long"
    return None


def readdressed(letter: Letter, recipient: Recipient | None) -> Letter:
    """Return the letter with the newest address; a word that knows no usable one changes none."""
    if recipient is None or why_unreachable(recipient.email) is not None:
        return letter
    return replace(
        letter,
        recipient_name=recipient.name,
        recipient_email=recipient.email,
        locale=negotiate(recipient.locale),
        reason=None if letter.reason == WAITS_FOR_ADDRESS else letter.reason,
    )


def masked(email: str | None) -> str | None:
    """Show an address as `a…@example.com`."""
    if not email:
        return None
    local, _, host = email.rpartition("@")
    return f"{local[:1]}…@{host}"


def without(text: str, email: str | None) -> str:
    """Return a text, such as a mail server's reply, with the address masked wherever it stands."""
    if not email:
        return text
    return re.sub(re.escape(email), masked(email) or "", text, flags=re.IGNORECASE)
