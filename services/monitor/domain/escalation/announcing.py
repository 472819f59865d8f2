"""What the monitor says about a whole account, as the events that others act on."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from services.monitor.domain.escalation.promises import (
    KEPT,
    OPEN,
    PARTIALLY_KEPT,
    WITHDRAWN,
    Outcome,
)
from services.monitor.domain.escalation.standing import (
    CoverChange,
    GroupChange,
    Said,
    StandingDecision,
)
from services.monitor.domain.ledger.account import Message
from services.monitor.domain.ledger.debtor import GroupDefault
from services.monitor.domain.policy.policy import Policy
from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    Announcement,
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
    announcement_id,
)
from shared.contracts.group import CURED, DEFAULTED, MEMBER_CHANGED, MemberChanged, group_key
from shared.money import to_text


def announcements(
    account_id: str, decision: StandingDecision, said: Said, policy: Policy, now: datetime
) -> list[Announcement]:
    """Return the words of a decision; `said` is what was said, this decision included."""
    today = policy.today(now)
    words: list[Announcement] = []
    broken = said.broken_promises - sum(one.newly_broken for one in decision.outcomes)
    for outcome in decision.outcomes:
        broken += outcome.newly_broken
        write = _annulment if outcome.status in (OPEN, WITHDRAWN) else _promise
        words.append(write(account_id, outcome, broken, today, now))
    stops = said.stops - len(decision.covers)
    for number, change in enumerate(decision.covers, start=stops + 1):
        words.append(_cover(account_id, change, number, today, now))
    return words


def default_announcement(
    account_id: str, known: GroupDefault, policy: Policy, now: datetime
) -> DefaultStanding:
    """Say what an account's group has said: that others are in default, or no longer are."""
    since = known.since
    kind = CURED if since is None else DEFAULTED
    why = (
        f"no other account of group {known.group_id} is in default any more"
        if since is None
        else (
            f"other accounts of group {known.group_id} are in default since {since} "
            f"(of this one it says nothing): {'; '.join(known.causes)}"
        )
    )
    return DefaultStanding(
        **_common(account_id, kind, f"{known.group_id}/{known.turn}", why, policy.today(now), now),
        group_id=known.group_id,
        causes=known.causes,
    )


def messages(
    account_id: str, changes: Sequence[GroupChange], said: Said, today: date
) -> list[Message]:
    """Return what groups must hear, numbered so that a later word is known as such."""
    creditor_id, _, customer_id = account_id.partition(":")
    first = said.turn - len(changes) + 1
    return [
        Message(
            group_key(change.group_id),
            MEMBER_CHANGED,
            MemberChanged(
                creditor_id=creditor_id,
                customer_id=customer_id,
                group_id=change.group_id,
                turn=turn,
                member=change.member,
                defaulted=change.defaulted,
                changed_on=today,
                because=change.because,
            ),
        )
        for turn, change in enumerate(changes, start=first)
    ]


def _status(outcome: Outcome) -> Literal["kept", "partially_kept", "broken"]:
    """Return the status as the contract has it."""
    if outcome.status == KEPT:
        return "kept"
    return "partially_kept" if outcome.status == PARTIALLY_KEPT else "broken"


def _promise(
    account_id: str, outcome: Outcome, broken: int, today: date, now: datetime
) -> PromiseOutcome:
    kind = PROMISE_KEPT if outcome.status == KEPT else PROMISE_BROKEN
    currency = outcome.currency
    paid = None if currency is None else to_text(outcome.paid, currency)
    promised = (
        None
        if currency is None or outcome.promised is None
        else to_text(outcome.promised, currency)
    )
    why = f"promised for {outcome.promised_on}: {_readable(outcome.status)}"
    if paid is not None:
        why += f", {paid} {currency} paid" + (f" of {promised}" if promised else "")
    if outcome.status == KEPT and outcome.promised and outcome.paid < outcome.promised:
        why += ", and nothing more of it is owed"
    if outcome.was is not None:
        why += f"; corrects {_readable(outcome.was)}"
    return PromiseOutcome(
        **_common(account_id, kind, _cause(outcome), why, today, now),
        promise_id=outcome.promise_id,
        promised_on=outcome.promised_on,
        status=_status(outcome),
        paid=paid,
        promised=promised,
        currency=currency,
        broken_promises=broken,
    )


def _annulment(
    account_id: str, outcome: Outcome, broken: int, today: date, now: datetime
) -> PromiseAnnulment:
    withdrawn = outcome.status == WITHDRAWN
    now_is = "it was withdrawn in its time" if withdrawn else "what kept it early is gone"
    why = f"promised for {outcome.promised_on}: {now_is}; corrects {_readable(outcome.was or '')}"
    return PromiseAnnulment(
        **_common(account_id, PROMISE_ANNULLED, _cause(outcome), why, today, now),
        promise_id=outcome.promise_id,
        promised_on=outcome.promised_on,
        status="withdrawn" if withdrawn else "open",
        broken_promises=broken,
    )


def _cause(outcome: Outcome) -> str:
    """Tell apart the words about a promise; the first has its id alone."""
    number = outcome.number
    return outcome.promise_id if number == 1 else f"{outcome.promise_id}\x1f{number}"


def _readable(status: str) -> str:
    return status.replace("_", " ")


def _cover(
    account_id: str, change: CoverChange, number: int, today: date, now: datetime
) -> CoverStanding:
    kind = COVER_RESUMED if change.stopped_on is None else COVER_STOPPED
    return CoverStanding(
        **_common(account_id, kind, f"{change.policy_no}/{number}", change.because, today, now),
        policy_no=change.policy_no,
        insurer=change.insurer,
        mep_on=change.mep_on,
    )


def _common(
    account_id: str, kind: str, cause: str, why: str, today: date, now: datetime
) -> dict[str, Any]:
    creditor_id, _, customer_id = account_id.partition(":")
    return {
        "event_id": announcement_id(account_id, kind, cause),
        "type": kind,
        "account_id": account_id,
        "creditor_id": creditor_id,
        "customer_id": customer_id,
        "said_on": today,
        "time": now,
        "why": why,
    }
