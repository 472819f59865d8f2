"""The overdue notice day by day: the insurer's last day, which nothing of the debtor's moves."""

from dataclasses import replace
from datetime import date

from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.policy.policy import Conditions
from shared.business_calendar import BusinessCalendar
from tests.unit.monitor.builders import amended, cover, issued, paid, reversed_
from tests.unit.monitor.debtor_builders import (
    blocked,
    cover_withdrawn,
    enforced,
    insolvent,
    promised,
    unblocked,
)
from tests.unit.monitor.invoice_builders import disputed, extended
from tests.unit.monitor.policies import COMMON_HOLDS, level, policy
from tests.unit.monitor.rules.world import Story, World, check, live, stories

NOTICE = level("notice", 20, "insurance_notice")
CLAIM = level("claim", 60, "insurance_claim")
#: Due on 2026-01-31: the notice is reached on 2026-02-20, and to be given by 2026-03-02.
ALONE = policy(NOTICE)
LEVELS = policy(level("first", 15), NOTICE, level("second", 30), CLAIM)
HELD = policy(level("first", 15, held_by=COMMON_HOLDS), NOTICE)
BUSINESS = replace(
    policy(level("first", 15), NOTICE), days="business", calendar=BusinessCalendar(())
)
WAITING = policy(level("first", 10), NOTICE, level("second", 25, min_days_after_previous=14))
#: Reached on 2026-02-10, 02-15, 02-20 and, after the waiting period, 04-01.
WAITED = policy(
    level("first", 10),
    level("notice", 15, "insurance_notice"),
    level("second", 20, min_days_after_previous=10),
    level("claim", 30, "insurance_claim"),
)
LARGE = replace(NOTICE, conditions=Conditions({"EUR": 20000}))
COVERED = cover(mep_days=300)
A = issued("A", "100.00")
ON_TIME = {"2026-02-20": ["A/1 raised notice"]}


@stories(
    Story(
        "the level's days are fewer than the cover's",
        ALONE, {"2026-01-01": [COVERED, A]}, "2026-06-30", ON_TIME,
    ),
    Story(
        "the cover's days are fewer than the level's",
        ALONE, {"2026-01-01": [cover(notice_days=12, mep_days=300), A]}, "2026-06-30",
        {"2026-02-12": ["A/1 raised notice"]},
    ),
    Story(
        "before the claim",
        policy(NOTICE, CLAIM), {"2026-01-01": [COVERED, A]}, "2026-06-30",
        {**ON_TIME, "2026-04-01": ["A/1 raised claim"]},
    ),
    Story("no cover: there is none", ALONE, {"2026-01-01": [A]}, "2026-06-30", {}),
    Story(
        "no cover in its currency: there is none, of insolvency neither",
        ALONE, {"2026-01-01": [cover(currency="USD"), A, insolvent("2026-02-01")]}, "2026-06-30",
        {"2026-02-01": ["cover TC-1 stopped after 2026-02-01"]},
    ),
    Story(
        "a cover that is known late, when the last day has passed",
        ALONE, {"2026-01-01": [A], "2026-03-10": [COVERED]}, "2026-06-30",
        {"2026-03-10": ["A/1 raised notice"]},
    ),
    Story(
        "more time for the debtor does not move it",
        ALONE, {"2026-01-01": [COVERED, A], "2026-01-20": [extended("A", "2026-05-31")]},
        "2026-06-30", ON_TIME,
    ),
    Story(
        "more time lifts the letter and not the notice",
        LEVELS,
        {
            "2026-01-01": [COVERED, A],
            "2026-02-25": [extended("A", "2026-05-31", agreed_on="2026-02-25")],
        },
        "2026-03-31",
        {
            "2026-02-15": ["A/1 raised first"],
            "2026-02-20": ["A/1 raised notice"],
            "2026-02-25": ["A/1 lifted first: terms extended"],
        },
    ),
    Story(
        "no weekend and no business days move it",
        BUSINESS, {"2026-01-01": [COVERED, issued("A", ("2026-02-01", "100.00"))]}, "2026-02-28",
        {"2026-02-21": ["A/1 raised notice"], "2026-02-20": ["A/1 raised first"]},
    ),
    Story(
        "no promise and no block holds it",
        HELD, {"2026-01-01": [COVERED, A, blocked("B"), promised("P", by="2026-05-31")]},
        "2026-05-31", ON_TIME,
    ),
    Story(
        "no dispute holds it",
        ALONE, {"2026-01-01": [COVERED, A], "2026-02-01": [disputed("D", "A")]}, "2026-03-31",
        ON_TIME,
    ),
    Story(
        "with enforcement off it is held, as everything is",
        ALONE,
        {
            "2026-01-01": [COVERED, A],
            "2026-02-01": [enforced(is_on=False)],
            "2026-02-25": [enforced(is_on=True, on="2026-02-25")],
        },
        "2026-03-31", {"2026-02-25": ["A/1 raised notice"]},
    ),
    Story(
        "no minimum of the policy holds it",
        policy(level("first", 15), NOTICE, minimum={"EUR": 20000}, minimum_items=2),
        {"2026-01-01": [COVERED, A]}, "2026-03-31", ON_TIME,
    ),
    Story(
        "insolvency brings it at once, as it brings the claim",
        policy(NOTICE, CLAIM),
        {"2026-01-01": [COVERED, A], "2026-02-05": [insolvent("2026-02-05")]}, "2026-03-31",
        {"2026-02-05": ["A/1 raised notice", "A/1 raised claim",
                        "cover TC-1 stopped after 2026-02-05"]},
    ),
)  # fmt: skip
def test_it_comes_on_its_day_or_the_covers_last_and_nothing_moves_it(story: Story) -> None:
    check(story)


@stories(
    Story(
        "the highest after an outage, and the notice",
        LEVELS, {"2026-03-05": [COVERED, A]}, "2026-03-31",
        {"2026-03-05": ["A/1 raised notice", "A/1 raised second over first"]},
    ),
    Story(
        "a claim that is the highest skips the letters and no notice",
        LEVELS, {"2026-04-05": [COVERED, A]}, "2026-04-30",
        {"2026-04-05": ["A/1 raised notice", "A/1 raised claim over first, second"]},
    ),
    Story(
        "a notice that stands last is not the highest",
        policy(level("first", 5), level("second", 10), NOTICE), {"2026-03-05": [COVERED, A]},
        "2026-03-31", {"2026-03-05": ["A/1 raised second over first", "A/1 raised notice"]},
    ),
    Story(
        "beside the step of the day",
        replace(LEVELS, backlog="step"), {"2026-03-05": [COVERED, A]}, "2026-03-31",
        {
            "2026-03-05": ["A/1 raised first", "A/1 raised notice"],
            "2026-03-06": ["A/1 raised second"],
        },
    ),
    Story(
        "and is not the step of the day itself",
        replace(HELD, backlog="step"),
        {
            "2026-01-01": [COVERED, A, blocked("B")],
            "2026-02-20": [cover("TC-2", currency="USD"), unblocked("B", on="2026-02-20")],
        },
        "2026-03-31", {"2026-02-20": ["A/1 raised notice", "A/1 raised first"]},
    ),
    Story(
        "what stands above it does not pass it over",
        LEVELS, {"2026-01-01": [A], "2026-03-05": [COVERED]}, "2026-03-31",
        {
            "2026-02-15": ["A/1 raised first"],
            "2026-03-02": ["A/1 raised second"],
            "2026-03-05": ["A/1 raised notice"],
        },
    ),
    Story(
        "it passes over no level below it",
        HELD, {"2026-01-01": [COVERED, A, blocked("B", until="2026-03-05")]}, "2026-03-31",
        {**ON_TIME, "2026-03-06": ["A/1 raised first"]},
    ),
    Story(
        "no level waits for it",
        WAITING, {"2026-01-01": [COVERED, A]}, "2026-03-31",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": ["A/1 raised notice"],
            "2026-02-25": ["A/1 raised second"],
        },
    ),
    Story(
        "no level waits for one that is short of a minimum of its own",
        policy(WAITING.levels[0], LARGE, WAITING.levels[2]), {"2026-01-01": [COVERED, A]},
        "2026-03-31", {"2026-02-10": ["A/1 raised first"], "2026-02-25": ["A/1 raised second"]},
    ),
)  # fmt: skip
def test_it_is_out_of_the_order_of_levels(story: Story) -> None:
    check(story)


PAID = paid("P", "100.00", ("A", "100.00"), on="2026-02-25")


@stories(
    Story(
        "paid, and raised again after a bounce",
        ALONE,
        {
            "2026-01-01": [COVERED, A],
            "2026-02-25": [PAID],
            "2026-03-10": [reversed_("R", "P", on="2026-03-10")],
        },
        "2026-03-31",
        {
            **ON_TIME,
            "2026-02-25": ["A/1 lifted notice: paid"],
            "2026-03-10": ["A/1 raised notice"],
        },
    ),
    Story(
        "the cover turns out to be of another currency",
        ALONE,
        {"2026-01-01": [COVERED, A], "2026-02-25": [cover(currency="USD")]},
        "2026-03-31",
        {**ON_TIME, "2026-02-25": ["A/1 lifted notice: no cover insures it any more"]},
    ),
    Story(
        "a withdrawal leaves insured what was invoiced before, and told",
        ALONE,
        {"2026-01-01": [COVERED, A], "2026-02-25": [cover_withdrawn(on="2026-02-25")]},
        "2026-03-31",
        ON_TIME,
    ),
    Story(
        "an amendment that owes nothing until later leaves what the insurer was told",
        ALONE,
        {"2026-01-01": [COVERED, A], "2026-02-25": [amended("A", 2, ("2026-05-31", "100.00"))]},
        "2026-03-31",
        ON_TIME,
    ),
)
def test_it_is_lifted_when_there_is_nothing_to_tell_any_more(story: Story) -> None:
    check(story)


def test_a_new_policy_lifts_a_notice_that_it_would_not_have_given_yet() -> None:
    world = World(ALONE)
    world.on("2026-01-01", cover(notice_days=40, mep_days=300), A)
    assert world.until("2026-01-02", "2026-02-25") == ON_TIME
    world.adopt(replace(policy(level("notice", 35, "insurance_notice")), version=2))
    assert world.on("2026-02-26") == [
        "A/1 lifted notice: not due before 2026-03-07 by policy tests@2"
    ]
    assert world.until("2026-02-27", "2026-03-31") == {"2026-03-07": ["A/1 raised notice"]}


def test_what_waits_for_the_level_before_never_waits_for_the_notice() -> None:
    world = live(Story("first alone", WAITED, {"2026-01-01": [COVERED, A]}, "2026-02-10", {}))
    account = world.book.account
    [item] = account.invoices["A"].items
    around = Circumstances(account.debtor)
    outlook = decide(item, WAITED, date(2026, 2, 10), around).outlook
    expected = [("notice", "2026-02-15"), ("second", "2026-02-20"), ("claim", "2026-04-01")]
    assert [(one.level.name, one.on.isoformat()) for one, _waits in outlook] == expected
    assert not any(one.follows for one, _waits in outlook)


def test_an_item_without_cover_does_not_wait_for_a_notice() -> None:
    world = live(Story("no cover", WAITED, {"2026-01-01": [A]}, "2026-03-31", {}))
    [item] = world.book.account.invoices["A"].items
    assert item.next_attention_on is None
    names = [one.level.name for one, _waits in decide(item, WAITED, date(2026, 3, 31)).outlook]
    assert names == []
