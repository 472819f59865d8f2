"""What becomes of each level by itself: reached, held to which day, raised on which day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import pytest

from services.monitor.domain.escalation.applied import apply
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policy import CrossDefault, Policy
from services.monitor.domain.story.forecast import RAISED, WAITS, Expected, forecast
from shared.business_calendar import BusinessCalendar
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import cover, customer, day, issued
from tests.unit.monitor.debtor_builders import (
    GROUP,
    blocked,
    enforced,
    group_defaulted,
    insolvent,
    promise_withdrawn,
    promised,
)
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.policies import HELD, STANDARD, STEPWISE, WITH_MINIMUM, level, policy

#: Days after which nothing of a case is to come any more.
HORIZON_DAYS: Final = 300
WAITING: Final = policy(
    level("one", 10, held_by="promise"), level("two", 12, min_days_after_previous=10)
)
LEFT: Final = policy(
    level("one", 10, held_by="block"),
    level("two", 12, min_days_after_previous=10),
    level("claim", 60, "insurance_claim"),
)
HELD_ABOVE: Final = policy(
    level("one", 15, held_by="promise"), level("two", 30, held_by="promise"), minimum={"EUR": 3500}
)
TIMELY: Final = policy(level("reminder", 3, not_after_days=9, held_by="block"), level("two", 15))
RESTARTED: Final = policy(level("one", 15, held_by="dispute"), on_resolution="restart")
RESTARTED_TIMELY: Final = policy(
    level("one", 15, held_by="dispute", not_after_days=20), on_resolution="restart"
)
BUSINESS: Final = policy(
    level("one", 10, held_by="promise"), days="business", calendar=BusinessCalendar(())
)
PRECEDING: Final = policy(level("one", 15, on_holiday="preceding"), calendar=BusinessCalendar(()))
NOTICE: Final = level("notice", 20, "insurance_notice")
NOTIFIED: Final = policy(
    level("one", 15, held_by="promise dispute"), NOTICE, level("two", 30, held_by="dispute")
)
CLAIM_DISPUTABLE: Final = policy(level("claim", 60, "insurance_claim", held_by="dispute"))
DISPUTED_CLAIM: Final = policy(
    level("one", 15, held_by="dispute"), level("claim", 60, "insurance_claim")
)
CROSSED: Final = replace(HELD, cross_default=CrossDefault("legal", {}, "legal"))
TWO_ITEMS: Final = policy(("one", 15, "letter"), minimum_items=2)
NOTIFIED_CROSSED: Final = policy(
    ("one", 15, "letter"), ("two", 30, "letter"), ("notice", 40, "insurance_notice"),
    cross_default=CrossDefault("two", {}, "two"),
)  # fmt: skip
OFF: Final = "held by enforcement from 2026-02-01 to 2026-02-09"
DISPUTED: Final = "held by dispute from 2026-02-01"
PROMISED: Final = "held by promise P from 2026-02-01 to 2026-02-20"
TO_MARCH: Final = "held by promise P from 2026-02-01 to 2026-03-02"


@dataclass(frozen=True)
class Case:
    """What has happened, and what becomes of each level; A over 100.00 is due on 2026-01-31."""

    by: Policy
    events: tuple[Inbound, ...]
    today: str
    becomes: tuple[str, ...]
    #: Levels that stand raised, with their days.
    raised: tuple[tuple[str, str], ...] = ()


CASES: Final[dict[str, Case]] = {
    "nothing holds anything": Case(
        STANDARD, (), "2026-02-01",
        ("dunning 2026-02-15: raised 2026-02-15",
         "legal 2026-03-02: raised 2026-03-02",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a promise that is over by the day of a level holds it not": Case(
        HELD, (promised("P", by="2026-02-20"),), "2026-02-17",
        (f"dunning 2026-02-15: {PROMISED}, raised 2026-02-21",
         "legal 2026-03-02: raised 2026-03-02",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a promise on the very day of a level holds it": Case(
        HELD, (promised("P", by="2026-03-02"),), "2026-02-01",
        (f"dunning 2026-02-15: {TO_MARCH}, passed_over 2026-03-03 by legal",
         f"legal 2026-03-02: {TO_MARCH}, raised 2026-03-03",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a promise that was withdrawn holds nothing": Case(
        HELD, (promised("P", by="2026-03-02"), promise_withdrawn("P")), "2026-02-12",
        ("dunning 2026-02-15: raised 2026-02-15",
         "legal 2026-03-02: raised 2026-03-02",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a block to a day, and a promise to a later one": Case(
        HELD, (blocked("B", until="2026-02-18"), promised("P", by="2026-02-20")), "2026-02-16",
        (f"dunning 2026-02-15: {PROMISED}, raised 2026-02-21",
         "legal 2026-03-02: raised 2026-03-02",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a block without an end holds on, but no claim, which leaves what is held to come later": Case(
        HELD, (blocked("B"),), "2026-02-16",
        ("dunning 2026-02-15: held by block B from 2026-02-01, waits",
         "legal 2026-03-02: held by block B from 2026-02-01, waits",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a dispute of all without an end holds on": Case(
        HELD, (disputed("D", "A"),), "2026-02-16",
        tuple(
            f"{name} {on}: {DISPUTED}, waits"
            for name, on in (
                ("dunning", "2026-02-15"),
                ("legal", "2026-03-02"),
                ("insurance_claim", "2026-04-01"),
            )
        ),
    ),
    "a dispute of a part holds nothing": Case(
        HELD, (disputed("D", "A", "99.99"),), "2026-03-20",
        ("insurance_claim 2026-04-01: raised 2026-04-01",),
        (("dunning", "2026-02-15"), ("legal", "2026-03-02")),
    ),
    "enforcement off holds everything": Case(
        HELD, (enforced(is_on=False),), "2026-03-20",
        ("insurance_claim 2026-04-01: held by enforcement from 2026-02-01, waits",),
        (("dunning", "2026-02-15"), ("legal", "2026-03-02")),
    ),
    "what is reached already is raised at the next look": Case(
        STANDARD, (), "2026-03-05",
        ("dunning 2026-02-15: passed_over 2026-03-05 by legal",
         "legal 2026-03-02: raised 2026-03-05",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "one a day": Case(
        STEPWISE, (), "2026-03-05",
        ("dunning 2026-02-15: raised 2026-03-05",
         "legal 2026-03-02: raised one a day, the lowest first, raised 2026-03-06",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "a level waits for the one before it, from the day that is raised": Case(
        WAITING, (promised("P", by="2026-02-20"),), "2026-02-01",
        (f"one 2026-02-10: {PROMISED}, raised 2026-02-21",
         "two 2026-03-03: raised 2026-03-03"),
    ),
    "a level waits for one that only an event brings": Case(
        WAITING, (disputed("D", "A"),), "2026-02-01",
        ("one 2026-02-10: all that is open is disputed, waits",
         "two 2026-02-20: all that is open is disputed, follows, waits"),
    ),
    "the first day of what follows is told as it is today": Case(
        LEFT, (blocked("B"),), "2026-02-01",
        ("one 2026-02-10: held by block B from 2026-02-01, waits",
         "two 2026-02-20: follows, waits",
         "claim 2026-04-01: raised 2026-04-01"),
    ),
    "what is below the minimum is not held by a promise that is over by then": Case(
        HELD_ABOVE, (issued("A", "10.00"), promised("P", by="2026-02-20")), "2026-02-01",
        (f"one 2026-02-15: {PROMISED}, below the minimum, waits",
         "two 2026-03-02: below the minimum, waits"),
    ),
    "its time is over": Case(
        TIMELY, (), "2026-02-12",
        ("reminder 2026-02-03: over 2026-02-10", "two 2026-02-15: raised 2026-02-15"),
    ),
    "its time is over before the hold is": Case(
        TIMELY, (blocked("B", until="2026-02-12"),), "2026-02-04",
        ("reminder 2026-02-03: held by block B from 2026-02-01 to 2026-02-12, over 2026-02-10",
         "two 2026-02-15: raised 2026-02-15"),
    ),
    "its time will be over, for nothing ends the hold": Case(
        TIMELY, (blocked("B"),), "2026-02-01",
        ("reminder 2026-02-03: held by block B from 2026-02-01, over 2026-02-10",
         "two 2026-02-15: raised 2026-02-15"),
    ),
    "a dispute that runs stops the clock": Case(
        RESTARTED, (disputed("D", "A", on="2026-02-05"),), "2026-02-10",
        ("one 2026-02-20: held by dispute from 2026-02-05, stands, waits",),
    ),
    "a dispute that ended gives its days back": Case(
        RESTARTED,
        (disputed("D", "A", on="2026-02-05"), resolved("D", "A", on="2026-02-09")),
        "2026-02-10",
        ("one 2026-02-19: raised 2026-02-19",),
    ),
    "a clock that stands is no time that is over": Case(
        RESTARTED_TIMELY, (disputed("D", "A", on="2026-02-05"),), "2026-02-10",
        ("one 2026-02-20: held by dispute from 2026-02-05, stands, waits",),
    ),
    "business days": Case(
        BUSINESS, (promised("P", by="2026-02-14"),), "2026-02-02",
        ("one 2026-02-13: held by promise P from 2026-02-01 to 2026-02-14, raised 2026-02-15",),
    ),
    "a level that is moved before a weekend": Case(
        PRECEDING, (), "2026-02-02", ("one 2026-02-13: raised 2026-02-13",)
    ),
    "below the minimum": Case(
        WITH_MINIMUM, (issued("A", "10.00"),), "2026-02-20",
        ("dunning 2026-02-15: below the minimum, waits",
         "legal 2026-03-02: below the minimum, waits",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "another item makes up the number": Case(
        TWO_ITEMS, (issued("B", ("2026-03-10", "5.00")),), "2026-02-16",
        ("one 2026-02-15: fewer than 2 overdue items: 1, raised 2026-03-11",),
    ),
    "others of the group are in default": Case(
        CROSSED,
        (customer(1, group_id=GROUP), group_defaulted(1), promised("P", by="2026-02-20")),
        "2026-02-02",
        (f"dunning 2026-02-15: {PROMISED}, passed_over 2026-02-21 by legal",
         f"legal 2026-02-01: {PROMISED}, crossed, raised 2026-02-21",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
    ),
    "insolvency brings the claim at once": Case(
        HELD, (cover(), insolvent()), "2026-02-03",
        ("dunning 2026-02-15: raised 2026-02-15",
         "legal 2026-03-02: raised 2026-03-02",
         "insurance_claim 2026-02-01: raised 2026-02-03"),
    ),
    "an overdue notice comes on its day, whatever holds the debtor's levels": Case(
        NOTIFIED, (cover(mep_days=300), promised("P", by="2026-02-20")), "2026-02-01",
        (f"one 2026-02-15: {PROMISED}, raised 2026-02-21",
         "notice 2026-02-20: raised 2026-02-20",
         "two 2026-03-02: raised 2026-03-02"),
    ),
    "an overdue notice comes on the cover's last day": Case(
        NOTIFIED, (cover(notice_days=5, mep_days=300),), "2026-02-01",
        ("one 2026-02-15: raised 2026-02-15",
         "notice 2026-02-05: raised 2026-02-05",
         "two 2026-03-02: raised 2026-03-02"),
    ),
    "an overdue notice of what is wholly disputed comes all the same": Case(
        NOTIFIED, (cover(mep_days=300), disputed("D", "A")), "2026-02-10",
        (f"one 2026-02-15: {DISPUTED}, waits",
         "notice 2026-02-20: raised 2026-02-20",
         f"two 2026-03-02: {DISPUTED}, waits"),
    ),
    "and so does a claim": Case(
        DISPUTED_CLAIM, (cover(mep_days=300), disputed("D", "A")), "2026-02-10",
        (f"one 2026-02-15: {DISPUTED}, waits", "claim 2026-04-01: raised 2026-04-01"),
    ),
    "a claim whose level names disputes waits for them": Case(
        CLAIM_DISPUTABLE, (cover(mep_days=300), disputed("D", "A")), "2026-02-10",
        (f"claim 2026-04-01: {DISPUTED}, waits",),
    ),
    "no cover, no overdue notice": Case(
        NOTIFIED, (), "2026-02-01",
        ("one 2026-02-15: raised 2026-02-15", "two 2026-03-02: raised 2026-03-02"),
    ),
    "no cover, no overdue notice below what stands": Case(
        NOTIFIED, (), "2026-03-20",
        ("one 2026-02-15: passed_over 2026-03-02 by two",),
        (("two", "2026-03-02"),),
    ),
    "what stands is passed over by the level above it, and not by a notice": Case(
        NOTIFIED, (cover(mep_days=300),), "2026-03-20",
        ("one 2026-02-15: passed_over 2026-03-02 by two",),
        (("notice", "2026-02-20"), ("two", "2026-03-02")),
    ),
    "a notice of the same day passes over no level": Case(
        NOTIFIED_CROSSED,
        (customer(1, group_id=GROUP), group_defaulted(1), cover(notice_days=5, mep_days=300),
         enforced(is_on=False), enforced(is_on=True, on="2026-02-10")),
        "2026-02-02",
        ("one 2026-02-15: passed_over 2026-02-10 by two",
         f"two 2026-02-01: {OFF}, crossed, raised 2026-02-10",
         f"notice 2026-02-05: {OFF}, raised 2026-02-10"),
    ),
    "an overdue notice that stands passes over no level": Case(
        NOTIFIED, (cover(mep_days=300), promised("P", by="2026-02-24")), "2026-02-22",
        ("one 2026-02-15: held by promise P from 2026-02-01 to 2026-02-24, raised 2026-02-25",
         "two 2026-03-02: raised 2026-03-02"),
        (("notice", "2026-02-20"),),
    ),
    "a level that a new policy has put below what stands": Case(
        STANDARD, (), "2026-03-20",
        ("dunning 2026-02-15: passed_over 2026-03-02 by legal",
         "insurance_claim 2026-04-01: raised 2026-04-01"),
        (("legal", "2026-03-02"),),
    ),
}  # fmt: skip


def made(case: Case) -> tuple[Book, Item]:
    """Return the book of a case and its item A."""
    book = Book()
    has_own = any(getattr(one, "invoice_id", "") == "A" and hasattr(one, "total")
                  for one in case.events)  # fmt: skip
    book.fold(*(() if has_own else (issued("A", "100.00"),)), *case.events)
    item = book.item("A/1")
    item.raised = [
        Raised(name, "letter", [], day(on), case.by.label, 0, item.cycle)
        for name, on in case.raised
    ]
    return book, item


def around(book: Book, case: Case, today: date) -> Circumstances:
    overdue = overdue_of(book.items(), today) if case.by.needs_account else None
    return Circumstances(book.account.debtor, overdue=overdue)


def told(one: Expected) -> str:
    """Write what becomes of a level in one line."""
    parts = []
    for delay in one.delays:
        since = f" from {delay.since}" if delay.since else ""
        until = f" to {delay.until}" if delay.until else ""
        parts.append(f"{delay.because}{since}{until}")
    flags = {"follows": one.follows, "crossed": one.cross_default, "stands": one.clock_stands}
    parts += [name for name, is_so in flags.items() if is_so]
    by = f" by {one.by}" if one.by else ""
    parts.append(one.becomes if one.becomes == WAITS else f"{one.becomes} {one.becomes_on}{by}")
    return f"{one.level.name} {one.on}: {', '.join(parts)}"


def forecast_of(case: Case) -> tuple[Expected, ...]:
    book, item = made(case)
    today = day(case.today)
    return forecast(item, case.by, today, around(book, case, today), book.items())


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_each_level_is_told_by_the_day_on_which_it_is_reached(case: Case) -> None:
    assert tuple(map(told, forecast_of(case))) == case.becomes


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_it_comes_as_it_was_told_when_every_day_is_looked_at(case: Case) -> None:
    book, item = made(case)
    told_days = {
        one.level.name: one.becomes_on for one in forecast_of(case) if one.becomes == RAISED
    }
    before = {one.level for one in item.raised}
    for days in range(HORIZON_DAYS):
        today = day(case.today) + timedelta(days=days)
        circumstances = around(book, case, today)
        apply(item, decide(item, case.by, today, circumstances), case.by, today, circumstances)
    raised = {one.level: one.raised_on for one in item.raised if one.level not in before}
    assert raised == told_days


def test_a_forecast_leaves_the_item_as_it_is() -> None:
    book, item = made(CASES["nothing holds anything"])
    today = day("2026-03-20")
    forecast(item, STANDARD, today, Circumstances(book.account.debtor), book.items())
    assert (item.raised, item.next_attention_on) == ([], None)


def test_of_what_is_settled_nothing_is_to_come() -> None:
    book, item = made(CASES["nothing holds anything"])
    item.cleared = item.amount
    assert forecast(item, STANDARD, day("2026-02-01"), Circumstances(), book.items()) == ()
