"""What is known of a customer."""

import re
from datetime import date
from typing import Annotated, Final

from msgspec import Meta, Struct

from shared.contracts.fields import (
    Identifier,
    Inbound,
    Line,
    Version,
    check_day,
    says_something,
)
from shared.errors import RejectedError

#: BCP 47, the underscore of POSIX in the place of a hyphen too.
_LOCALE: Final = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")
#: A customer with more contacts than this is refused.
CONTACTS_MAX: Final = 100

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}(?!\n)$", description="ISO 3166.")]
Email = Annotated[str, Meta(max_length=254, description="One mailbox, as in ap@example.com.")]


class Contact(Struct, kw_only=True, frozen=True):
    """A person at the customer's."""

    name: Line | None = None
    email: Email | None = None
    role: Line | None = None


class CustomerUpdated(Inbound, kw_only=True, frozen=True):
    """The customer as it is now; the highest `version` wins whatever the order of arrival."""

    version: Version
    name: Line
    email: Email | None = None
    contacts: list[Contact] | None = None
    locale: Annotated[str, Meta(max_length=35, description="BCP 47, as in zh-CN.")] | None = None
    country: Country | None = None
    group_id: Identifier | None = None
    segment: Identifier | None = None
    grade: Identifier | None = None

    def check(self) -> None:
        """Refuse a name that says nothing, a locale that is none, an address no mail can go to."""
        if not says_something(self.name):
            message = "data.name: it is blank; letters and tasks go by it, give the customer's name"
            raise RejectedError(message, code="invalid_value", field="data.name")
        if self.locale is not None and not _LOCALE.fullmatch(self.locale):
            message = f"data.locale: {self.locale!r} is no BCP 47 tag; write it as in zh-CN"
            raise RejectedError(message, code="invalid_value", field="data.locale")
        if len(self.contacts or ()) > CONTACTS_MAX:
            message = (
                f"data.contacts: {len(self.contacts or ())} contacts are more than {CONTACTS_MAX}; "
                "leave out who needs no letters"
            )
            raise RejectedError(message, code="too_many_contacts", field="data.contacts")
        addresses = [("data.email", self.email)] + [
            (f"data.contacts[{number}].email", contact.email)
            for number, contact in enumerate(self.contacts or [])
        ]
        for field, address in addresses:
            if address is not None and not is_mailbox(address):
                message = f"{field}: {address!r} is no e-mail address; write one as name@host"
                raise RejectedError(message, code="bad_email", field=field)


class CustomerInsolvent(Inbound, kw_only=True, frozen=True):
    """Insolvency proceedings were filed over the customer's estate."""

    day_member = "filed_on"

    filed_on: date
    jurisdiction: Line | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.filed_on, "data.filed_on")


def is_mailbox(address: str) -> bool:
    """Whether the text can be one SMTP recipient: one `@`, no spaces, brackets, line ends."""
    local, at, host = address.rpartition("@")
    forbidden = set(' <>(),;:\\"[]@')
    return (
        bool(at and local and host)
        and address.isprintable()
        and not (set(local) | set(host)) & forbidden
    )
