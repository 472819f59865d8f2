"""The clocks of a trade-credit cover: days the insurer's own terms set, which nothing moves.

They run in plain calendar days from the original due date or the invoice's own date. A weekend, a
holiday, a dispute, a promise or an extension moves none of them: "the originally agreed due date
remains the date used for the application of the policy terms" (Atradius glossary, "postponement
of payment").
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from services.monitor.domain.insurance.cover import Cover, terms_for
from services.monitor.domain.invoice.item import Raised
from shared.contracts.cover import CoverUpdated


@dataclass(frozen=True, slots=True)
class Clocks:
    """The days an insured item runs into while it stays open."""

    #: The last day to send the insurer the overdue notice.
    notify_by: date
    #: The first day on which a claim may be made, unless insolvency comes before.
    eligible_on: date
    #: The last day of the maximum extension period: open beyond it, new deliveries are not covered.
    mep_on: date


@dataclass(frozen=True, slots=True)
class Insurance:
    """The terms that insure an item, and the days they set for it."""

    terms: CoverUpdated
    clocks: Clocks

    def past_mep(self, today: date) -> str | None:
        """Return the policy's number when the item is open beyond its extension period."""
        return self.terms.policy_no if today > self.clocks.mep_on else None


class Insurable(Protocol):
    """What terms and clocks go by: an item, or what it weighs on a limit."""

    @property
    def currency(self) -> str:
        """The only currency that its cover may be in."""

    @property
    def issued_on(self) -> date:
        """The invoice's own date."""

    @property
    def original_due_on(self) -> date:
        """The due date of the invoice as issued."""


def insurance_of(one: Insurable, covers: Collection[Cover]) -> Insurance | None:
    """Return what insures an item, by the terms in force on its invoice's date; None if nothing."""
    terms = terms_for(one.currency, one.issued_on, covers) if covers else None
    if terms is None:
        return None
    clocks = clocks_of(terms, original_due_on=one.original_due_on, issued_on=one.issued_on)
    return Insurance(terms, clocks)


def keeps_its_days(raised: Raised, item: Insurable, covers: Collection[Cover]) -> bool:
    """Say whether a raised level goes by the insurer's days, which no later agreement moves.

    A cover that became known after the raise counts as well.
    """
    return raised.insured or (raised.is_insurers and insurance_of(item, covers) is not None)


def clocks_of(terms: CoverUpdated, *, original_due_on: date, issued_on: date) -> Clocks:
    """Return the clocks of an item under a cover's terms.

    Notice: a number of days "after original due date" (Allianz Trade, policy schedule, section 9 of
    the general terms). Waiting period: from the due date, "after the expiry of which a claim may be
    submitted" (catalogue of terms of the credit insurers' association ICISA). Maximum extension
    period: from the original due date (Atradius, "deferred payment") or from the invoice date
    (Prisma glossary, "maximum extension period"), as the cover's `mep_from` says.
    """
    mep_from = original_due_on if terms.mep_from == "due" else issued_on
    return Clocks(
        notify_by=original_due_on + timedelta(days=terms.notice_days),
        eligible_on=original_due_on + timedelta(days=terms.waiting_days),
        mep_on=mep_from + timedelta(days=terms.mep_days),
    )
