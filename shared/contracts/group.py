"""What the monitor tells itself through the ledger, so that accounts of one group hear of defaults.

A group is an actor of its own on the ledger: its key is `:<group_id>`, which no account can have,
since no creditor's id is empty. Only the monitor writes these; ingest refuses them at the door.
"""

from datetime import date
from typing import Annotated, Final

from msgspec import Meta

from shared.contracts.fields import Identifier, Inbound

MEMBER_CHANGED: Final = "group.member_changed.v1"
DEFAULTED: Final = "account.defaulted.v1"
CURED: Final = "account.cured.v1"

Turn = Annotated[int, Meta(ge=1, description="Counts the sender's words; a higher one is newer.")]


def group_key(group_id: str) -> str:
    """Return the ledger key of a group."""
    return f":{group_id}"


class MemberChanged(Inbound, kw_only=True, frozen=True):
    """An account tells a group whether it belongs to it, and whether it is in default."""

    group_id: Identifier
    turn: Turn
    member: bool
    defaulted: bool
    #: The day, in the account's creditor's zone, on which this came to be.
    changed_on: date
    because: str | None = None


class AccountDefaulted(Inbound, kw_only=True, frozen=True):
    """A group tells a member that others of it are in default."""

    group_id: Identifier
    turn: Turn
    defaulted_on: date
    #: Accounts in default, and why each is; a few of them where there are many.
    causes: list[str]


class AccountCured(Inbound, kw_only=True, frozen=True):
    """A group tells a member that no other one is in default any more."""

    group_id: Identifier
    turn: Turn
