"""Clearing: which funds meet which items, as a function of what is known.

Named funds are matched in the order of their value dates, not of their arrival, so that any order
of arrival ends in the same matches. A match of the clearing rule, once made, stays until something
takes its room or its money away.

Sources: § 366 BGB and the Civil Code of the People's Republic of China, article 560, for what money
names and for the oldest due first; Directive (EU) 2015/2366, article 87, for value dates. That a
match stays is Arrears' own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Match, NamedFunds
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.funds import Funds, FundsKind

NAMED: Final = "named"
WRITTEN_OFF: Final = "written_off"
OLDEST_DUE_FIRST: Final = "oldest_due_first"
NONE: Final = "none"
#: The clearing rules a creditor can choose from.
RULES: Final = (OLDEST_DUE_FIRST, NONE)


@dataclass(frozen=True, slots=True)
class Clearing:
    """A clearing record: minor units that met an item, or, below zero, that left it again.

    Instalment 0 is the interest on the invoice. The day is the value date where money came, but not
    before the invoice's own date or a move; the day of the event where it left, but not before it
    came. A bounce leaves on the day on which it came, as if it never had.
    """

    kind: FundsKind
    funds_id: str
    invoice_id: str
    instalment: int
    currency: str
    amount: int
    #: `named`, `written_off`, or the clearing rule that matched them.
    rule: str
    cleared_on: date


def matches_of(invoice: Invoice) -> list[Match]:
    """Return the matches that an invoice's facts call for.

    What the clearing rule matched before keeps its place as far as there is room. Then named funds
    take what is left, by value date: a payment that names no instalment clears the first ones
    first, a credit note reduces the last ones first (others, Lago and Odoo among them, credit the
    first; a creditor gives back what was not yet to be paid).
    """
    terms = invoice.terms()
    room = [part.amount for part in terms]
    by_day = sorted(range(len(terms)), key=lambda index: (terms[index].due_on, index))
    matches: list[Match] = []
    for match in invoice.matches:
        if not match.named and 1 <= match.instalment <= len(room):
            amount = min(match.amount, room[match.instalment - 1])
            if amount:
                room[match.instalment - 1] -= amount
                matches.append(_resized(match, amount))
    for named in sorted(invoice.named, key=_value_order):
        if named.currency != invoice.currency:
            continue
        if named.instalment == INTEREST:
            _add(matches, Match(named.kind, named.funds_id, INTEREST, named.amount, named=True))
            continue
        left = named.amount
        for index in _instalments_for(named, by_day):
            amount = min(left, room[index])
            if amount:
                room[index] -= amount
                left -= amount
                _add(matches, Match(named.kind, named.funds_id, index + 1, amount, named=True))
    return matches


def _value_order(named: NamedFunds) -> tuple[date, str, str, int]:
    return named.value_on, named.kind, named.funds_id, named.position


def _instalments_for(named: NamedFunds, by_day: Sequence[int]) -> Iterable[int]:
    """Return the instalments that funds may meet, in the order in which they do."""
    if named.instalment is not None:
        return (named.instalment - 1,) if named.instalment <= len(by_day) else ()
    return by_day if named.kind is FundsKind.PAYMENT else reversed(by_day)


def _resized(match: Match, amount: int) -> Match:
    return Match(match.kind, match.funds_id, match.instalment, amount, match.named)


def _add(matches: list[Match], new: Match) -> None:
    """Add a match; one of the same funds and instalment grows instead, so that each is one."""
    for index, match in enumerate(matches):
        if (match.named, match.kind, match.funds_id, match.instalment) == (
            new.named,
            new.kind,
            new.funds_id,
            new.instalment,
        ):
            matches[index] = _resized(match, match.amount + new.amount)
            return
    matches.append(new)


def oldest_due_first(free: Iterable[Funds], items: Iterable[Item]) -> list[tuple[Funds, Item, int]]:
    """Match free funds with open items of one currency: the oldest money meets the oldest debt.

    Ties between items go by issue date, then id. Returns (funds, item, minor units).
    """
    queue = sorted(
        (item for item in items if item.open > 0),
        key=lambda item: (item.due_on, item.issued_on, item.invoice_id, item.instalment),
    )
    room = {item.item_id: item.open for item in queue}
    matched: list[tuple[Funds, Item, int]] = []
    position = 0
    for funds in sorted(free, key=lambda funds: (funds.value_on or date.min, *funds.key)):
        left = funds.free
        while left > 0 and position < len(queue):
            item = queue[position]
            amount = min(left, room[item.item_id])
            matched.append((funds, item, amount))
            left -= amount
            room[item.item_id] -= amount
            if not room[item.item_id]:
                position += 1
    return matched


def add_rule_match(invoice: Invoice, funds: Funds, instalment: int, amount: int) -> None:
    """Add a match of the clearing rule to the invoice's facts."""
    _add(invoice.matches, Match(funds.kind, funds.funds_id, instalment, amount, named=False))
