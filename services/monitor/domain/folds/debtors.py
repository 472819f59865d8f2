"""Folds of what is said of the debtor: who it is, its cover, its promises, what blocks dunning."""

from collections.abc import Iterable

from services.monitor.domain.folds.event import Event
from services.monitor.domain.insurance.cover import Cover, with_terms, with_withdrawal
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.debtor import Block, Enforcement, Promise
from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)


def customer_updated(account: Account, data: CustomerUpdated, event: Event) -> None:
    """The customer is as the highest version says; a change may concern every item.

    Of two words on one version the one said last stands, so that the order of arrival does not
    matter; where they differ a person should see it.
    """
    places = account.debtor.places_with(event.said_at, data)
    if places != account.debtor.places():
        account.debtor_to_change().placements = places
    known, said = account.debtor.customer, (event.said_at, event.name)
    last = max(account.debtor.customer_said or said, said)
    if known is not None and known.version >= data.version:
        account.remark(f"version {known.version} is known")
        if known.version > data.version:
            return
        if known != data:
            sentence = (
                f"version {data.version} of the customer came with different content; "
                f"that of event {last[1]}, said last, counts"
            )
            _contradict(account, sentence)
        if last != said:
            return
    moved = known is None or _concerns(known) != _concerns(data)
    debtor = account.debtor_to_change()
    debtor.customer, debtor.customer_said = data, said
    if moved:
        account.retime()


def customer_insolvent(account: Account, data: CustomerInsolvent, _event: Event) -> None:
    """The first day of filing stands."""
    known = account.debtor.insolvent_on
    if known is not None and known <= data.filed_on:
        account.remark(f"insolvency was filed on {known} already")
        return
    account.debtor_to_change().insolvent_on = data.filed_on
    account.retime()


def cover_updated(account: Account, data: CoverUpdated, event: Event) -> None:
    """The latest word on a policy's terms from a day on stands beside those from other days."""
    known = account.debtor.covers.get(data.policy_no)
    renewed = with_terms(known, event.said_at, event.name, data)
    _keep_cover(account, data.policy_no, renewed)


def cover_withdrawn(account: Account, data: CoverWithdrawn, event: Event) -> None:
    """A withdrawal ends the terms said before it, and leaves insured what was invoiced before."""
    known = account.debtor.covers.get(data.policy_no)
    renewed = with_withdrawal(known, event.said_at, event.name, data)
    _keep_cover(account, data.policy_no, renewed)


def _keep_cover(account: Account, policy_no: str, renewed: Cover | None) -> None:
    if renewed is None:
        account.remark(f"a newer word on policy {policy_no} is known")
    else:
        account.debtor_to_change().covers[policy_no] = renewed
        account.retime()


def promise_made(account: Account, data: PromiseMade, event: Event) -> None:
    """A promise holds what it is for."""
    debtor = account.debtor_to_change()
    promise = debtor.promises.setdefault(data.promise_id, Promise())
    if promise.made_on is not None:
        _contradict(
            account, f"promise {data.promise_id} came before; event {event.name} changes nothing"
        )
        return
    promise.made_on, promise.promised_on = data.made_on, data.promised_on
    promise.amount, promise.currency = data.amount, data.currency
    promise.invoice_ids = list(data.invoice_ids) if data.invoice_ids else None
    _name(account, promise.invoice_ids or ())
    account.retime(promise.invoice_ids)


def promise_withdrawn(account: Account, data: PromiseWithdrawn, _event: Event) -> None:
    """A promise holds nothing any more."""
    debtor = account.debtor_to_change()
    promise = debtor.promises.setdefault(data.promise_id, Promise())
    known = promise.withdrawn_on
    promise.withdrawn_on = data.withdrawn_on if known is None else min(known, data.withdrawn_on)
    if promise.made_on is None:
        account.remark(f"promise {data.promise_id} has not come yet; this waits for it")
    account.retime(promise.invoice_ids)


def blocked(account: Account, data: DunningBlocked, event: Event) -> None:
    """A block holds what it is for."""
    debtor = account.debtor_to_change()
    block = debtor.blocks.setdefault(data.block_id, Block())
    if block.blocked_on is not None:
        _contradict(
            account, f"block {data.block_id} came before; event {event.name} changes nothing"
        )
        return
    block.blocked_on, block.until, block.invoice_id = data.blocked_on, data.until, data.invoice_id
    _name(account, block.invoice_ids or ())
    account.retime(block.invoice_ids)


def unblocked(account: Account, data: DunningUnblocked, _event: Event) -> None:
    """A block holds nothing any more."""
    debtor = account.debtor_to_change()
    block = debtor.blocks.setdefault(data.block_id, Block())
    known = block.unblocked_on
    block.unblocked_on = data.unblocked_on if known is None else min(known, data.unblocked_on)
    if block.blocked_on is None:
        account.remark(f"block {data.block_id} has not come yet; this waits for it")
    account.retime(block.invoice_ids)


def enforcement_set(account: Account, data: EnforcementSet, event: Event) -> None:
    """The account is enforced or not from a day on, until the day of the next word."""
    said = Enforcement(data.enforced, data.set_on, event.said_at, event.name)
    by_day = {one.set_on: one for one in account.debtor.switches}
    known = by_day.get(said.set_on)
    if known is not None and known.rank >= said.rank:
        account.remark(f"a later word of {known.set_on} is known")
        return
    by_day[said.set_on] = said
    *earlier, latest = sorted(by_day.values(), key=lambda one: one.rank)
    debtor = account.debtor_to_change()
    debtor.enforcement, debtor.earlier_enforcement = latest, tuple(earlier)
    if latest is not said:
        account.remark(f"from {latest.set_on} on a later word counts")
    account.retime()


def _name(account: Account, invoice_ids: Iterable[str]) -> None:
    """Note invoices that a word on the debtor names, and whether they have come."""
    for invoice_id in invoice_ids:
        invoice = account.invoices.get(invoice_id)
        currency = None if invoice is None else invoice.currency
        account.debtor_to_change().named[invoice_id] = currency


def _contradict(account: Account, sentence: str) -> None:
    """Keep a sentence about a contradiction, once however often its event comes."""
    debtor = account.debtor_to_change()
    if sentence not in debtor.contradictions:
        debtor.contradictions.append(sentence)
    account.remark(sentence)


def _concerns(data: CustomerUpdated) -> tuple[object, ...]:
    """Return what of a customer decides about its items, or stands in what is told of them."""
    places = (data.grade, data.segment, data.group_id)
    return (*places, data.name, data.email, data.contacts, data.locale)
