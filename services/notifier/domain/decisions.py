"""What one word of the monitor means for the work at hand: a pure function to decision values.

`decide` looks at an event and at the work it touches; the handler carries the decisions out.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from services.notifier.domain.recipients import (
    WAITS_FOR_ADDRESS,
    negotiate,
    readdressed,
    why_unreachable,
)
from services.notifier.domain.work import (
    DUNNING_LETTER,
    INSURANCE_CLAIM,
    LEGAL_HANDOFF,
    Escalation,
    Letter,
    LetterStatus,
    Task,
    TaskStatus,
)
from shared.calendar import local_date
from shared.contracts.escalation import LIFTED, RAISED, UPDATED, EscalationEvent, Recipient
from shared.money import to_minor

#: Which task an action opens; any other action opens one of its own name, so that none is lost.
KIND_BY_ACTION: Final[Mapping[str, str]] = MappingProxyType(
    {
        DUNNING_LETTER: "dunning",
        LEGAL_HANDOFF: "legal",
        INSURANCE_CLAIM: "insurance_claim",
    }
)
#: Days from opening to the day a task should be done, where the settings name no others.
DUE_DAYS: Final[Mapping[str, int]] = MappingProxyType(
    {"dunning": 7, "legal": 14, "insurance_claim": 10}
)
DUE_DAYS_OTHER: Final = 7
#: The outcome of a task whose every item is no longer due.
LIFTED_OUTCOME: Final = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the settings decide."""

    #: Names the day of an instant.
    time_zone: str
    #: Days from opening to the due day, by kind of task.
    due_days: Mapping[str, int] = field(default_factory=lambda: DUE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The work that an event can touch."""

    #: The event's own escalation, where it has been seen before.
    known: Escalation | None = None
    #: For a raise: a planned letter of the account at the level. Else: the one that holds it.
    letter: Letter | None = None
    #: For a raise: an untaken task of account, kind and day. Else: the waiting one that holds it.
    task: Task | None = None
    #: Items other than the event's that the letter still is about.
    others_in_letter: int = 0
    #: Items other than the event's that still stand in the task.
    others_in_task: int = 0


@dataclass(frozen=True, slots=True)
class Keep:
    """Remember the escalation as it is now."""

    escalation: Escalation


@dataclass(frozen=True, slots=True)
class PlanLetter:
    """Make a letter; one that cannot reach anybody is made `failed`, with the reason."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class ReviseLetter:
    """Put a letter that has not left in the place of its former self."""

    letter: Letter


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Make a task."""

    task: Task


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Put the closed task in the place of the waiting one."""

    task: Task


Decision = Keep | PlanLetter | ReviseLetter | OpenTask | CloseTask


def decide(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what is to be done about an event; nothing for one that changes nothing.

    Types that are not known yet mean nothing to the work. Amounts that are no money of their
    currency raise `RejectedError`.
    """
    if event.type == RAISED:
        return _raised(event, present, rules)
    if event.type == UPDATED:
        return _updated(event, present)
    if event.type == LIFTED:
        return _lifted(event, present, rules)
    return ()


def kind_of(action: str) -> str:
    """Return the kind of task that an action opens."""
    return KIND_BY_ACTION.get(action, action)


def _raised(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    # A level is raised once; what is known already has its work, or was lifted before it was seen.
    if present.known is not None:
        return ()
    decisions: list[Decision] = []
    letter_id = None
    if event.action == DUNNING_LETTER:
        letter = present.letter
        if letter is None:
            letter = _new_letter(event)
            decisions.append(PlanLetter(letter))
        elif (revised := readdressed(letter, event.recipient)) != letter:
            decisions.append(ReviseLetter(revised))
        letter_id = letter.letter_id
    task = present.task
    if task is None:
        task = _new_task(event, rules)
        decisions.append(OpenTask(task))
    known = replace(
        _known(event, standing=True),
        letter_id=letter_id,
        in_letter=letter_id is not None,
        task_id=task.task_id,
    )
    return (*decisions, Keep(known))


def _updated(event: EscalationEvent, present: Present) -> tuple[Decision, ...]:
    known = present.known
    if known is None or not known.standing:
        return ()
    fresh = replace(
        known,
        open_minor=to_minor(event.open, event.currency, "open"),
        days_overdue=event.days_overdue,
        due_on=event.due_on,
        claim=event.claim or known.claim,
    )
    if present.letter is not None:
        revised = readdressed(present.letter, event.recipient)
        if revised != present.letter:
            return (Keep(fresh), ReviseLetter(revised))
    return (Keep(fresh),)


def _lifted(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    lifted_on = local_date(event.time, rules.time_zone)
    known = present.known
    if known is None:
        # A replay from the middle can bring the end first: remembered, so that the raise, should
        # it still come, makes no work.
        return (Keep(replace(_known(event, standing=False), lifted_on=lifted_on)),)
    if not known.standing:
        return ()
    gone = replace(
        known,
        standing=False,
        open_minor=to_minor(event.open, event.currency, "open"),
        lifted_on=lifted_on,
        lifted_why=event.why,
        in_letter=known.in_letter and present.letter is None,
    )
    decisions: list[Decision] = [Keep(gone)]
    if present.letter is not None and present.others_in_letter == 0:
        recalled = replace(present.letter, status=LetterStatus.RECALLED, reason=event.why)
        decisions.append(ReviseLetter(recalled))
    if present.task is not None and present.others_in_task == 0:
        closed = replace(
            present.task,
            status=TaskStatus.CLOSED,
            outcome=LIFTED_OUTCOME,
            note=event.why,
            closed_on=max(lifted_on, present.task.opened_on),
        )
        decisions.append(CloseTask(closed))
    return tuple(decisions)


def _known(event: EscalationEvent, *, standing: bool) -> Escalation:
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
        days_overdue=event.days_overdue,
        issued_on=event.issued_on,
        due_on=event.due_on,
        raised_on=event.raised_on,
        policy=event.policy,
        why=event.why,
        claim=event.claim,
        standing=standing,
        lifted_why=None if standing else event.why,
    )


def _new_letter(event: EscalationEvent) -> Letter:
    recipient = event.recipient or Recipient()
    # An address can still come: customers and invoices travel on different topics.
    waits = not recipient.email
    reason = WAITS_FOR_ADDRESS if waits else why_unreachable(recipient.email)
    return Letter(
        # From the first escalation, so that no redelivery can ever make a second one.
        letter_id=uuid.uuid5(event.escalation_id, "letter"),
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        level=event.level,
        status=LetterStatus.PLANNED if waits or reason is None else LetterStatus.FAILED,
        recipient_name=recipient.name,
        recipient_email=recipient.email,
        locale=negotiate(recipient.locale),
        planned_on=event.raised_on,
        planned_at=event.time,
        reason=reason,
    )


def _new_task(event: EscalationEvent, rules: Rules) -> Task:
    kind = kind_of(event.action)
    days = rules.due_days.get(kind, DUE_DAYS_OTHER)
    return Task(
        task_id=uuid.uuid5(event.escalation_id, f"task:{kind}"),
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        kind=kind,
        level=event.level,
        status=TaskStatus.OPEN,
        opened_on=event.raised_on,
        due_on=event.raised_on + timedelta(days=days),
    )
