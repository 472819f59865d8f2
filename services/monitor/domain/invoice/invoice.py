"""An invoice as its facts tell it, in whatever order they came.

That order does not matter is Arrears' own rule (decision 3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from msgspec import Struct

from services.monitor.domain.invoice.dispute import ACCEPTED, Dispute, shares
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.invoice.terms import (
    Amendment,
    Extension,
    Part,
    agreed_by,
    amended_by,
    read_parts,
    terms_of,
)
from services.monitor.domain.invoice.write_off import WriteOff
from services.monitor.domain.ledger.funds import FundsKey, FundsKind

#: The instalment that stands for the interest on an invoice in matches and clearing records.
INTEREST: Final = 0


class NamedFunds(Struct, frozen=True):
    """Funds that name this invoice: how much of them may be matched here, in minor units."""

    kind: FundsKind
    funds_id: str
    currency: str
    #: The day from which it counts here: its value date, or the day it was moved.
    value_on: date
    #: Place among the funds' allocations; one payment may name an invoice more than once.
    position: int
    amount: int
    #: None: the first instalments first (a credit note: the last); `INTEREST`: the interest.
    instalment: int | None = None
    #: The day on which it was told, where that is an earlier one.
    told_on: date | None = None

    @property
    def key(self) -> FundsKey:
        """Name the funds within the account."""
        return self.kind, self.funds_id


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A part of funds that named this invoice until it was reversed."""

    funds: NamedFunds
    #: The day of the reversal, whatever its reason: before it, the money was there.
    until: date


class Match(Struct, frozen=True):
    """Minor units of some funds that have met one instalment."""

    kind: FundsKind
    funds_id: str
    instalment: int
    amount: int
    #: Whether an allocation named the item; else the creditor's clearing rule matched it.
    named: bool


@dataclass(frozen=True, slots=True)
class RuleStep:
    """Minor units that the clearing rule matched on a day, or, below zero, that left again."""

    kind: FundsKind
    funds_id: str
    instalment: int
    amount: int
    on: date
    #: The day of its clearing record; None where it was stored without.
    recorded_on: date | None = None
    #: Of money told ahead, the day from which it counts for write-offs that are told later.
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class LossStep:
    """Minor units of an instalment given up on a day, or, below zero, recovered or owed again."""

    instalment: int
    amount: int
    on: date


@dataclass(frozen=True, slots=True)
class Waiver:
    """Interest given up: a decimal amount, or (None) all that had grown by the day."""

    on: date
    amount: str | None


@dataclass(slots=True)
class Invoice:
    """What is known of an invoice."""

    invoice_id: str
    #: None until `invoice.issued` has come: until then nothing of it is owed.
    currency: str | None = None
    issued_on: date | None = None
    parts: list[Part] = field(default_factory=list)
    amendment: Amendment | None = None
    #: The latest agreement on more time.
    extension: Extension | None = None
    #: Lower versions and older agreements, in order: they stood on a day before.
    amended_before: list[Amendment] = field(default_factory=list)
    extended_before: list[Extension] = field(default_factory=list)
    cancelled_on: date | None = None
    #: By the name of their events.
    write_offs: dict[str, WriteOff] = field(default_factory=dict)
    disputes: dict[str, Dispute] = field(default_factory=dict)
    #: The contract's own terms of interest, as they came.
    interest: dict[str, Any] | None = None
    waivers: dict[str, Waiver] = field(default_factory=dict)
    named: list[NamedFunds] = field(default_factory=list)
    #: In the order of funds, places and days.
    withdrawn: list[Withdrawn] = field(default_factory=list)
    #: Every match that stands: those of the clearing rule in the order they were made, then named.
    matches: list[Match] = field(default_factory=list)
    #: How the matches of the clearing rule came to be, in the order of the ledger.
    rule_steps: list[RuleStep] = field(default_factory=list)
    #: What was given up, by day and instalment.
    losses: list[LossStep] = field(default_factory=list)
    #: By the name of its event, what a write-off or its reversal asked for beyond what there was,
    #: in minor units; 0 for a reversal of all where nothing was given up.
    losses_beyond: dict[str, int] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    #: The cycle a new item begins with: after every cycle of items that amendments have removed,
    #: since an escalation's id must not come twice when an instalment is there again.
    first_cycle: int = 1
    #: The `turns` it begins with: cycles of removed items that decisions have ended, and no event.
    first_turns: int = 0
    #: Sentences about events that contradicted what was known, for a person to look at.
    contradictions: list[str] = field(default_factory=list)

    def funds_keys(self) -> set[FundsKey]:
        """Return the funds that name this invoice or are matched with it."""
        named = {one.key for one in self.named}
        matched = {(one.kind, one.funds_id) for one in self.matches}
        return named | matched | {(one.kind, one.funds_id) for one in self.rule_steps}

    def payments(self) -> set[FundsKey]:
        """Return the payments that name this invoice."""
        return {one.key for one in self.named if one.kind is FundsKind.PAYMENT}

    def versions(self) -> list[Amendment]:
        """Return every version that has come, the lowest first."""
        return self.amended_before + ([] if self.amendment is None else [self.amendment])

    def agreements(self) -> list[Extension]:
        """Return every agreement on more time that has come, the oldest first."""
        return self.extended_before + ([] if self.extension is None else [self.extension])

    def days(self) -> set[date]:
        """Return every day on which what is open may have changed, but for write-offs."""
        days = {one.value_on for one in self.named}
        for one in self.withdrawn:
            days |= {one.funds.value_on, one.until}
        days |= {one.on for one in self.rule_steps}
        days |= {one.amended_on for one in self.versions() if one.amended_on is not None}
        days |= {one.agreed_on for one in self.agreements()}
        return days if self.cancelled_on is None else {*days, self.cancelled_on}

    def rule_meets_on(self, on: date) -> date:
        """Return the day from which a match that the clearing rule makes now counts in write-offs.

        It takes what is open by all that is known, so it comes after all of it: a write-off that is
        known is not made smaller, or what the match has cleared would be open once more.
        """
        if not self.write_offs:
            return on
        # One of before the invoice's own date counts from that date on.
        begins_on = self.issued_on or date.min
        after = (max(one.on, begins_on) + timedelta(1) for one in self.write_offs.values())
        return max(on, *self.days(), *after)

    def terms(self, on: date = date.max) -> list[Part]:
        """Return what is due when by what was said up to a day, that day included.

        Nothing before issue has come. A cancelled invoice keeps its dates and owes nothing.
        """
        if self.currency is None:
            return []
        parts = self.parts
        if self.amendment is not None or self.extension is not None:
            versions, agreements = amended_by(self.versions(), on), agreed_by(self.agreements(), on)
            parts = terms_of(parts, versions, agreements, self.currency)
        if self.cancelled_on is not None and self.cancelled_on <= on:
            return [Part(part.due_on, 0) for part in parts]
        return parts

    def insured_due_on(self, instalment: int) -> date:
        """Return the due date that an insurer goes by: as issued, whatever was agreed since.

        Or earlier, where the version in force says that it was due before. A part that a version
        has added was due, as issued, with the last one.
        """
        assert self.currency is not None
        issued_on = self.parts[min(instalment, len(self.parts)) - 1].due_on
        if self.amendment is None:
            return issued_on
        corrected = terms_of(self.parts, self.versions(), (), self.currency)
        if len(corrected) < instalment:
            return issued_on
        return min(issued_on, corrected[instalment - 1].due_on)

    def matched(self, instalment: int, kind: FundsKind) -> int:
        """Return the minor units of one kind of funds that have met an instalment."""
        if not self.matches:
            return 0
        return sum(
            match.amount
            for match in self.matches
            if match.instalment == instalment and match.kind is kind
        )

    def disputed_of(
        self, opens: Sequence[int], matches: Iterable[Match], due: Sequence[date]
    ) -> list[int]:
        """Return what is disputed of instalments with so much open, in minor units: see `shares`.

        What a version has settled is disputed no more.
        """
        assert self.currency is not None
        standing = [one for one in self.disputes.values() if not self.is_settled(one)]
        credited = [0] * len(opens)
        for match in matches:
            if match.named and match.kind is FundsKind.CREDIT_NOTE:
                credited[match.instalment - 1] += match.amount
        conceded = self._conceded(standing)
        return shares(opens, credited, due, standing, self.currency, conceded)

    def is_settled(self, dispute: Dispute) -> bool:
        """Say whether a version says what is owed after a dispute was accepted.

        It does where it lowers the total of the day before the acceptance; of a dispute without an
        amount, of the day before it: nobody has said how much was accepted. A later version that
        raises the total leaves it settled.
        """
        assert self.currency is not None
        is_all = dispute.asks(self.currency) is None
        since = dispute.disputed_on if is_all else dispute.resolved_on
        if dispute.outcome != ACCEPTED or since is None:
            return False
        return self._lowered_since(since) > 0

    def _conceded(self, standing: Sequence[Dispute]) -> int:
        """Return what was credited since the first accepted of some disputes, in minor units.

        It settles what was accepted: the credit has come, by a note or by an amendment. What a
        version has settled of others is theirs.
        """
        accepted = [one for one in standing if one.outcome == ACCEPTED]
        days = [one.disputed_on for one in accepted if one.disputed_on is not None]
        if not days:
            return 0
        since = min(days)
        credited = sum(
            one.amount
            for one in self.named
            if one.kind is FundsKind.CREDIT_NOTE
            and one.currency == self.currency
            and one.value_on >= since
        )
        amended = self._lowered_since(since)
        for one in self.disputes.values():
            if amended and self.is_settled(one):
                assert self.currency is not None
                amount = one.asks(self.currency)
                amended = 0 if amount is None else max(0, amended - amount)
        return credited + amended

    def _lowered_since(self, day: date) -> int:
        """Return by how much a version from a day on has lowered what the terms before it said.

        In minor units; of several versions the lowest counts, so that what was settled stays so.
        """
        assert self.currency is not None
        before = sum(part.amount for part in self.terms(day - timedelta(1)))
        since = (one for one in self.versions() if one.amended_on and one.amended_on >= day)
        read = (read_parts(one.parts, self.currency) for one in since)
        totals = (sum(part.amount for part in parts) for parts in read if parts is not None)
        return max(0, before - min(totals, default=before))
