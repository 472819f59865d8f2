"""Policy documents: what is right is read, what is wrong is refused by its path."""

from copy import deepcopy
from typing import Any

import pytest

from services.monitor.domain.policy.document import AFTER_DAYS_MAX, LEVELS_MAX, read_policy
from services.monitor.domain.policy.policy import Scope
from shared.errors import RejectedError
from tests.unit.monitor.policies import document


def level(**changed: Any) -> dict[str, Any]:
    """Return a right level, changed; None takes a key away."""
    whole = {"level": "dunning", "after_days": 15, "action": "dunning_letter"} | changed
    return {key: value for key, value in whole.items() if value is not None}


def calendar(**entries: Any) -> dict[str, Any]:
    """Return a right document with these entries in its calendar."""
    return document(calendar=entries)


WRONG: list[tuple[str, Any, str | None, str]] = [
    ("no mapping", [], None, "must be a mapping"),
    ("nothing", None, None, "must be a mapping"),
    ("an unknown key", document(level=1), "level", "is not known"),
    ("a key that is no text", document() | {1: 2}, "1", "is not known"),
    ("no name", {"levels": [level()]}, "policy", "is missing"),
    ("no levels", {"policy": "default"}, "levels", "is missing"),
    ("an empty name", document(policy=" "), "policy", "1 to 128 characters"),
    ("a name that is a number", document(policy=7), "policy", "1 to 128 characters"),
    ("a name too long", document(policy="x" * 129), "policy", "1 to 128 characters"),
    ("levels that are no list", document(levels={}), "levels", "list of 1 to 50"),
    ("an empty list of levels", document(levels=[]), "levels", "list of 1 to 50"),
    ("too many levels", document(levels=[level()] * (LEVELS_MAX + 1)), "levels", "1 to 50"),
    ("a level that is no mapping", document(levels=["dunning"]), "levels[0]", "a mapping"),
    ("a level without a name", document(levels=[level(level=None)]), "levels[0].level", "missing"),
    ("a level's name empty", document(levels=[level(level="")]), "levels[0].level", "characters"),
    ("no action", document(levels=[level(action=None)]), "levels[0].action", "is missing"),
    ("an action of a number", document(levels=[level(action=1)]), "levels[0].action", "text"),
    ("no days", document(levels=[level(after_days=None)]), "levels[0].after_days", "is missing"),
    ("days as text", document(levels=[level(after_days="15")]), "levels[0].after_days", "whole"),
    ("days in parts", document(levels=[level(after_days=1.5)]), "levels[0].after_days", "whole"),
    ("days as yes", document(levels=[level(after_days=True)]), "levels[0].after_days", "whole"),
    (
        "days too many",
        document(levels=[level(after_days=AFTER_DAYS_MAX + 1)]),
        "levels[0].after_days", "beyond 3650 days",
    ),
    (
        "days too many before",
        document(levels=[level(after_days=-AFTER_DAYS_MAX - 1)]),
        "levels[0].after_days", "beyond 3650 days",
    ),
    (
        "two levels of one name",
        document(levels=[level(), level(after_days=30)]), "levels[1].level", "stands twice",
    ),
    (
        "two levels of one day",
        document(levels=[level(), level(level="legal")]), "levels[1].after_days", "the order",
    ),
    (
        "levels out of order",
        document(levels=[level(), level(level="legal", after_days=14)]),
        "levels[1].after_days", "in the order of their days",
    ),
    ("an unknown key in a level", document(levels=[level(days=1)]), "levels[0].days", "not known"),
    ("held by text", document(levels=[level(held_by="dispute")]), "levels[0].held_by", "a list"),
    (
        "held by what holds nothing",
        document(levels=[level(held_by=["dispute", "rain"])]),
        "levels[0].held_by[1]", "'rain' is not one of: dispute, promise, block",
    ),
    ("an unknown backlog", document(backlog="all"), "backlog", "highest, step"),
    ("an unknown clearing rule", document(clearing="random"), "clearing", "oldest_due_first, none"),
    ("a calendar of text", document(calendar="CN"), "calendar", "must be a mapping"),
    ("an unknown calendar key", calendar(zone="Asia/Shanghai"), "calendar.zone", "is not known"),
    ("an unknown zone", calendar(time_zone="Asia/Peking"), "calendar.time_zone", "no IANA"),
    ("an empty zone", calendar(time_zone=""), "calendar.time_zone", "characters"),
    ("a zone that is a folder", calendar(time_zone="Asia"), "calendar.time_zone", "no IANA"),
    ("a zone up a folder", calendar(time_zone="../etc"), "calendar.time_zone", "no IANA"),
    ("business days", calendar(days="business"), "calendar.days", "not one of: calendar"),
    ("moved holidays", calendar(on_holiday="following"), "calendar.on_holiday", "one of: none"),
    ("holidays of a number", calendar(holidays=86), "calendar.holidays", "characters"),
    ("minimums in a list", document(minimum_open=[]), "minimum_open", "must be a mapping"),
    ("a minimum as number", document(minimum_open={"EUR": 10.5}), "minimum_open.EUR", "quotes"),
    ("an unknown currency", document(minimum_open={"EURO": "1"}), "minimum_open.EURO", "ISO 4217"),
    ("a currency as no", document(minimum_open={False: "1"}), "minimum_open.False", "ISO 4217"),
    (
        "a minimum with too many decimals",
        document(minimum_open={"JPY": "1.5"}), "minimum_open.JPY", "more decimals than",
    ),
    ("a minimum of words", document(minimum_open={"EUR": "x"}), "minimum_open.EUR", "no dec"),
    ("a negative minimum", document(minimum_open={"EUR": "-1"}), "minimum_open.EUR", "negative"),
    ("another policy for nobody", document(policy="strict"), "applies_to", "needs applies_to"),
    (
        "the default policy for one creditor",
        document(applies_to={"creditor": "acme"}), "applies_to", "applies to everybody",
    ),
    ("for text", document(applies_to="acme"), "applies_to", "must be a mapping"),
    ("for nobody named", document(applies_to={}), "applies_to", "either account or creditor"),
    (
        "for both",
        document(applies_to={"account": "a:b", "creditor": "a"}),
        "applies_to", "either account or creditor",
    ),
    ("for a customer", document(applies_to={"customer": "b"}), "applies_to.customer", "not known"),
    (
        "for an account without a creditor",
        document(policy="p", applies_to={"account": "C1"}), "applies_to.account", "<creditor>:",
    ),
    ("for a nameless creditor", document(applies_to={"creditor": ""}), "applies_to.creditor", "1"),
]  # fmt: skip


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
    assert policy.minimum_open == {}


@pytest.mark.parametrize(
    ("applies_to", "scope"),
    [
        ({"account": "acme:C1"}, Scope(account_id="acme:C1")),
        ({"creditor": "acme"}, Scope(creditor_id="acme")),
    ],
    ids=["account", "creditor"],
)
def test_a_policy_can_be_for_an_account_or_a_creditor(
    applies_to: dict[str, str], scope: Scope
) -> None:
    assert read_policy(document(policy="strict", applies_to=applies_to), 1).scope == scope


@pytest.mark.parametrize("days", [-AFTER_DAYS_MAX, -5, 0, AFTER_DAYS_MAX])
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
    assert policy.minimum_open == {"KWD": 500}
