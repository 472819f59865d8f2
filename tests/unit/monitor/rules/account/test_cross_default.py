"""Cross-default: when an account is in default, what that raises elsewhere, and how it ends."""

from dataclasses import replace

import pytest

from services.monitor.domain.escalation.announcing import default_announcement
from services.monitor.domain.ledger.debtor import GroupDefault
from services.monitor.domain.policy.policy import RESTART, CrossDefault
from shared.business_calendar import BusinessCalendar
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import ACCOUNT_ID, customer, day, issued, paid
from tests.unit.monitor.debtor_builders import (
    GROUP,
    blocked,
    group_cured,
    group_defaulted,
    insolvent,
)
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Due on 2026-01-31: reached on 2026-02-10, 2026-02-20 and 2026-03-12.
LEVELS = (level("first", 10), level("legal", 20), level("third", 40))
RAISES = policy(*LEVELS, cross_default=CrossDefault("legal", {}, "legal"))
RAISES_NOTHING = policy(*LEVELS, cross_default=CrossDefault("legal", {}, None))
HIGH_THRESHOLD = policy(*LEVELS, cross_default=CrossDefault("legal", {"EUR": 15000}, None))
#: Legal is reached on 2026-03-01 after nine days in dispute.
GIVES_BACK = policy(
    level("legal", 20, held_by="dispute"),
    on_resolution=RESTART,
    cross_default=CrossDefault("legal", {}, "legal"),
)
NINE_DAYS: dict[str, list[Inbound]] = {
    "2026-02-05": [disputed("D", "A", on="2026-02-05")],
    "2026-02-14": [resolved("D", "A", on="2026-02-14")],
}
MEMBER = customer(1, group_id=GROUP)
A = issued("A", "100.00")
#: Day one of a member that owes A.
ONE = {"2026-01-01": [MEMBER, A]}
JOINED = {"2026-01-01": [f"to {GROUP}: no default"]}
CURED = "no other account of the group is in default any more"


def payment(when: str) -> dict[str, list[Inbound]]:
    """What pays A."""
    return {when: [paid("P", "100.00", ("A", "100.00"), on=when)]}


@stories(
    Story(
        "at its level, and cured once the item is paid",
        RAISES_NOTHING,
        ONE | payment("2026-02-25"),
        "2026-03-31",
        JOINED
        | {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": [
                "A/1 raised legal",
                f"to {GROUP}: A/1 stands at legal since 2026-02-20",
            ],
            "2026-02-25": [
                "A/1 lifted first: paid",
                "A/1 lifted legal: paid",
                f"to {GROUP}: no default",
            ],
        },
    ),
    Story(
        "at a higher level, and said once",
        RAISES_NOTHING,
        {"2026-03-20": [MEMBER, A]},
        "2026-04-30",
        {
            "2026-03-20": [
                f"to {GROUP}: no default",
                "A/1 raised third over first, legal",
                f"to {GROUP}: A/1 stands at third since 2026-03-20",
            ]
        },
    ),
    Story(
        "by insolvency at once, whatever is due",
        RAISES_NOTHING,
        ONE | {"2026-01-10": [insolvent("2026-01-10")]},
        "2026-01-31",
        JOINED | {"2026-01-10": [f"to {GROUP}: insolvent since 2026-01-10"]},
    ),
    Story(
        "by insolvency that is filed for a day to come, from that day on",
        RAISES_NOTHING,
        ONE | {"2026-01-10": [insolvent("2026-01-14")]},
        "2026-01-31",
        JOINED | {"2026-01-14": [f"to {GROUP}: insolvent since 2026-01-14"]},
    ),
    Story(
        "not below the threshold of what is overdue in all",
        HIGH_THRESHOLD,
        ONE,
        "2026-02-28",
        JOINED | {"2026-02-10": ["A/1 raised first"], "2026-02-20": ["A/1 raised legal"]},
    ),
    Story(
        "from the day after another item has made up the threshold",
        HIGH_THRESHOLD,
        {"2026-01-01": [MEMBER, A, issued("B", ("2026-02-24", "50.00"))]},
        "2026-02-28",
        JOINED
        | {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": ["A/1 raised legal"],
            "2026-02-25": [f"to {GROUP}: A/1 stands at legal since 2026-02-20"],
        },
    ),
    Story(
        "a new group hears of it, and the old one that the member has left",
        RAISES_NOTHING,
        ONE | {"2026-02-22": [customer(2, group_id="H")]},
        "2026-02-28",
        JOINED
        | {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": [
                "A/1 raised legal",
                f"to {GROUP}: A/1 stands at legal since 2026-02-20",
            ],
            "2026-02-22": [
                f"to {GROUP}: left",
                "to H: A/1 stands at legal since 2026-02-20",
            ],
        },
    ),
    Story(
        "nobody without a group hears of it",
        RAISES_NOTHING,
        {"2026-01-01": [A]},
        "2026-02-28",
        {"2026-02-10": ["A/1 raised first"], "2026-02-20": ["A/1 raised legal"]},
    ),
)
def test_an_account_is_in_default(story: Story) -> None:
    check(story)


TOLD = {"2026-02-03": [group_defaulted(1, "2026-02-03")]}
HEARS = JOINED | {"2026-02-03": ["A/1 raised legal"]}
PAUSED = {
    "2026-02-05": ["A/1 held legal by dispute"],
    "2026-02-14": ["A/1 resumed legal"],
}


@stories(
    Story("at once", RAISES, ONE | TOLD, "2026-02-19", HEARS),
    Story(
        "what is not overdue, from the day after its due date",
        RAISES,
        ONE | {"2026-01-20": [group_defaulted(1, "2026-01-20")]},
        "2026-02-19",
        JOINED | {"2026-02-01": ["A/1 raised legal"]},
    ),
    Story(
        "only where the policy says so",
        RAISES_NOTHING,
        ONE | TOLD,
        "2026-02-19",
        JOINED | {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "without the wait for the level before",
        policy(
            LEVELS[0],
            level("legal", 20, min_days_after_previous=7),
            cross_default=CrossDefault("legal", {}, "legal"),
        ),
        ONE | TOLD,
        "2026-02-19",
        HEARS,
    ),
    Story(
        "what is held waits, as it would of its own age",
        policy(
            LEVELS[0],
            level("legal", 20, held_by="block"),
            cross_default=CrossDefault("legal", {}, "legal"),
        ),
        ONE | {"2026-02-01": [blocked("B", until="2026-02-05")]} | TOLD,
        "2026-02-09",
        JOINED | {"2026-02-06": ["A/1 raised legal"]},
    ),
    Story(
        "no more than once, however many turns the group takes",
        RAISES,
        ONE | TOLD | {"2026-02-05": [group_defaulted(2, "2026-02-05")]},
        "2026-02-09",
        HEARS,
    ),
    Story(
        "and not any more after another group is joined",
        RAISES,
        ONE | TOLD | {"2026-02-05": [customer(2, group_id="H")]},
        "2026-02-09",
        HEARS
        | {
            "2026-02-05": [
                "A/1 lifted legal: the account has left group G, of which others are in default",
                f"to {GROUP}: left",
                "to H: no default",
            ]
        },
    ),
)
def test_another_accounts_default_raises_a_level(story: Story) -> None:
    check(story)


@stories(
    Story(
        "what it has raised",
        RAISES,
        ONE | TOLD | {"2026-02-08": [group_cured(2)]},
        "2026-02-21",
        HEARS
        | {
            "2026-02-08": [f"A/1 lifted legal: {CURED}"],
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": [
                "A/1 raised legal",
                f"to {GROUP}: A/1 stands at legal since 2026-02-20",
            ],
        },
    ),
    Story(
        "and what is below it is raised in the same breath where its day has come",
        RAISES,
        ONE | TOLD | {"2026-02-15": [group_cured(2)]},
        "2026-02-19",
        HEARS | {"2026-02-15": [f"A/1 lifted legal: {CURED}", "A/1 raised first"]},
    ),
    Story(
        "not what has come of age meanwhile: that is a default of its own from that day on",
        RAISES,
        ONE | TOLD | {"2026-02-25": [group_cured(2)]},
        "2026-02-28",
        HEARS | {"2026-02-20": [f"to {GROUP}: A/1 stands at legal since 2026-02-03"]},
    ),
    Story(
        "what a dispute has given time to, before that time is over",
        GIVES_BACK,
        ONE | TOLD | NINE_DAYS | {"2026-02-25": [group_cured(2)]},
        "2026-03-01",
        HEARS
        | PAUSED
        | {
            "2026-02-25": [f"A/1 lifted legal: {CURED}"],
            "2026-03-01": [
                "A/1 raised legal",
                f"to {GROUP}: A/1 stands at legal since 2026-03-01",
            ],
        },
    ),
    Story(
        "not what a dispute has given time to, once that is over: then it is a default of its own",
        GIVES_BACK,
        ONE
        | TOLD
        | NINE_DAYS
        | {
            # On both days the account is looked at.
            "2026-02-22": [paid("P", "10.00", ("A", "10.00"), on="2026-02-22")],
            "2026-03-02": [group_cured(2)],
        },
        "2026-03-05",
        HEARS | PAUSED | {"2026-03-01": [f"to {GROUP}: A/1 stands at legal since 2026-02-03"]},
    ),
    Story(
        "not what had come of age before a dispute began",
        GIVES_BACK,
        ONE
        | TOLD
        | {
            "2026-02-22": [disputed("D", "A", on="2026-02-22")],
            "2026-02-25": [group_cured(2)],
        },
        "2026-02-28",
        HEARS
        | {
            "2026-02-20": [f"to {GROUP}: A/1 stands at legal since 2026-02-03"],
            "2026-02-22": ["A/1 held legal by dispute"],
        },
    ),
    Story(
        "what would come of age on a Monday, had the clock not stood still since the weekend",
        replace(
            GIVES_BACK,
            levels=(level("legal", 6, held_by="dispute"),),
            days="business",
            calendar=BusinessCalendar(()),
        ),
        ONE
        | TOLD
        | {
            "2026-02-07": [disputed("D", "A", on="2026-02-07")],
            "2026-02-09": [group_cured(2)],
        },
        "2026-02-16",
        HEARS
        | {
            "2026-02-07": ["A/1 held legal by dispute"],
            "2026-02-09": [f"A/1 lifted legal: {CURED}"],
        },
    ),
    Story(
        "not what was raised by its own age before",
        RAISES,
        ONE | {"2026-02-22": [group_defaulted(1, "2026-02-22")], "2026-02-25": [group_cured(2)]},
        "2026-02-28",
        JOINED
        | {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": [
                "A/1 raised legal",
                f"to {GROUP}: A/1 stands at legal since 2026-02-20",
            ],
        },
    ),
)
def test_the_cure_lifts_only(story: Story) -> None:
    check(story)


def test_what_another_accounts_default_has_raised_is_no_default_before_its_own_age() -> None:
    """Two accounts would keep each other in default for ever."""
    world = check(Story("", RAISES, ONE | TOLD, "2026-02-19", HEARS))
    assert not world.said.defaulted


@pytest.mark.parametrize(
    ("since", "causes", "why"),
    [
        (
            "2026-02-01",
            ["default:C2: insolvent"],
            (
                "other accounts of group G are in default since 2026-02-01 (of this one it says "
                "nothing): default:C2: insolvent"
            ),
        ),
        (None, [], "no other account of group G is in default any more"),
    ],
    ids=["defaulted", "cured"],
)
def test_the_word_says_that_it_is_others_who_are_in_default(
    since: str | None, causes: list[str], why: str
) -> None:
    known = GroupDefault(GROUP, 1, None if since is None else day(since), causes)
    now = RAISES.begins(day("2026-02-02"))
    assert default_announcement(ACCOUNT_ID, known, RAISES, now).why == why
