"""Settling: bring an account's matches, items and clearing records in line with its facts.

Every fold ends here. What is derived (matches, items, disputed parts) is made anew from the facts,
so that the order in which those came does not matter (Arrears' own rule, decision 3); the
difference to before is what is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from services.monitor.domain.insurance.clocks import keeps_its_days
from services.monitor.domain.invoice import contested, loss, naming
from services.monitor.domain.invoice.invoice import INTEREST, Invoice, LossStep, Match
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger import clearing
from services.monitor.domain.ledger.account import Account, Told
from services.monitor.domain.ledger.funds import Funds, FundsKind
from shared.errors import BrokenInvariantError

#: Why a level is lifted when the terms move: no claim under a cover is lifted by that.
TERMS_CAUSES: Final = frozenset({"amended", "terms extended"})

_MatchKey = tuple[FundsKind, str, int, bool]


def settle(account: Account, invoice: Invoice, on: date, cause: str) -> None:
    """Bring an invoice's matches and items in line with its facts; tell what was raised of it.

    What was raised is lifted when its item is cleared, else it is told the item's new amount. `on`
    is the day on which what is taken away leaves; `cause` says why a level is lifted by it.
    """
    account.touched_invoices.add(invoice.invoice_id)
    before = {item.instalment: (item.open, item.amount, item.disputed) for item in invoice.items}
    _renew_matches(account, invoice, on)
    removed = _renew_items(account, invoice, cause)
    for item in removed:
        account.note(item, before[item.instalment][0], 0)
        account.balance(item.currency).invoiced -= before[item.instalment][1]
    for item in invoice.items:
        open_before, amount_before, disputed_before = before.get(item.instalment, (0, 0, 0))
        open_now = item.open
        account.note(item, open_before, open_now)
        account.balance(item.currency).invoiced += item.amount - amount_before
        if open_before > 0 and open_now == 0:
            _end_cycle(account, item, cause)
        elif item.raised and (open_before, disputed_before) != (open_now, item.disputed):
            account.told += [Told(snapshot(item), raised, None) for raised in item.raised]
        account.waits(item)


def name_funds(account: Account, funds: Funds, on: date, cause: str) -> None:
    """Tell the invoices that funds name how much of the funds stands for them, and settle."""
    if funds.kind is FundsKind.PAYMENT:
        named = (account.invoices.get(one) for one in funds.invoice_ids())
        funds.release([one.invoice_id for one in named if one is not None and one.cancelled_on])
    withdrawn = naming.withdrawn_of(funds)
    for invoice_id, parts in naming.named_of(funds).items():
        invoice = account.invoice(invoice_id)
        others = [one for one in invoice.named if (one.kind, one.funds_id) != funds.key]
        invoice.named = others + [one for one in parts if one.amount]
        if withdrawn or invoice.withdrawn:
            gone = [one for one in invoice.withdrawn if one.funds.key != funds.key]
            gone += withdrawn.get(invoice_id, [])
            invoice.withdrawn = sorted(
                gone, key=lambda one: (one.funds.key, one.funds.position, one.until)
            )
        settle(account, invoice, on, cause)


def apply_clearing_rule(account: Account, on: date, rule: str) -> None:
    """Let free money meet open items, and take back what a reversal has left too much."""
    if not account.maybe_free:
        return
    for key in sorted(account.maybe_free):
        if account.funds[key].rule_invoices:
            _take_back(account, account.funds[key], on)
    free = [account.funds[key] for key in sorted(account.maybe_free)]
    free = [funds for funds in free if funds.free > 0]
    account.maybe_free = {funds.key for funds in free}
    if not free or rule != clearing.OLDEST_DUE_FIRST:
        return
    if not account.has_open_in_reach:
        message = f"{account.account_id}: money is free but the open items were not loaded"
        raise BrokenInvariantError(message)
    for currency in sorted({str(funds.currency) for funds in free}):
        same = [funds for funds in free if funds.currency == currency]
        _match_on_account(account, same, currency, on)


def _match_on_account(account: Account, free: Sequence[Funds], currency: str, on: date) -> None:
    changed: dict[str, Invoice] = {}
    for funds, item, amount in clearing.oldest_due_first(free, account.waiting_items(currency)):
        invoice = account.invoices[item.invoice_id]
        changed[invoice.invoice_id] = invoice
        clearing.add_rule_match(invoice, funds, item.instalment, amount)
        match = (funds.kind, funds.funds_id, item.instalment, False)
        met_on = max(on, item.issued_on, funds.value_on or on)
        account.record(invoice, match, amount, clearing.OLDEST_DUE_FIRST, met_on)
    for invoice in changed.values():
        settle(account, invoice, on, "paid")


def _take_back(account: Account, funds: Funds, on: date) -> None:
    """Undo matches of the clearing rule, the newest first, until the funds cover them."""
    excess = -funds.free
    for invoice_id in reversed(list(funds.rule_invoices) if excess > 0 else []):
        invoice = account.invoices[invoice_id]
        old = list(invoice.matches)
        kept: list[Match] = []
        for match in reversed(old):
            take = 0
            if not match.named and (match.kind, match.funds_id) == funds.key:
                take = min(excess, match.amount)
            excess -= take
            if take:
                key = (match.kind, match.funds_id, match.instalment, False)
                left_on = max(on, *_came(account, invoice, key, on))
                account.record(invoice, key, -take, clearing.OLDEST_DUE_FIRST, left_on)
            if match.amount > take:
                kept.append(clearing.resized(match, match.amount - take))
        kept.reverse()
        if kept != old:
            invoice.matches = kept
            settle(account, invoice, on, "reversed")
        if excess <= 0:
            break
    # What its money was on the day of a write-off may have changed where none of it is left.
    for invoice_id in funds.rule_invoices:
        matched = account.invoices.get(invoice_id)
        if matched is not None and matched.write_offs:
            settle(account, matched, on, "reversed")


def _renew_matches(account: Account, invoice: Invoice, on: date) -> None:
    if not invoice.matches and not invoice.named:
        return
    old = {_match_key(match): match.amount for match in invoice.matches}
    invoice.matches = clearing.matches_of(invoice)
    new = {_match_key(match): match.amount for match in invoice.matches}
    for key in sorted(old.keys() | new.keys()):
        difference = new.get(key, 0) - old.get(key, 0)
        if not difference:
            continue
        named = key[3]
        stays = difference > 0 or _names_as_much(invoice, key, _matched_before(old, key))
        came = _came(account, invoice, key, on)
        day = min(came) if named and stays else max(on, *came)
        rule = clearing.NAMED if named else clearing.OLDEST_DUE_FIRST
        account.record(invoice, key, difference, rule, day)
        if key[2] == INTEREST:
            assert invoice.currency is not None
            account.balance(invoice.currency).interest += difference


def _matched_before(matches: Mapping[_MatchKey, int], key: _MatchKey) -> int:
    """Return what the funds of a match were matched with, over all instalments, by name."""
    return sum(amount for one, amount in matches.items() if (one[:2], one[3]) == (key[:2], True))


def _names_as_much(invoice: Invoice, key: _MatchKey, matched: int) -> bool:
    """Say whether funds still name what they were matched with: it is room that they have lost.

    Older money, or terms that shrink, have taken it from the beginning, whenever they came.
    """
    named = sum(one.amount for one in invoice.named if (one.kind, one.funds_id) == key[:2])
    return named >= matched


def _came(account: Account, invoice: Invoice, key: _MatchKey, on: date) -> list[date]:
    """Return the days from which funds count here: none before the invoice was issued.

    They are several where moves have named the invoice again and again. Nothing leaves before the
    last of them, or more than the whole invoice would be open in between.
    """
    kind, funds_id, _instalment, named = key
    funds = account.funds[kind, funds_id]
    value_on = funds.value_on or on
    days = [
        max(value_on, part.moved_on or value_on)
        for part in (funds.named_allocations() if named else ())
        if part.invoice_id == invoice.invoice_id
    ]
    return [max(day, invoice.issued_on or on) for day in days or [value_on]]


def _renew_items(account: Account, invoice: Invoice, cause: str) -> list[Item]:
    """Bring the items in line with terms and matches; returns items that are no more."""
    present = {item.instalment: item for item in invoice.items}
    parts = invoice.terms()
    items: list[Item] = []
    for number, part in enumerate(parts, start=1):
        item = present.pop(number, None)
        if item is None:
            item = _new_item(invoice, number, part.due_on)
        elif item.due_on != part.due_on:
            _end_cycle(account, item, cause)
        item.due_on, item.amount = part.due_on, part.amount
        item.original_due_on = invoice.insured_due_on(number)
        item.cleared = invoice.matched(number, FundsKind.PAYMENT)
        item.credited = invoice.matched(number, FundsKind.CREDIT_NOTE)
        items.append(item)
    _give_up(account, invoice, items)
    for item in items:
        if item.open < 0:
            message = f"{account.account_id} {item.item_id}: open would be {item.open}"
            raise BrokenInvariantError(message)
    _contest(account, invoice, items)
    for item in present.values():
        _end_cycle(account, item, cause, removed=True)
        invoice.first_cycle = max(invoice.first_cycle, item.cycle - item.turns)
        invoice.first_turns = max(invoice.first_turns, item.turns)
    invoice.items = items
    return list(present.values())


def _give_up(account: Account, invoice: Invoice, items: Sequence[Item]) -> None:
    """Set what of each item is written off, and record how it came to be."""
    if not invoice.write_offs:
        return
    before = invoice.losses
    invoice.losses, invoice.losses_beyond = loss.course_of(invoice, account.funds, items)
    for item in items:
        item.written_off = sum(
            step.amount for step in invoice.losses if step.instalment == item.instalment
        )
    _record_losses(account, invoice, before, invoice.losses)


def _contest(account: Account, invoice: Invoice, items: Sequence[Item]) -> None:
    """Set what of each item is disputed, and on which days all of it was."""
    if not invoice.disputes or invoice.currency is None:
        return
    opens, due = [one.open for one in items], [one.due_on for one in items]
    shares = invoice.disputed_of(opens, invoice.matches, due)
    for item, share in zip(items, shares, strict=True):
        item.disputed = share
    spans = contested.days_of(invoice, account.funds, items)
    for item, days in zip(items, spans, strict=True):
        item.disputed_days = days


def _record_losses(
    account: Account, invoice: Invoice, before: Sequence[LossStep], after: Sequence[LossStep]
) -> None:
    """Record by how much the course of what is given up has become another, each on its day."""
    change: dict[tuple[date, int], int] = {}
    for sign, steps in ((-1, before), (1, after)):
        for step in steps:
            place = step.on, step.instalment
            change[place] = change.get(place, 0) + sign * step.amount
    for (on, instalment), amount in sorted(change.items()):
        if amount:
            assert invoice.currency is not None
            key = (FundsKind.WRITE_OFF, invoice.invoice_id, instalment, True)
            account.record(invoice, key, amount, clearing.WRITTEN_OFF, on)
            account.balance(invoice.currency).written_off += amount


def _end_cycle(account: Account, item: Item, cause: str, *, removed: bool = False) -> None:
    """Lift what is raised and begin the next cycle.

    An insurer's clock is not moved by what is agreed with the debtor: while the item is there and
    owed, a claim under a cover stands whatever happens to its terms.
    """
    stays = cause in TERMS_CAUSES and not removed and item.open > 0
    covers = account.debtor.covers.values()
    kept = [one for one in item.raised if stays and keeps_its_days(one, item, covers)]
    account.told += [Told(snapshot(item), one, cause) for one in item.raised if one not in kept]
    item.raised = kept
    item.cycle += 1


def _match_key(match: Match) -> _MatchKey:
    return match.kind, match.funds_id, match.instalment, match.named


def _new_item(invoice: Invoice, number: int, due_on: date) -> Item:
    assert invoice.currency is not None
    assert invoice.issued_on is not None
    return Item(
        invoice_id=invoice.invoice_id,
        instalment=number,
        currency=invoice.currency,
        amount=0,
        issued_on=invoice.issued_on,
        due_on=due_on,
        original_due_on=invoice.insured_due_on(number),
        cycle=invoice.first_cycle + invoice.first_turns,
        turns=invoice.first_turns,
    )


def snapshot(item: Item) -> Item:
    """Return the item as it is now, for a word that is said later."""
    return replace(item, raised=[])
