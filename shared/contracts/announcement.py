"""What the monitor says of whole accounts on `receivables.escalations`."""

import uuid
from datetime import date, datetime
from typing import Final, Literal

from msgspec import Struct

from shared.contracts.fields import Amount, CurrencyCode

PROMISE_KEPT: Final = "promise.kept.v1"
PROMISE_BROKEN: Final = "promise.broken.v1"
PROMISE_ANNULLED: Final = "promise.annulled.v1"
COVER_STOPPED: Final = "cover.stopped.v1"
COVER_RESUMED: Final = "cover.resumed.v1"

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "announcements.arrears")


def announcement_id(account_id: str, event_type: str, cause: str) -> uuid.UUID:
    """Name one word about an account; `cause` tells apart those that can recur."""
    return uuid.uuid5(_NAMESPACE, f"{account_id}\x1f{event_type}\x1f{cause}")


class Announcement(Struct, kw_only=True, frozen=True):
    """What every word about an account carries."""

    event_id: uuid.UUID
    type: str
    account_id: str
    creditor_id: str
    customer_id: str
    #: The creditor's day on which it was said.
    said_on: date
    time: datetime
    #: A sentence for people.
    why: str


class PromiseOutcome(Announcement, kw_only=True, frozen=True):
    """A promise to pay was kept, or broken: its day is over and not all of it was paid.

    The last word on a promise counts: a payment that bounces or is told late corrects it.
    """

    promise_id: str
    promised_on: date
    status: Literal["kept", "partially_kept", "broken"]
    paid: Amount | None = None
    promised: Amount | None = None
    currency: CurrencyCode | None = None
    #: How many promises of the account were broken so far, this one included.
    broken_promises: int = 0


class PromiseAnnulment(Announcement, kw_only=True, frozen=True):
    """What was said of a promise's end does not stand, and it has no other yet.

    It was withdrawn in its time, or its day is not over and what had kept it early is gone.
    """

    promise_id: str
    promised_on: date
    status: Literal["withdrawn", "open"]
    #: How many promises of the account were broken so far, without this one.
    broken_promises: int = 0


class CoverStanding(Announcement, kw_only=True, frozen=True):
    """Cover for new deliveries has stopped, or is there again.

    It stops by the oldest insured open item, or by insolvency; it is there again when neither stops
    it and its terms are in force.
    """

    policy_no: str
    insurer: str
    #: The day the maximum extension period of the oldest insured item ended; of stops by it only.
    mep_on: date | None = None


class DefaultStanding(Announcement, kw_only=True, frozen=True):
    """Other accounts of the customer's group are in default, or no longer are.

    The account that it is said of need not be: it is warned of the `causes`, which name others.
    """

    group_id: str
    causes: list[str]
