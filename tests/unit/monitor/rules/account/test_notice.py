"""The notice to the insurer: in time, beside the other levels, for insured items alone."""

from dataclasses import replace
from datetime import date
from typing import Final

from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.escalation.default import default_cause
from services.monitor.domain.policy.policy import CrossDefault
from tests.unit.monitor.builders import cover, issued, paid, reversed_
from tests.unit.monitor.debtor_builders import blocked, cover_withdrawn, insolvent
from tests.unit.monitor.invoice_builders import disputed, extended
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, live, stories

#: Due on 2026-01-31: reached on 2026-02-10, 02-15, 02-20 and, without cover, 2026-03-02.
POLICY: Final = policy(
    level("first", 10, held_by="dispute promise block insolvency"),
    level("notice", 15, "insurance_notice"),
    level("second", 20, min_days_after_previous=10, held_by="dispute block insolvency"),
    level("claim", 30, "insurance_claim"),
)
COVER: Final = cover(notice_days=30, waiting_days=30, mep_days=90)
A: Final = issued("A", "100.00")
NOTICE: Final = ["A/1 raised notice"]


@stories(
    Story(
        "each on its day, and what waits for the one before does not wait for the notice",
        POLICY,
        {"2026-01-01": [COVER, A]},
        "2026-03-31",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-15": NOTICE,
            "2026-02-20": ["A/1 raised second"],
            "2026-03-02": ["A/1 raised claim"],
        },
    ),
    Story(
        "the cover's last day is before the policy's",
        POLICY,
        {"2026-01-01": [cover(notice_days=3, mep_days=90, waiting_days=90), A]},
        "2026-02-12",
        {"2026-02-03": NOTICE, "2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "without cover there is none",
        policy(*POLICY.levels[:2]),
        {"2026-01-01": [A]},
        "2026-03-31",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "a cover of another currency is none",
        policy(POLICY.levels[1]),
        {"2026-01-01": [cover(currency="USD"), A]},
        "2026-03-31",
        {},
    ),
    Story(
        "more time, a block and a dispute change nothing",
        policy(*POLICY.levels[:2]),
        {
            "2026-01-01": [COVER, A],
            "2026-01-20": [extended("A", "2026-06-30")],
            "2026-02-01": [blocked("B"), disputed("D", "A")],
        },
        "2026-03-31",
        {"2026-02-15": NOTICE},
    ),
    Story(
        "a dispute of all holds one that names disputes",
        policy(level("notice", 15, "insurance_notice", held_by="dispute")),
        {"2026-01-01": [COVER, A], "2026-02-01": [disputed("D", "A")]},
        "2026-03-31",
        {},
    ),
    Story(
        "insolvency calls for it at once",
        policy(*POLICY.levels[:2]),
        {"2026-01-01": [COVER, A], "2026-02-01": [insolvent("2026-02-01")]},
        "2026-03-31",
        {"2026-02-01": NOTICE},
    ),
    Story(
        "after an outage it is raised beside the highest, and passed over by none",
        policy(*POLICY.levels[:2], level("second", 20)),
        {"2026-03-20": [COVER, A]},
        "2026-03-31",
        {"2026-03-20": ["A/1 raised notice", "A/1 raised second over first"]},
    ),
    Story(
        "after an outage it takes no place from the letter below it",
        policy(*POLICY.levels[:2]),
        {"2026-03-20": [COVER, A]},
        "2026-03-31",
        {"2026-03-20": ["A/1 raised first", "A/1 raised notice"]},
    ),
    Story(
        "step by step it waits for no letter",
        policy(*POLICY.levels[:2], level("second", 20), backlog="step"),
        {"2026-03-20": [COVER, A]},
        "2026-03-31",
        {
            "2026-03-20": ["A/1 raised first", "A/1 raised notice"],
            "2026-03-21": ["A/1 raised second"],
        },
    ),
    Story(
        "what is paid is called back, and is told anew when the money is not there after all",
        policy(POLICY.levels[1]),
        {
            "2026-01-01": [COVER, A],
            "2026-02-20": [paid("P", "100.00")],
            "2026-02-25": [reversed_("R", "P")],
        },
        "2026-03-31",
        {
            "2026-02-15": NOTICE,
            "2026-02-20": ["A/1 lifted notice: paid"],
            "2026-02-25": NOTICE,
        },
    ),
    Story(
        "a withdrawal from a later day leaves insured what was invoiced before",
        policy(POLICY.levels[1]),
        {"2026-01-01": [COVER, A], "2026-02-01": [cover_withdrawn("2026-02-01")]},
        "2026-03-31",
        {"2026-02-15": NOTICE},
    ),
)
def test_the_insurer_is_told_in_time(story: Story) -> None:
    check(story)


def test_that_the_insurer_was_told_is_no_default_of_the_account() -> None:
    rules = replace(policy(*POLICY.levels[:2]), cross_default=CrossDefault("first", {}, None))
    world = live(
        Story(
            "a block leaves the notice alone",
            rules,
            {"2026-01-01": [COVER, A, blocked("B")]},
            "2026-02-15",
            {"2026-02-15": NOTICE},
        )
    )
    account = world.book.account
    [item] = account.invoices["A"].items
    assert item.level == "notice"
    assert default_cause(account.debtor, [item], rules, date(2026, 2, 15)) is None


def test_what_waits_for_the_level_before_never_waits_for_the_notice() -> None:
    world = live(Story("first alone", POLICY, {"2026-01-01": [COVER, A]}, "2026-02-10", {}))
    account = world.book.account
    [item] = account.invoices["A"].items
    around = Circumstances(account.debtor)
    outlook = decide(item, POLICY, date(2026, 2, 10), around).outlook
    expected = [("notice", "2026-02-15"), ("second", "2026-02-20"), ("claim", "2026-03-02")]
    assert [(one.level.name, one.on.isoformat()) for one, _waits in outlook] == expected
    assert not any(one.follows for one, _waits in outlook)


def test_an_item_without_cover_does_not_wait_for_a_notice() -> None:
    world = live(Story("no cover", POLICY, {"2026-01-01": [A]}, "2026-03-31", {}))
    [item] = world.book.account.invoices["A"].items
    assert item.next_attention_on is None
    names = [one.level.name for one, _waits in decide(item, POLICY, date(2026, 3, 31)).outlook]
    assert names == []
