"""Decide about accounts as wholes: promises, the stop of cover, what their group must hear."""

from collections.abc import Collection, Container, Mapping
from datetime import datetime

from services.monitor.domain.escalation.announcing import announcements, messages
from services.monitor.domain.escalation.decision import Decision
from services.monitor.domain.escalation.standing import (
    KEPT,
    Said,
    apply_standing,
    decide_standing,
    open_promises,
)
from services.monitor.domain.ledger.account import Message
from services.monitor.domain.policy.policy import Policies, Policy
from services.monitor.handlers.ports import AccountKey, Known, PromiseKey, Unit, Word


def wanted(decision: Decision, known: Known, policy: Policy) -> bool:
    """Say whether a look at an item calls for one at its account as a whole."""
    if decision.past_mep is not None and decision.past_mep not in known.said.covers_stopped:
        return True
    return known.debtor.group_id is not None and policy.cross_default is not None


async def attend_standing(
    unit: Unit,
    keys: Collection[AccountKey],
    known: Mapping[AccountKey, Known],
    policies: Policies,
    now: datetime,
    *,
    live: Container[int],
) -> list[Word]:
    """Decide about accounts, keep what is said of them, and return it."""
    ordered = sorted(key for key in keys if key[0] in live)
    waiting = [(key, now) for key in sorted(keys) if key[0] not in live]
    if not ordered:
        await unit.save_account_timers(waiting)
        return []
    open_items = await unit.open_items(ordered)
    paid = await unit.paid(_promises(ordered, known))
    words: list[Word] = []
    outgoing = list[tuple[int, Message]]()
    timers = list[tuple[AccountKey, datetime | None]](waiting)
    freed: list[AccountKey] = []
    said_now: dict[AccountKey, Said] = {}
    for key in ordered:
        debtor, said = known[key].debtor, known[key].said
        policy = known[key].policy(key, policies)
        today = policy.today(now)
        own = {name: paid[key, name] for name in open_promises(debtor) if (key, name) in paid}
        decision = decide_standing(debtor, said, open_items.get(key, []), own, policy, today)
        if decision.outcomes or decision.covers or decision.groups:
            apply_standing(said, decision)
            said_now[key] = said
        words += [(key[0], word) for word in announcements(key[1], decision, said, policy, now)]
        outgoing += [
            (key[0], message) for message in messages(key[1], decision.groups, said, today)
        ]
        next_on = decision.next_attention_on
        timers.append((key, None if next_on is None else policy.begins(next_on)))
        if any(outcome.status == KEPT for outcome in decision.outcomes):
            freed.append(key)
    await unit.save_said(said_now)
    await unit.save_account_timers(timers)
    # What a kept promise held goes on at once: the next sweep looks at it.
    await unit.retime_accounts(freed, now)
    await unit.send(outgoing, now)
    return words


def _promises(keys: Collection[AccountKey], known: Mapping[AccountKey, Known]) -> list[PromiseKey]:
    """Return the promises that are without an outcome, as questions to the store."""
    found: list[PromiseKey] = []
    for key in keys:
        debtor, said = known[key].debtor, known[key].said
        for name in open_promises(debtor):
            promise = debtor.promises[name]
            if name in said.promises or promise.made_on is None or promise.promised_on is None:
                continue
            found.append(
                PromiseKey(key, name, promise.made_on, promise.promised_on, promise.invoice_ids)
            )
    return found
