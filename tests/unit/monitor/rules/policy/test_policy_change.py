"""A new policy: what is not due by it is called back, what is stays, and comes once again later."""

from dataclasses import replace

import pytest

from services.monitor.domain.policy.policy import RESTART, CrossDefault, Policy
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import cover, customer, issued
from tests.unit.monitor.debtor_builders import (
    GROUP,
    blocked,
    cover_withdrawn,
    group_defaulted,
    insolvent,
)
from tests.unit.monitor.invoice_builders import disputed, extended, resolved
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import World

CLAIM = "insurance_claim"
#: Due on 2026-01-31: reached on 2026-02-10 and 2026-02-20.
FIRST = policy(level("first", 10), level("second", 20, held_by="block"))
A = issued("A", "100.00")


def second(*levels: object, **more: object) -> Policy:
    """Return the policy's second version."""
    return replace(policy(*levels, **more), version=2)  # type: ignore[arg-type]


LATER = second(level("first", 10), level("second", 30))
NOT_DUE = "not due before 2026-03-02 by policy tests@2"


@pytest.mark.parametrize(
    ("changed", "said", "later"),
    [
        pytest.param(replace(FIRST, version=2), [], {}, id="the same levels"),
        pytest.param(
            LATER,
            [f"A/1 lifted second: {NOT_DUE}"],
            {"2026-03-02": ["A/1 raised second"]},
            id="a level later, which comes again on its day",
        ),
        pytest.param(
            second(level("first", 5), level("second", 15)),
            [],
            {},
            id="a level earlier, which stays",
        ),
        pytest.param(
            second(level("first", 10), level("other", 20)),
            ["A/1 lifted second: policy tests@2 has no such level", "A/1 raised other"],
            {},
            id="a level of another name in its place",
        ),
        pytest.param(
            second(level("first", 10)),
            ["A/1 lifted second: policy tests@2 has no such level"],
            {},
            id="a level less",
        ),
        pytest.param(
            second(level("first", 10), level("second", 20), level("third", 22)),
            ["A/1 raised third"],
            {},
            id="a level more, reached already",
        ),
        pytest.param(
            second(level("first", 40), level("second", 50)),
            [
                "A/1 lifted first: not due before 2026-03-12 by policy tests@2",
                "A/1 lifted second: not due before 2026-03-22 by policy tests@2",
            ],
            {"2026-03-12": ["A/1 raised first"], "2026-03-22": ["A/1 raised second"]},
            id="all of it later",
        ),
        pytest.param(
            second(level("zero", 5), level("first", 10), level("second", 20)),
            [],
            {},
            id="a level more under those that stand",
        ),
        pytest.param(
            second(*FIRST.levels, minimum={"EUR": 20000}), [], {}, id="a minimum lifts nothing"
        ),
    ],
)
def test_a_new_policy_calls_back_what_is_not_due_by_it(
    changed: Policy, said: list[str], later: dict[str, list[str]]
) -> None:
    world = World(FIRST)
    world.on("2026-01-01", A)
    world.until("2026-01-02", "2026-02-24")
    world.adopt(changed)
    assert world.on("2026-02-25") == said
    assert world.until("2026-02-26", "2026-04-30") == later
    assert len(set(world.raised)) == len(world.raised)


def restarting(after_days: int, **more: object) -> Policy:
    """Return a version of the policy under which a dispute's days are given back."""
    one = level("first", after_days, held_by="dispute")
    return second(one, on_resolution=RESTART, **more)


def test_what_is_lifted_is_not_the_one_level_of_its_day() -> None:
    """Else the next look would raise one more, and nobody would know when that is."""
    step = policy(level("claim", 10, CLAIM), level("letter", 40), backlog="step")
    world = World(step)
    world.on("2026-01-01", A)
    world.until("2026-01-02", "2026-02-09")
    assert world.on("2026-02-10") == ["A/1 raised claim"]
    world.adopt(second(level("letter", 5), backlog="step"))
    assert world.on("2026-02-10") == [
        "A/1 lifted claim: policy tests@2 has no such level",
        "A/1 raised letter",
    ]
    assert world.until("2026-02-11", "2026-03-10") == {}


WHOLE, PART = None, "40.00"


@pytest.mark.parametrize(
    ("amount", "first", "end", "changed", "changed_on", "said"),
    [
        (WHOLE, 5, 14, restarting(10), 25, []),
        (WHOLE, 5, 14, restarting(20), 25, ["2026-03-01"]),
        (WHOLE, 5, 14, second(level("first", 20, held_by="dispute")), 25, []),
        (PART, 5, 24, restarting(10), 25, []),
        (PART, 5, 24, restarting(30), 25, ["2026-03-02"]),
        (WHOLE, 12, 16, restarting(20), 22, ["2026-02-24"]),
        (WHOLE, 12, 16, restarting(20), 24, []),
        (WHOLE, 10, 23, restarting(10), 25, []),
    ],
    ids=[
        "the same, after nine days in dispute",
        "later, and nine days given back",
        "later, and none given back",
        "the same, raised for the rest while a part was in dispute",
        "later, and no day given back for a part in dispute",
        "later, and four days given back while it was held",
        "later, and past the four days that were given back",
        "the same, in dispute from the day of the level on",
    ],
)
def test_a_new_policy_counts_the_days_that_a_dispute_gives_back(
    amount: str | None, first: int, end: int, changed: Policy, changed_on: int, said: list[str]
) -> None:
    """Days are of February; `said` has the days before which the level is not due."""
    world = World(replace(restarting(10), version=1))
    world.on("2026-01-01", A)
    for number in range(1, changed_on):
        on = f"2026-02-{number:02}"
        begins = [disputed("D", "A", amount, on=on)] if number == first else []
        ends = [resolved("D", "A", on=on)] if number == end else []
        world.on(on, *begins, *ends)
    assert [name for _item, name, _cycle in world.raised] == ["first"]
    world.adopt(changed)
    assert world.on(f"2026-02-{changed_on}") == [
        f"A/1 lifted first: not due before {on} by policy tests@2" for on in said
    ]


def test_a_held_level_is_lifted_too_and_is_not_held_any_more() -> None:
    world = World(FIRST)
    world.on("2026-01-01", A)
    world.until("2026-01-02", "2026-02-22")
    assert world.on("2026-02-23", blocked("B")) == ["A/1 held second by block B"]
    world.adopt(LATER)
    assert world.on("2026-02-25") == [f"A/1 lifted second: {NOT_DUE}"]


def test_what_stands_keeps_the_cycle_it_was_raised_in() -> None:
    world = World(FIRST)
    world.on("2026-01-01", A)
    world.until("2026-01-02", "2026-02-24")
    world.adopt(LATER)
    world.until("2026-02-25", "2026-03-31")
    item = world.book.item("A/1")
    assert [(one.level, one.cycle) for one in item.raised] == [("first", 1), ("second", 2)]
    assert (item.cycle, item.turns) == (2, 1)


def test_a_customer_who_moves_to_another_policy_is_treated_by_it() -> None:
    """The shell chooses the policy by grade and segment, and looks at the account's open items."""
    strict = replace(policy(level("first", 5)), name="strict")
    world = World(FIRST)
    world.on("2026-01-01", A)
    world.policy = strict
    assert world.on("2026-02-06", customer(1, segment="strict")) == ["A/1 raised first"]
    world.policy = FIRST
    assert world.on("2026-02-08", customer(2, segment="mild")) == [
        "A/1 lifted first: not due before 2026-02-10 by policy tests@1"
    ]
    assert world.until("2026-02-09", "2026-02-12") == {"2026-02-10": ["A/1 raised first"]}


def test_a_claim_is_due_by_the_insurers_clock_under_a_new_policy_as_well() -> None:
    world = World(policy(level("claim", 30, CLAIM)))
    world.on("2026-01-01", cover(waiting_days=20, mep_days=365), A)
    world.until("2026-01-02", "2026-03-10")
    world.adopt(second(level("claim", 45, CLAIM)))
    assert world.on("2026-03-11") == [
        "A/1 lifted claim: not due before 2026-03-17 by policy tests@2"
    ]
    assert world.until("2026-03-12", "2026-03-31") == {"2026-03-17": ["A/1 raised claim"]}


def test_a_claim_that_insolvency_has_raised_stays_under_a_new_policy() -> None:
    world = World(policy(level("claim", 30, CLAIM)))
    world.on("2026-01-01", A, insolvent("2026-01-01"))
    world.adopt(second(level("claim", 45, CLAIM)))
    assert world.on("2026-01-02") == []


#: What another account's default brings.
CROSSED = policy(level("legal", 20), cross_default=CrossDefault("legal", {}, "legal"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(CROSSED, version=2), []),
        (second(level("legal", 30), cross_default=CROSSED.cross_default), []),
        (
            second(level("legal", 20)),
            ["A/1 lifted legal: not due before 2026-02-20 by policy tests@2"],
        ),
        (second(level("legal", 2)), []),
    ],
    ids=["the same", "of age later", "without the rule", "without the rule, and of age"],
)
def test_what_another_accounts_default_has_raised_stays_while_the_policy_says_so(
    changed: Policy, said: list[str]
) -> None:
    world = World(CROSSED)
    world.on("2026-01-01", customer(1, group_id=GROUP), A)
    world.on("2026-02-03", group_defaulted(1, "2026-02-03"))
    world.adopt(changed)
    assert [one for one in world.on("2026-02-05") if not one.startswith("to ")] == said


def test_what_stands_by_its_own_age_stays_where_another_accounts_default_brings_it_too() -> None:
    world = World(policy(level("legal", 2)))
    world.on("2026-01-01", customer(1, group_id=GROUP), A)
    world.on("2026-02-03", group_defaulted(1, "2026-02-03"))
    world.adopt(replace(CROSSED, version=2))
    assert [one for one in world.on("2026-02-05") if not one.startswith("to ")] == []


def test_a_new_policy_leaves_a_claim_that_was_raised_before_its_cover_was_known() -> None:
    claim_alone = policy(level("claim", 30, "insurance_claim"))
    world = World(claim_alone)
    world.on("2026-01-01", A)
    assert world.until("2026-01-02", "2026-03-02") == {"2026-03-02": ["A/1 raised claim"]}
    assert world.on("2026-03-05", cover(waiting_days=90, mep_days=300)) == []
    world.adopt(replace(claim_alone, version=2))
    assert world.on("2026-03-06") == []


NOTICE_AND_CLAIM = policy(
    level("notice", 20, "insurance_notice"), level("claim", 60, CLAIM), level("never", 900)
)
EARLY, LONG = cover(notice_days=10, mep_days=200), cover(waiting_days=180, mep_days=200)
SHORT = cover(notice_days=45, mep_days=200)
GONE = cover_withdrawn(on="2025-12-31")
THIRTY = level("notice", 30, "insurance_notice"), level("claim", 60, CLAIM), level("never", 900)


@pytest.mark.parametrize(
    ("before", "since", "changed", "said"),
    [
        pytest.param(
            [EARLY], [SHORT], NOTICE_AND_CLAIM, [], id="a notice for a cover of more days"
        ),
        pytest.param(
            [SHORT], [LONG], NOTICE_AND_CLAIM, [], id="a claim for a longer waiting period"
        ),
        pytest.param([], [LONG], NOTICE_AND_CLAIM, [], id="a claim for a cover known later"),
        pytest.param(
            [],
            [LONG, extended("A", "2026-06-30")],
            NOTICE_AND_CLAIM,
            [],
            id="a claim for a cover known later and an agreement after it",
        ),
        pytest.param(
            [SHORT],
            [extended("A", "2026-06-30"), GONE],
            policy(level("claim", 60, CLAIM)),
            [],
            id="a claim for a cover that never was",
        ),
        pytest.param([EARLY], [SHORT], policy(*THIRTY), [], id="a later notice, due by the cover"),
        pytest.param(
            [SHORT],
            [LONG],
            policy(level("notice", 20, "insurance_notice"), level("claim", 61, CLAIM)),
            ["A/1 lifted claim: not due before 2026-07-30 by policy tests@2"],
            id="a later claim",
        ),
    ],
)
def test_no_cover_that_has_changed_calls_back_what_the_insurer_was_told(
    before: list[Inbound], since: list[Inbound], changed: Policy, said: list[str]
) -> None:
    world = World(NOTICE_AND_CLAIM)
    world.on("2026-01-01", *before, A)
    world.until("2026-01-02", "2026-04-01")
    world.on("2026-04-01", *since)
    raised = len(world.raised)
    world.adopt(replace(changed, version=2))
    found = [one for one in world.on("2026-04-01") if one.startswith("A/1")]
    assert (found, len(world.raised)) == (said, raised)
