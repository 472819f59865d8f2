"""What a raised level makes: a letter where its action is one, and a task."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from services.notifier.domain.deciding.leaving import superseded
from services.notifier.domain.deciding.values import (
    Decision,
    Keep,
    LetterAt,
    OpenTask,
    PlanLetter,
    Present,
    ReviseLetter,
    ReviseTask,
    Rules,
    TaskAt,
)
from services.notifier.domain.holds import letter_on, task_on
from services.notifier.domain.recipients import WAITS_FOR_ADDRESS, negotiate, why_unreachable
from services.notifier.domain.work import (
    DO_NOTHING,
    DUNNING_LETTER,
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    LEGAL_HANDOFF,
    Escalation,
    Letter,
    LetterStatus,
    Task,
    TaskStatus,
)
from shared.calendar import local_date
from shared.contracts.escalation import EscalationEvent, Recipient
from shared.money import to_minor

#: Which task an action opens; any other action opens one of its own name, so that none is lost.
KIND_BY_ACTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        DUNNING_LETTER: "dunning",
        LEGAL_HANDOFF: "legal",
        INSURANCE_NOTICE: "insurance_notice",
        INSURANCE_CLAIM: "insurance_claim",
    }
)

#: An insurer may have a claim that does not stand any more: somebody must withdraw it there.
CLAIM_WITHDRAWAL: Final = "claim_withdrawal"


def kind_of(action: str) -> str:
    """Return the kind of task that an action opens."""
    return KIND_BY_ACTION.get(action, action)


def raised(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return the work of a level that is raised for an item; none for `do_nothing`.

    A level is raised once: what is known already has its work, or was lifted before it was seen.
    Only what a hold has told of first still waits for its work, and gets it on hold. Letters of the
    item's lower levels that have not left go without it.
    """
    before = present.known
    if before is not None and (not before.standing or before.task_id is not None):
        return ()
    known = known_of(event, standing=True)
    if before is not None:
        known = replace(
            known,
            held_by=before.held_by,
            held_until=before.held_until,
            hold_told_at=before.hold_told_at,
        )
    if event.action == DO_NOTHING:
        return (Keep(known),)
    decisions = superseded(event, present.lower)
    if event.action == DUNNING_LETTER:
        known, of_letter = enlisted(event, known, present.next_letter, planned_on=event.raised_on)
        decisions += of_letter
    today = local_date(event.time, rules.time_zone)
    opened = _new_task(event, kind_of(event.action), rules, event.raised_on)
    known, of_task = assigned(known, opened, present.next_task, today)
    return (*decisions, *of_task, Keep(known))


def assigned(
    known: Escalation, opened: Task, joinable: TaskAt | None, today: date
) -> tuple[Escalation, list[Decision]]:
    """Return the escalation in a task, the joinable one or the one that would be opened for it.

    A task that it joins is due on the day of the item that has the least time.
    """
    if joinable is None:
        known = replace(known, task_id=opened.task_id)
        return known, [OpenTask(task_on(opened, (known,), today))]
    task = replace(joinable.task, due_on=min(joinable.task.due_on, opened.due_on))
    known = replace(known, task_id=task.task_id)
    revised = task_on(task, (*joinable.others, known), today)
    return known, [] if revised == joinable.task else [ReviseTask(revised)]


def task_anew(event: EscalationEvent, rules: Rules, today: date) -> Task:
    """Return the task of a claim that is told anew when the one it had is done with."""
    kind = kind_of(event.action)
    return replace(_new_task(event, kind, rules, today, cause=str(event.event_id)), why=event.why)


def withdrawal(event: EscalationEvent, rules: Rules, today: date) -> Task:
    """Return the task to withdraw a claim that is lifted when a task of it is done with."""
    why = (
        f"the claim does not stand any more ({event.why}): tell the insurer, and withdraw it there "
        "unless it is to go on"
    )
    return replace(_new_task(event, CLAIM_WITHDRAWAL, rules, today), why=why)


def enlisted(
    event: EscalationEvent,
    known: Escalation,
    joinable: LetterAt | None,
    *,
    planned_on: date,
    cause: str = "",
) -> tuple[Escalation, list[Decision]]:
    """Return the escalation in a letter, the joinable one or a new one, and what that changes.

    `cause` tells apart the letters that one escalation can begin.
    """
    if joinable is None:
        letter = _new_letter(event, planned_on, cause)
        known = replace(known, letter_id=letter.letter_id, in_letter=True)
        return known, [PlanLetter(letter_on(letter, (known,)))]
    known = replace(known, letter_id=joinable.letter.letter_id, in_letter=True)
    revised = letter_on(joinable.letter, (*joinable.others, known))
    return known, [] if revised == joinable.letter else [ReviseLetter(revised)]


def known_of(event: EscalationEvent, *, standing: bool) -> Escalation:
    """Return an escalation as an event tells of it, without work."""
    return Escalation(
        escalation_id=event.escalation_id,
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        item_id=event.item_id,
        invoice_id=event.invoice_id,
        instalment=event.instalment,
        level=event.level,
        action=event.action,
        cycle=event.cycle,
        skipped=tuple(event.skipped),
        currency=event.currency,
        amount_minor=to_minor(event.amount, event.currency, "amount"),
        open_minor=to_minor(event.open, event.currency, "open"),
        disputed_minor=disputed_of(event),
        interest=event.interest,
        days_overdue=event.days_overdue,
        issued_on=event.issued_on,
        due_on=event.due_on,
        raised_on=event.raised_on,
        policy=event.policy,
        why=event.why,
        claim=event.claim,
        standing=standing,
        lifted_why=None if standing else event.why,
        held_by=event.held_by if standing else None,
        held_until=event.held_until if standing else None,
    )


def disputed_of(event: EscalationEvent) -> int:
    """Return how much of an item is in dispute, in minor units; left out, nothing is."""
    return 0 if event.disputed is None else to_minor(event.disputed, event.currency, "disputed")


def _new_letter(event: EscalationEvent, planned_on: date, cause: str) -> Letter:
    recipient = event.recipient or Recipient()
    # An address can still come: customers and invoices travel on different topics.
    waits = not recipient.email
    reason = WAITS_FOR_ADDRESS if waits else why_unreachable(recipient.email)
    return Letter(
        # From the first escalation, so that no redelivery can ever make a second one.
        letter_id=uuid.uuid5(event.escalation_id, f"letter:{cause}" if cause else "letter"),
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        level=event.level,
        status=LetterStatus.PLANNED if waits or reason is None else LetterStatus.FAILED,
        recipient_name=recipient.name,
        recipient_email=recipient.email,
        locale=negotiate(recipient.locale),
        planned_on=planned_on,
        planned_at=event.time,
        reason=reason,
    )


def _new_task(
    event: EscalationEvent, kind: str, rules: Rules, opened_on: date, cause: str = ""
) -> Task:
    return Task(
        task_id=uuid.uuid5(
            event.escalation_id, f"task:{kind}:{cause}" if cause else f"task:{kind}"
        ),
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        kind=kind,
        level=event.level,
        status=TaskStatus.OPEN,
        opened_on=opened_on,
        due_on=_due_on(event, opened_on, rules.days_of(kind)),
        customer_name=event.recipient.name if event.recipient else None,
    )


def _due_on(event: EscalationEvent, opened_on: date, days: int) -> date:
    """Return when a task should be done: in so many days, and before the insurer's own deadline."""
    due_on = opened_on + timedelta(days=days)
    if event.claim is None or event.claim.notify_by is None:
        return due_on
    return max(opened_on, min(due_on, event.claim.notify_by))
