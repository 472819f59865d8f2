"""Clearing: which funds meet which items, as a function of what is known.

Named funds are matched in the order of their value dates, not of their arrival, so that any order
of arrival ends in the same matches. A match of the clearing rule, once made, stays until something
takes its room or its money away.

Sources: § 366 BGB and the Civil Code of the People's Republic of China, article 560, for what money
names and for the oldest due first; Directive (EU) 2015/2366, article 87, for value dates. That a
match stays is Arrears' own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from services.monitor.domain.invoice.invoice import INTEREST, Invoice, Match, NamedFunds
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.invoice.terms import Part
from services.monitor.domain.ledger.funds import Funds, FundsKey, FundsKind

NAMED: Final = "named"
WRITTEN_OFF: Final = "written_off"
OLDEST_DUE_FIRST: Final = "oldest_due_first"
NONE: Final = "none"
#: The clearing rules a creditor can choose from.
RULES: Final = (OLDEST_DUE_FIRST, NONE)

_Matches = dict[tuple[bool, FundsKind, str, int], Match]


class Clearing(Struct, frozen=True):
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
    ruled = [match for match in invoice.matches if not match.named]
    return _meet(invoice.terms(), ruled, invoice.named, invoice.currency)


def matches_on(invoice: Invoice, funds: Mapping[FundsKey, Funds], day: date) -> list[Match]:
    """Return the matches that an invoice's facts call for at the end of a day.

    Money counts from its value date to the day on which it was reversed, whatever the reason;
    terms count from the day they were agreed. `funds` are those that the clearing rule has matched.
    """
    named = [one for one in invoice.named if one.value_on <= day]
    named += [one.funds for one in invoice.withdrawn if one.funds.value_on <= day < one.until]
    return _meet(invoice.terms(day), _ruled_on(invoice, funds, day), named, invoice.currency)


def room_of(parts: Sequence[Part], matches: Iterable[Match]) -> list[int]:
    """Return what matches leave of each part, in minor units; those of the interest take none."""
    room = [part.amount for part in parts]
    for match in matches:
        if match.instalment != INTEREST:
            room[match.instalment - 1] -= match.amount
    return room


def _ruled_on(invoice: Invoice, funds: Mapping[FundsKey, Funds], day: date) -> list[Match]:
    """Return the matches of the clearing rule as they stood at the end of a day.

    Never more than the funds leave on account by then: money that a move has named since never was
    the rule's, so that money which names its invoices in the end counts alike in any order.
    """
    standing = {
        (one.kind, one.funds_id, one.instalment): one.amount
        for one in invoice.matches
        if not one.named
    }
    for step in invoice.rule_steps:
        key = (step.kind, step.funds_id, step.instalment)
        standing[key] = standing.get(key, 0) - (step.amount if step.on > day else 0)
    left = {key[:2]: funds[key[:2]].on_account_by(day) for key in standing}
    matches: list[Match] = []
    for (kind, funds_id, instalment), matched in standing.items():
        amount = min(matched, left[kind, funds_id])
        if amount > 0:
            left[kind, funds_id] -= amount
            matches.append(Match(kind, funds_id, instalment, amount, named=False))
    return matches


def _meet(
    terms: Sequence[Part],
    ruled: Iterable[Match],
    named_funds: Iterable[NamedFunds],
    currency: str | None,
) -> list[Match]:
    """Let funds take the room of terms: the rule's matches first, then named funds by their day."""
    room = [part.amount for part in terms]
    by_day = sorted(range(len(terms)), key=lambda index: (terms[index].due_on, index))
    matches: _Matches = {}
    for match in ruled:
        if 1 <= match.instalment <= len(room):
            amount = min(match.amount, room[match.instalment - 1])
            if amount:
                room[match.instalment - 1] -= amount
                _add(matches, resized(match, amount))
    for named in sorted(named_funds, key=_value_order):
        if named.currency != currency:
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
    return list(matches.values())


def _value_order(named: NamedFunds) -> tuple[date, str, str, int]:
    return named.value_on, named.kind, named.funds_id, named.position


def _instalments_for(named: NamedFunds, by_day: Sequence[int]) -> Iterable[int]:
    """Return the instalments that funds may meet, in the order in which they do."""
    if named.instalment is not None:
        return (named.instalment - 1,) if named.instalment <= len(by_day) else ()
    return by_day if named.kind is FundsKind.PAYMENT else reversed(by_day)


def resized(match: Match, amount: int) -> Match:
    """Return a match of another amount."""
    return Match(match.kind, match.funds_id, match.instalment, amount, match.named)


def _key(match: Match) -> tuple[bool, FundsKind, str, int]:
    return match.named, match.kind, match.funds_id, match.instalment


def _add(matches: _Matches, new: Match) -> None:
    """Add a match; one of the same funds and instalment grows instead, so that each is one."""
    key = _key(new)
    known = matches.get(key)
    matches[key] = new if known is None else resized(known, known.amount + new.amount)


def oldest_due_first(
    free: Iterable[Funds], waiting: Iterator[Item]
) -> list[tuple[Funds, Item, int]]:
    """Match free funds with open items of one currency: the oldest money meets the oldest debt.

    `waiting` gives the items, oldest due first; no more are taken than money meets. Returns
    (funds, item, minor units).
    """
    matched: list[tuple[Funds, Item, int]] = []
    item: Item | None = None
    room = 0
    for funds in sorted(free, key=lambda funds: (funds.value_on or date.min, *funds.key)):
        left = funds.free
        while left > 0:
            if not room:
                item = next(waiting, None)
            if item is None:
                return matched
            room = room or item.open
            amount = min(left, room)
            matched.append((funds, item, amount))
            left -= amount
            room -= amount
    return matched


def add_rule_match(invoice: Invoice, funds: Funds, instalment: int, amount: int) -> None:
    """Add a match of the clearing rule to the invoice's facts."""
    matches = {_key(match): match for match in invoice.matches}
    _add(matches, Match(funds.kind, funds.funds_id, instalment, amount, named=False))
    invoice.matches = list(matches.values())
