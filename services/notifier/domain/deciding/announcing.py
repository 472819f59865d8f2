"""What words about whole accounts mean: tasks for collections and for the credit manager.

A word that something is wrong opens a task; its opposite closes it. Both speak of one matter (a
promise, a cover, a group's default), and a word older than the last on its matter changes nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from services.notifier.domain.deciding.values import (
    CloseTask,
    Decision,
    MatterAt,
    Note,
    OpenTask,
    ReviseTask,
    Rules,
)
from services.notifier.domain.work import Facts, Matter, Task, TaskStatus
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
)
from shared.contracts.group import CURED, DEFAULTED

#: A promise was not kept: collections asks the customer, for dunning goes on.
PROMISE_BROKEN_KIND: Final = "promise_broken"
#: New deliveries are not insured any more: the credit manager stops those on credit.
COVER_STOPPED_KIND: Final = "cover_stopped"
#: Other accounts of the customer's group are in default, whatever this one pays: the credit
#: manager looks at it.
ACCOUNT_DEFAULTED_KIND: Final = "account_defaulted"

#: The kind of task that a word opens.
OPENS: Final[Mapping[str, str]] = MappingProxyType(
    {
        PROMISE_BROKEN: PROMISE_BROKEN_KIND,
        COVER_STOPPED: COVER_STOPPED_KIND,
        DEFAULTED: ACCOUNT_DEFAULTED_KIND,
    }
)
#: The kind of task that a word closes, and with what outcome.
CLOSES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        PROMISE_KEPT: (PROMISE_BROKEN_KIND, "kept"),
        PROMISE_ANNULLED: (PROMISE_BROKEN_KIND, "withdrawn"),
        COVER_RESUMED: (COVER_STOPPED_KIND, "resumed"),
        CURED: (ACCOUNT_DEFAULTED_KIND, "cured"),
    }
)


def matter_of(word: Announcement) -> Matter | None:
    """Return what a word is about; None for a type that makes no work."""
    kind = OPENS.get(word.type) or CLOSES.get(word.type, ("", ""))[0]
    subject = _subject_of(word)
    if not kind or subject is None:
        return None
    return Matter(account_id=word.account_id, kind=kind, subject=subject, told_at=word.time)


def announced(word: Announcement, present: MatterAt, rules: Rules) -> tuple[Decision, ...]:
    """Return the work of a word about an account; nothing for a stale one."""
    matter = matter_of(word)
    if matter is None or (present.told_at is not None and word.time < present.told_at):
        return ()
    if word.type in CLOSES:
        _, outcome = CLOSES[word.type]
        return (Note(matter), *(CloseTask(_closed(task, word, outcome)) for task in present.tasks))
    if present.tasks:
        told = (replace(task, why=word.why, facts=facts_of(word)) for task in present.tasks)
        return (Note(matter), *(ReviseTask(task) for task in told))
    return (Note(matter), OpenTask(_new_task(word, matter, present.customer_name, rules)))


def facts_of(word: Announcement) -> Facts | None:
    """Return the figures that a word brings, as a task shows them."""
    match word:
        case PromiseOutcome():
            return Facts(
                promise_id=word.promise_id,
                promised_on=word.promised_on,
                promise_status=word.status,
                promised=word.promised,
                paid=word.paid,
                currency=word.currency,
                broken_promises=word.broken_promises,
            )
        case CoverStanding():
            return Facts(policy_no=word.policy_no, insurer=word.insurer, mep_on=word.mep_on)
        case DefaultStanding():
            return Facts(group_id=word.group_id, causes=tuple(word.causes))
        case _:
            return None


def _subject_of(word: Announcement) -> str | None:
    match word:
        case PromiseOutcome() | PromiseAnnulment():
            return word.promise_id
        case CoverStanding():
            return word.policy_no
        case DefaultStanding():
            return word.group_id
        case _:
            return None


def _new_task(word: Announcement, matter: Matter, name: str | None, rules: Rules) -> Task:
    return Task(
        task_id=uuid.uuid5(word.event_id, f"task:{matter.kind}"),
        account_id=word.account_id,
        creditor_id=word.creditor_id,
        kind=matter.kind,
        level=None,
        status=TaskStatus.OPEN,
        opened_on=word.said_on,
        due_on=word.said_on + timedelta(days=rules.days_of(matter.kind)),
        customer_name=name,
        subject=matter.subject,
        why=word.why,
        facts=facts_of(word),
    )


def _closed(task: Task, word: Announcement, outcome: str) -> Task:
    return replace(
        task,
        status=TaskStatus.CLOSED,
        outcome=outcome,
        note=word.why,
        closed_on=max(word.said_on, task.opened_on),
    )
