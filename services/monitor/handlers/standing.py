"""Decide about accounts as wholes: promises, the stop of cover, what their group must hear."""

from collections.abc import Collection, Container, Mapping, Sequence
from datetime import datetime

from services.monitor.domain.escalation.announcing import announcements, messages
from services.monitor.domain.escalation.applied import Applied
from services.monitor.domain.escalation.claimed import is_claimed
from services.monitor.domain.escalation.decision import Decision
from services.monitor.domain.escalation.promises import KEPT, Named, sharing
from services.monitor.domain.escalation.standing import Said, apply_standing, decide_standing
from services.monitor.domain.escalation.telling import reclaimed
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.account import Message
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Policy
from services.monitor.handlers.ports import AccountKey, Known, MoneyQuestion, Unit, Word


def wanted(item: Item, decision: Decision, applied: Applied, known: Known, policy: Policy) -> bool:
    """Say whether a look at an item calls for one at its account as a whole."""
    if known.debtor.covers and (
        any(one.is_claim for one in applied.raised)
        or any(one.is_claim for one, _because in applied.lifted)
        or (is_claimed(item) and item.item_id not in known.said.claims)
    ):
        return True
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
    claimed: Mapping[AccountKey, Collection[str]],
) -> list[Word]:
    """Decide about accounts, keep what is said of them, and return it.

    `claimed` names the items whose claim on the insurance is said already, by its raise.
    """
    ordered = sorted(key for key in keys if key[0] in live)
    waiting = [(key, now) for key in sorted(keys) if key[0] not in live]
    if not ordered:
        await unit.save_account_timers(waiting)
        return []
    open_items = await unit.open_items(ordered)
    policy_of = {key: known[key].policy(key, policies) for key in ordered}
    money = await unit.money(_questions(known, policy_of, now))
    words: list[Word] = []
    outgoing = list[tuple[int, Message]]()
    timers = list[tuple[AccountKey, datetime | None]](waiting)
    freed: list[AccountKey] = []
    said_now: dict[AccountKey, Said] = {}
    for key in ordered:
        debtor, said = known[key].debtor, known[key].said
        policy = policy_of[key]
        today = policy.today(now)
        decision = decide_standing(
            debtor,
            said,
            open_items.get(key, []),
            money.get(key, []),
            policy,
            today,
            claimed.get(key, ()),
        )
        if decision.changes(said):
            apply_standing(said, decision)
            said_now[key] = said
        anew = reclaimed(key[1], decision.claims, said.claims_anew, policy, now, debtor.customer)
        words += [(key[0], word) for word in anew]
        words += [(key[0], word) for word in announcements(key[1], decision, said, policy, now)]
        outgoing += [
            (key[0], message) for message in messages(key[1], decision.groups, said, today)
        ]
        next_on = decision.next_attention_on
        timers.append((key, None if next_on is None else policy.begins(next_on)))
        if any(KEPT in (outcome.status, outcome.was) for outcome in decision.outcomes):
            freed.append(key)
    await unit.save_said(said_now)
    await unit.save_account_timers(timers)
    # What a kept promise held goes on at once, and is held again when it is not kept after all:
    # the next sweep looks at it.
    await unit.retime_accounts(freed, now)
    await unit.send(outgoing, now)
    return words


def _questions(
    known: Mapping[AccountKey, Known], policy_of: Mapping[AccountKey, Policy], now: datetime
) -> list[MoneyQuestion]:
    """Return what must be known of the money of accounts' promises."""
    found: list[MoneyQuestion] = []
    for key, policy in policy_of.items():
        debtor, said = known[key].debtor, known[key].said
        shared = sharing(debtor.promises, said.promises, policy.today(now))
        question = money_question(key, shared)
        found += [] if question is None else [question]
    return found


def money_question(key: AccountKey, shared: Sequence[Named]) -> MoneyQuestion | None:
    """Return the question what has come of the money of promises; None where there are none."""
    since = [one.made_on for _name, one in shared if one.made_on is not None]
    if not since:
        return None
    named: set[str] | None = set()
    for _name, one in shared:
        named = None if named is None or one.invoice_ids is None else named | set(one.invoice_ids)
    return MoneyQuestion(key, min(since), None if named is None else sorted(named))
