"""A group of accounts: who belongs to it, who of them is in default, and what each was told.

It lives on the ledger under a key of its own, so that all it hears comes in one order: an account
that joins while another one defaults is not missed.

Source: cross-default as in the ISDA 2002 Master Agreement, section 5(a)(vi); how it is told is
Arrears' own (decision 12).
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

#: Causes that a member is told by name.
CAUSES_MAX: Final = 5


@dataclass(slots=True)
class Member:
    """One account of the group, as its own latest word has it."""

    turn: int
    customer_id: str
    creditor_id: str
    member: bool
    defaulted: bool
    changed_on: date
    because: str | None
    #: Whether the group's latest word to it was that others are in default.
    told: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """What a group says to a member: that others are in default, or (no causes) no longer are."""

    account_id: str
    creditor_id: str
    customer_id: str
    defaulted_on: date | None
    causes: list[str]
    turn: int


@dataclass(slots=True)
class Group:
    """The group and its words; `turn` counts them."""

    group_id: str
    members: dict[str, Member] = field(default_factory=dict)
    turn: int = 0

    def words(self) -> list[Word]:
        """Return what members must be told now, and remember that they were."""
        defaulted = sorted(
            account_id for account_id, one in self.members.items() if one.member and one.defaulted
        )
        said: list[Word] = []
        for account_id, one in sorted(self.members.items()):
            causes = [other for other in defaulted if other != account_id] if one.member else []
            if bool(causes) == one.told:
                continue
            one.told = bool(causes)
            self.turn += 1
            said.append(
                Word(
                    account_id,
                    one.creditor_id,
                    one.customer_id,
                    min((self.members[other].changed_on for other in causes), default=None),
                    [self._cause(other) for other in causes[:CAUSES_MAX]],
                    self.turn,
                )
            )
        return said

    def _cause(self, account_id: str) -> str:
        because = self.members[account_id].because
        return f"{account_id}: {because}" if because else account_id
