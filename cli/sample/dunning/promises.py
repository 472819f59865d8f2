"""Promises to pay: kept early or by parts, broken, or taken back.

What the customer does about the invoice is settled elsewhere; a promise is a word about it, so that
whether it is kept follows from the payments.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from cli.sample.paying.courses import Course
from cli.sample.teller import Teller

#: Of the invoices that become overdue; some of them are paid before anyone calls.
PROMISED_SHARE: Final = 0.18
#: When someone calls, counted from the first day overdue.
CALLED_DAYS: Final = (1, 18)
SEVERAL_SHARE: Final = 0.25
SEVERAL_MAX: Final = 5
WITHDRAWN_SHARE: Final = 0.08
#: Who means to pay within these days promises a day that mostly holds.
SOON_DAYS: Final = 21
KEPT_SHARE: Final = 0.8
SLACK_DAYS: Final = (0, 3)
EMPTY_DAYS: Final = (3, 14)
AMOUNT_SHARE: Final = 0.5
ACCOUNT_SHARE: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What was promised on the phone; without a withdrawal it stands."""

    made_day: int
    promised_day: int
    withdrawn_day: int | None = None


def promise(teller: Teller, courses: Sequence[Course], random: Random) -> None:
    """Tell of a promise for some of the invoices that became overdue."""
    if not teller.knows("promise.made.v1"):
        return
    promised: set[str] = set()
    for course in courses:
        overdue_day = course.first_overdue_day()
        if overdue_day is None or random.random() >= PROMISED_SHARE:
            continue
        made_day = teller.diary.office_day(overdue_day + random.randint(*CALLED_DAYS))
        if not _can_be_promised(course, made_day, promised):
            continue
        chosen = [course]
        if random.random() < SEVERAL_SHARE:
            rest = [other for other in courses if other is not course]
            chosen += [one for one in rest if _can_be_promised(one, made_day, promised)]
            del chosen[SEVERAL_MAX:]
        promised |= {one.invoice.invoice_id for one in chosen}
        made = _make(teller, chosen, made_day, random)
        _tell(teller, f"{len(promised):02d}", chosen, made, random)


def _can_be_promised(course: Course, day: int, promised: set[str]) -> bool:
    """Whether some of it is due, nothing is happening to it that day, and nobody promised it."""
    return (
        not course.has_a_story
        and course.invoice.invoice_id not in promised
        and course.is_due_all(day)
    )


def _cleared_days(courses: Sequence[Course], made_day: int) -> Iterator[int | None]:
    """Give for each invoice the day by which what was due on `made_day` is paid, if it ever is."""
    for course in courses:
        wanted_minor = course.moved_minor(made_day) + course.due_minor(made_day)
        yield course.reached_day(wanted_minor, made_day)


def _make(teller: Teller, courses: Sequence[Course], made_day: int, random: Random) -> Promise:
    days = list(_cleared_days(courses, made_day))
    cleared_day = None if None in days else max(day for day in days if day is not None)
    empty_day = made_day + random.randint(*EMPTY_DAYS)
    withdrawn_day = teller.diary.office_day(made_day + 1)
    withdraws = random.random() < WITHDRAWN_SHARE and teller.knows("promise.withdrawn.v1")
    keeps = random.random() < KEPT_SHARE
    if withdraws and withdrawn_day < empty_day and (cleared_day or empty_day) > withdrawn_day:
        return Promise(made_day=made_day, promised_day=empty_day, withdrawn_day=withdrawn_day)
    if cleared_day is None:
        return Promise(made_day=made_day, promised_day=empty_day)
    if cleared_day <= made_day + 1 or (cleared_day <= made_day + SOON_DAYS and keeps):
        return Promise(made_day=made_day, promised_day=cleared_day + random.randint(*SLACK_DAYS))
    return Promise(made_day=made_day, promised_day=min(empty_day, cleared_day - 1))


def _tell(
    teller: Teller, number: str, courses: Sequence[Course], made: Promise, random: Random
) -> None:
    """Tell of a promise for named invoices, or for the account as those do who never name any."""
    customer = teller.customer
    promise_id = f"PRM-{customer.number:04d}-{number}"
    on_account = customer.pays_on_account or random.random() < ACCOUNT_SHARE
    due_minor = sum(course.due_minor(made.made_day) for course in courses)
    with_amount = on_account or random.random() < AMOUNT_SHARE
    teller.tell(
        "promise.made.v1",
        promise_id,
        made.made_day,
        promise_id=promise_id,
        promised_on=teller.on(made.promised_day),
        amount=teller.text(due_minor) if with_amount else None,
        currency=customer.currency if with_amount else None,
        invoice_ids=None if on_account else [course.invoice.invoice_id for course in courses],
    )
    if made.withdrawn_day is not None:
        teller.tell(
            "promise.withdrawn.v1",
            promise_id,
            made.withdrawn_day,
            promise_id=promise_id,
            reason="customer called again and cannot pay by then",
        )
