"""What is valid in a policy and most likely not meant: who checks, tries or sets it is told."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
import yaml

from services.monitor.domain.policy.document import read_policy
from services.monitor.domain.policy.doubts import KNOWN_ACTIONS, doubts_of
from services.notifier.domain.deciding.raising import KIND_BY_ACTION
from services.notifier.domain.work import DO_NOTHING
from tests.unit.monitor.policies import default_policy, document


def doubts(**more: Any) -> list[str]:
    return doubts_of(read_policy(document(**more), 1))


def acting(*actions: str) -> list[dict[str, Any]]:
    return [
        {"level": f"level {at}", "after_days": at, "action": action}
        for at, action in enumerate(actions)
    ]


@pytest.mark.parametrize(
    ("action", "hint"),
    [
        ("dunning_leter", "did you mean dunning_letter?"),
        ("insurance_clam", "did you mean insurance_claim?"),
        ("legal_hand_off", "did you mean legal_handoff?"),
        (
            "phone_call",
            (
                "known are dunning_letter, legal_handoff, insurance_notice, insurance_claim, "
                "do_nothing"
            ),
        ),
    ],
)
def test_an_action_of_ones_own_is_valid_and_said_to_open_a_task_alone(
    action: str, hint: str
) -> None:
    [sentence] = doubts(levels=acting("dunning_letter", action))
    assert sentence.startswith(f"levels[1].action: {action!r} opens a task of that name")
    assert sentence.endswith(f"; {hint}")


def test_the_known_actions_are_those_that_the_notifier_knows() -> None:
    assert set(KNOWN_ACTIONS) == {*KIND_BY_ACTION, DO_NOTHING}
    assert doubts(levels=acting(*KNOWN_ACTIONS)) == []


@pytest.mark.parametrize(
    ("actions", "doubted"),
    [
        (("dunning_letter", "insurance_claim"), True),
        (("insurance_notice", "insurance_claim"), False),
        (("insurance_notice",), False),
        (("dunning_letter",), False),
    ],
    ids=["a claim alone", "both", "a notice alone", "nothing for the insurer"],
)
def test_a_claim_without_an_overdue_notice_is_doubted(
    actions: tuple[str, ...], *, doubted: bool
) -> None:
    found = doubts(levels=acting(*actions))
    assert [one.partition(",")[0] for one in found] == (
        ["levels: there is an insurance_claim and no insurance_notice"] if doubted else []
    )


@pytest.mark.parametrize(
    ("before", "claim_days", "advised"),
    [((), 60, 20), ((20,), 60, 19), ((20, 19, 18), 60, 17), ((15,), 20, 19), ((14,), 15, 13)],
)
def test_the_notice_that_is_advised_has_a_day_of_its_own_before_the_claim(
    before: tuple[int, ...], claim_days: int, advised: int
) -> None:
    levels = [rung(level=f"level {one}", after_days=one) for one in sorted(before)]
    levels.append(rung(level="claim", after_days=claim_days, action="insurance_claim"))
    [sentence] = doubts(levels=levels)
    added = yaml.safe_load(sentence.rpartition(", add ")[2])
    assert added == {
        "level": "overdue_notice", "after_days": advised, "action": "insurance_notice"
    }  # fmt: skip
    assert doubts(levels=sorted([*levels, added], key=lambda one: one["after_days"])) == []


def test_the_default_policy_does_not_know_of_any_insurer() -> None:
    [sentence] = doubts_of(default_policy())
    assert "insurance_notice" in sentence


@pytest.mark.parametrize(
    ("on_holiday", "days", "level", "doubted"),
    [
        ("preceding", "calendar", {"after_days": 0}, "on_holiday: where the due date"),
        ("preceding", "calendar", {"after_days": 1}, "on_holiday: a level at 1"),
        ("preceding", "calendar", {"after_days": 2}, "on_holiday: a level at 2"),
        ("preceding", "calendar", {"after_days": 3}, None),
        ("preceding", "calendar", {"after_days": -1}, None),
        ("preceding", "calendar", {"after_days": 1, "on_holiday": "none"}, None),
        ("preceding", "calendar", {"after_days": 9, "not_after_days": 9}, None),
        ("preceding", "business", {"after_days": 0}, "on_holiday: where the due date"),
        ("preceding", "business", {"after_days": 1}, None),
        ("following", "calendar", {"after_days": 0}, None),
        ("following", "calendar", {"after_days": 9, "not_after_days": 9}, "not_after_days: a"),
        ("following", "calendar", {"after_days": 9, "not_after_days": 10}, "not_after_days: a"),
        ("following", "calendar", {"after_days": 9, "not_after_days": 11}, None),
        ("following", "calendar", {"after_days": -9, "not_after_days": -9}, "not_after_days: a"),
        ("following", "business", {"after_days": 9, "not_after_days": 9}, None),
        ("following", "business", {"after_days": 0, "not_after_days": 0}, "not_after_days: a"),
        ("none", "calendar", {"after_days": 9, "not_after_days": 9}, None),
        ("preceding", "calendar", {"after_days": 1, "action": "insurance_notice"}, None),
    ],
)  # fmt: skip
def test_a_level_that_a_weekend_takes_where_nobody_meant_it_is_doubted(
    on_holiday: str, days: str, level: dict[str, Any], doubted: str | None
) -> None:
    found = doubts(levels=[rung(**level)], calendar={"on_holiday": on_holiday, "days": days})
    beginning = f"levels[0].{doubted}"
    assert [one.startswith(beginning) for one in found] == ([] if doubted is None else [True])


@pytest.mark.parametrize(
    ("shift", "holidays", "days", "after_days", "last", "advice"),
    [
        ("following", None, "calendar", 9, 9, "give 11 or more, or leave it out"),
        ("following", "BN", "calendar", 15, 15, "give 16 or more, or leave it out"),
        ("following", "BN", "calendar", 15, 16, None),
        ("preceding", "BN", "calendar", 1, None, "following moves it to the next"),
        ("preceding", "BN", "calendar", 2, None, None),
        ("following", None, "business", 0, 0, "give 1 or more, or leave it out"),
        ("following", None, "business", 0, 1, None),
        ("following", None, "calendar", -1, -1, None),
        ("following", None, "calendar", -2, -2, "give -1, or leave it out"),
        ("following", None, "calendar", -9, -9, "give -7 to -1, or leave it out"),
        ("following", None, "calendar", -3, -1, None),
    ],
    ids=str,
)
def test_a_doubt_goes_by_the_weekend_of_the_calendar_and_advises_what_ends_it(
    shift: str, holidays: str | None, days: str, after_days: int, last: int | None,
    advice: str | None,
) -> None:  # fmt: skip
    calendar = {"on_holiday": shift, "days": days, "holidays": holidays}
    level = rung(after_days=after_days, **({} if last is None else {"not_after_days": last}))
    found = doubts(levels=[level], calendar=calendar)
    assert [one.rpartition("; ")[2] for one in found] == ([] if advice is None else [advice])
    if advice is not None and advice.startswith("give "):
        heeded = level | {"not_after_days": int(advice.split()[1].rstrip(","))}
        assert doubts(levels=[heeded], calendar=calendar) == []


@pytest.mark.parametrize("days", ["calendar", "business"])
def test_where_weekends_alone_are_off_a_level_is_doubted_exactly_if_a_due_date_loses_it(
    days: str,
) -> None:
    calendar = {"on_holiday": "following", "days": days, "holidays": None}
    due_dates = [date(2027, 3, 1) + timedelta(number) for number in range(7)]
    for after_days, more in product(range(-9, 10), range(4)):
        last = after_days + more
        if after_days < 0 <= last:
            continue
        level = rung(after_days=after_days, not_after_days=last)
        policy = read_policy(document(levels=[level], calendar=calendar), 1)
        [known] = policy.levels
        last_days = [(policy.last_on(known, one) or date.max) for one in due_dates]
        lost = [
            policy.level_on(known, one) > last_on
            for one, last_on in zip(due_dates, last_days, strict=True)
        ]
        assert bool(doubts_of(policy)) == any(lost), (after_days, last)


def rung(**changed: Any) -> dict[str, Any]:
    return {"level": "first", "action": "dunning_letter", **changed}


@pytest.mark.parametrize(
    ("interest", "doubted"),
    [
        ({"reference": "CN_LPR_1Y", "factor": "1.3"}, None),
        ({"reference": "CN_LPR_1Y", "factor": "1.5"}, None),
        ({"reference": "CN_LPR_1Y", "factor": "1.6"}, "1.6"),
        ({"reference": "CN_LPR_1Y", "factor": "1.29"}, "1.29"),
        ({"reference": "CN_LPR_1Y"}, "1"),
        ({"reference": "ECB", "factor": "1.6"}, None),
        ({"annual_percent": "10"}, None),
    ],
)
def test_a_factor_of_the_loan_prime_rate_beyond_what_courts_grant_is_doubted(
    interest: dict[str, str], doubted: str | None
) -> None:
    found = doubts(interest=interest)
    beginning = f"interest.factor: {doubted} is outside 1.3 to 1.5"
    assert [one.startswith(beginning) for one in found] == ([] if doubted is None else [True])
    assert all("article 18(4)" in one for one in found)
