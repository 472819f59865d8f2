"""Policy documents: what is right is read, what is wrong is refused by its path."""

from copy import deepcopy
from typing import Any

import pytest

from services.monitor.domain.policy.document import read_policy
from services.monitor.domain.policy.plain import DAYS_MAX
from services.monitor.domain.policy.policy import Conditions, CrossDefault, Level, Scope
from shared.business_calendar import BusinessCalendar
from shared.errors import RejectedError
from tests.unit.monitor.policies import document
from tests.unit.monitor.rules.policy.documents import WRONG, calendar, crossed, level


@pytest.mark.parametrize(
    ("wrong", "path", "sentence"),
    [pytest.param(wrong, path, text, id=name) for name, wrong, path, text in WRONG],
)
def test_what_is_wrong_is_refused_by_its_path(wrong: Any, path: str | None, sentence: str) -> None:
    with pytest.raises(RejectedError) as refused:
        read_policy(deepcopy(wrong), 1)
    assert refused.value.code == "bad_policy"
    assert refused.value.field == path
    assert sentence in refused.value.message
    assert refused.value.message.startswith(f"{path}: " if path else "must be")
    assert not refused.value.message.startswith(f"{path}: {path}: ")


def test_everything_but_name_and_levels_has_a_default() -> None:
    policy = read_policy(document(), 4)
    assert policy.version == 4
    assert policy.time_zone == "Asia/Shanghai"
    assert (policy.clearing_rule, policy.backlog) == ("oldest_due_first", "highest")
    assert policy.levels == (Level("dunning", 15, "dunning_letter"),)
    assert policy.calendar == BusinessCalendar(("CN",))
    assert (policy.days, policy.on_resolution, policy.minimum_scope) == (
        "calendar",
        "continue",
        "item",
    )
    assert (policy.interest, policy.cross_default) == (None, None)


@pytest.mark.parametrize(
    ("applies_to", "scope"),
    [
        ({"account": "acme:C1"}, Scope(account_id="acme:C1")),
        ({"grade": "A"}, Scope(grade="A")),
        ({"segment": "retail"}, Scope(segment="retail")),
        ({"creditor": "acme"}, Scope(creditor_id="acme")),
    ],
    ids=["account", "grade", "segment", "creditor"],
)
def test_a_policy_can_be_for_an_account_a_grade_a_segment_or_a_creditor(
    applies_to: dict[str, str], scope: Scope
) -> None:
    assert read_policy(document(policy="strict", applies_to=applies_to), 1).scope == scope


@pytest.mark.parametrize("days", [-DAYS_MAX, -5, 0, DAYS_MAX])
def test_levels_may_come_before_on_and_long_after_the_due_date(days: int) -> None:
    policy = read_policy(document(levels=[level(after_days=days, held_by=["block"])]), 1)
    assert policy.levels[0].after_days == days


def test_names_of_levels_are_the_users_own() -> None:
    levels = [
        level(level="提醒", after_days=-3, action="letter"),
        level(level="Mahnung 1", after_days=7, action="letter"),
    ]
    policy = read_policy(document(levels=levels, minimum_open={"KWD": "0.500"}), 1)
    assert [one.name for one in policy.levels] == ["提醒", "Mahnung 1"]
    assert [one.conditions.minimum_open for one in policy.levels] == [{"KWD": 500}] * 2


@pytest.mark.parametrize(
    ("holidays", "codes"),
    [
        (None, ()),
        ([], ()),
        ("DE-BY", ("DE-BY",)),
        (["CN", "XECB"], ("CN", "XECB")),
    ],
    ids=["null", "an empty list", "one code", "two codes"],
)
def test_holidays_are_codes_and_nothing_means_weekends_alone(
    holidays: Any, codes: tuple[str, ...]
) -> None:
    assert read_policy(calendar(holidays=holidays), 1).calendar == BusinessCalendar(codes)


def test_what_a_level_says_goes_before_what_the_policy_says() -> None:
    policy = read_policy(
        document(
            calendar={"on_holiday": "following"},
            minimum_open={"EUR": "10.00"},
            minimum_items=2,
            levels=[
                level(),
                level(level="call", after_days=20, on_holiday="none", minimum_open={}),
                level(level="legal", after_days=30, minimum_items=1, not_after_days=90),
                level(level="notice", after_days=50, action="insurance_notice"),
                level(level="claim", after_days=60, action="insurance_claim"),
                level(
                    level="large claim",
                    after_days=70,
                    action="insurance_claim",
                    minimum_open={"EUR": "99.00"},
                ),
            ],
        ),
        1,
    )
    ten = {"EUR": 1000}
    assert [(one.on_holiday, one.conditions) for one in policy.levels] == [
        ("following", Conditions(ten, 2)),
        ("none", Conditions({}, 2)),
        ("following", Conditions(ten, 1)),
        ("following", Conditions()),
        ("following", Conditions()),
        ("following", Conditions({"EUR": 9900})),
    ]
    assert [one.not_after_days for one in policy.levels] == [None, None, 90, None, None, None]


def test_a_rule_of_cross_default_may_have_a_threshold_and_raise_a_level() -> None:
    document = crossed(**{"raise": "dunning"}, at="claim", threshold={"EUR": "500.00"})
    found = read_policy(document, 1).cross_default
    assert found == CrossDefault("claim", {"EUR": 50000}, "dunning")
    assert read_policy(crossed(), 1).cross_default == CrossDefault("dunning", {}, None)


@pytest.mark.parametrize(
    ("more", "needs"),
    [
        ({}, False),
        ({"minimum_open": {"EUR": "10.00"}}, False),
        ({"scope": "account"}, False),
        ({"scope": "account", "minimum_open": {"EUR": "10.00"}}, True),
        ({"minimum_items": 2}, True),
    ],
    ids=["no minimum", "an item's minimum", "no amount", "the account's minimum", "two items"],
)
def test_a_policy_needs_the_whole_account_only_where_it_looks_at_it(
    more: dict[str, Any], *, needs: bool
) -> None:
    assert read_policy(document(**more), 1).needs_account is needs
