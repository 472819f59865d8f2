"""What becomes of work after its raise: new figures, a hold, the end of a hold, the end of it all.

A held item's work is paused and not forgotten (design, section 4, rule 6). Words about holds are
told apart by their instants, so that an older one that comes late changes nothing.
"""

from dataclasses import replace
from typing import Final

from services.notifier.domain.deciding.leaving import left
from services.notifier.domain.deciding.raising import (
    assigned,
    disputed_of,
    enlisted,
    known_of,
    task_anew,
    withdrawal,
)
from services.notifier.domain.deciding.values import (
    CloseTask,
    Decision,
    Keep,
    OpenTask,
    Present,
    ReviseLetter,
    ReviseTask,
    Rules,
)
from services.notifier.domain.holds import letter_on, task_on
from services.notifier.domain.work import (
    DUNNING_LETTER,
    INSURANCE_CLAIM,
    Escalation,
    TaskStatus,
)
from shared.calendar import local_date
from shared.contracts.escalation import EscalationEvent
from shared.money import to_minor

#: The outcome of a task whose every item is no longer due.
LIFTED_OUTCOME: Final = "lifted"


def updated(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what new figures change; nothing for what does not stand.

    A claim that is told anew after its task is done gets another one: the insurer was asked for
    what is no longer right.
    """
    known = present.known
    if known is None or not known.standing:
        return ()
    return _settled(event, known, _with_figures(known, event), present, rules)


def held(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what a hold changes; one of what was lifted, or that is stale, changes nothing.

    One that comes before its raise is remembered: the work then begins on hold.
    """
    known = present.known or known_of(event, standing=True)
    if not known.standing or _is_stale(event, known):
        return ()
    fresh = replace(
        _with_figures(known, event),
        held_by=event.held_by or event.why,
        held_until=event.held_until,
        hold_told_at=event.time,
    )
    return _settled(event, known, fresh, present, rules)


def resumed(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what the end of a hold changes: the work goes on where it was.

    An item whose letter has left without it joins the account's next one, or gets its own.
    """
    known = present.known or known_of(event, standing=True)
    if not known.standing or _is_stale(event, known):
        return ()
    fresh = replace(
        _with_figures(known, event), held_by=None, held_until=None, hold_told_at=event.time
    )
    return _settled(event, known, fresh, present, rules)


def lifted(event: EscalationEvent, present: Present, rules: Rules) -> tuple[Decision, ...]:
    """Return what the end of an escalation calls back: the letter and task nothing else needs.

    A claim that a person has dealt with gets a task to withdraw it.
    """
    lifted_on = local_date(event.time, rules.time_zone)
    known = present.known
    if known is None:
        # A replay from the middle can bring the end first: remembered, so that the raise, should
        # it still come, makes no work.
        return (Keep(replace(known_of(event, standing=False), lifted_on=lifted_on)),)
    if not known.standing:
        return ()
    gone = replace(
        known,
        standing=False,
        open_minor=to_minor(event.open, event.currency, "open"),
        lifted_on=lifted_on,
        lifted_why=event.why,
        held_by=None,
        held_until=None,
        in_letter=known.in_letter and present.letter is None,
    )
    decisions: list[Decision] = []
    if _may_be_claimed(known, present):
        opened = withdrawal(event, rules, event.said_on or lifted_on)
        gone = replace(gone, task_id=opened.task_id)
        decisions.append(OpenTask(opened))
    decisions.append(Keep(gone))
    if present.letter is not None:
        letter = left(present.letter, event.why)
        if letter != present.letter.letter:
            decisions.append(ReviseLetter(letter))
    if present.task is not None:
        task = present.task.task
        rest = task_on(task, present.task.others, lifted_on)
        if not present.task.others:
            rest = replace(
                rest,
                status=TaskStatus.CLOSED,
                due_on=task.due_on,
                outcome=LIFTED_OUTCOME,
                note=event.why,
                closed_on=max(lifted_on, task.opened_on),
            )
            decisions.append(CloseTask(rest))
        elif rest != task:
            decisions.append(ReviseTask(rest))
    return tuple(decisions)


def _is_stale(event: EscalationEvent, known: Escalation) -> bool:
    return known.hold_told_at is not None and event.time < known.hold_told_at


def _with_figures(known: Escalation, event: EscalationEvent) -> Escalation:
    return replace(
        known,
        open_minor=to_minor(event.open, event.currency, "open"),
        disputed_minor=disputed_of(event),
        interest=event.interest or known.interest,
        days_overdue=event.days_overdue,
        due_on=event.due_on,
        claim=event.claim or known.claim,
    )


def _settled(
    event: EscalationEvent,
    before: Escalation,
    after: Escalation,
    present: Present,
    rules: Rules,
) -> tuple[Decision, ...]:
    """Return what is left to do when a standing escalation has become another."""
    decisions: list[Decision] = []
    today = local_date(event.time, rules.time_zone)
    if present.letter is not None:
        letter = letter_on(present.letter.letter, (*present.letter.others, after))
        if letter != present.letter.letter:
            decisions.append(ReviseLetter(letter))
    elif _was_left_behind(before, after):
        cause = str(event.event_id)
        after, decisions = enlisted(
            event, after, present.next_letter, planned_on=today, cause=cause
        )
    if present.task is not None:
        task = task_on(present.task.task, (*present.task.others, after), today)
        if task != present.task.task:
            decisions.append(ReviseTask(task))
    elif _is_claimed_anew(before, after):
        opened = task_anew(event, rules, event.said_on or today)
        after, of_task = assigned(after, opened, present.next_task, today)
        decisions = [*decisions, *of_task]
    return (Keep(after), *decisions)


def _is_claimed_anew(before: Escalation, after: Escalation) -> bool:
    """Whether a claim that a person has dealt with has other figures now."""
    return (
        after.action == INSURANCE_CLAIM
        and before.task_id is not None
        and before.claim != after.claim
    )


def _may_be_claimed(known: Escalation, present: Present) -> bool:
    """Whether the insurer may have a claim: its task is done, or waits in place of one that is."""
    if known.action != INSURANCE_CLAIM or known.task_id is None:
        return False
    return present.task is None or present.task.task.why is not None


def _was_left_behind(before: Escalation, after: Escalation) -> bool:
    """Whether an item that may be dunned again was held when its letter left without it."""
    return (
        after.action == DUNNING_LETTER
        and after.letter_id is not None
        and not after.in_letter
        and after.dunnable
        and not before.dunnable
    )
