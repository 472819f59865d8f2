"""Which policy an account has, and what the default one says."""

from dataclasses import replace

import pytest

from services.monitor.domain.policy.policies import select
from services.monitor.domain.policy.policy import Conditions, Policy, Scope
from tests.unit.monitor.policies import STANDARD, default_policy


def scoped(name: str, scope: Scope) -> Policy:
    """Return a policy of that name for those accounts."""
    return replace(STANDARD, name=name, scope=scope)


ALL = select(
    [
        scoped("of the account", Scope(account_id="acme:C1")),
        scoped("of the grade", Scope(grade="A")),
        scoped("of the segment", Scope(segment="retail")),
        scoped("of the creditor", Scope(creditor_id="acme")),
        scoped("default", Scope()),
    ]
)


@pytest.mark.parametrize(
    ("account_id", "grade", "segment", "name"),
    [
        ("acme:C1", None, None, "of the account"),
        ("acme:C1", "A", "retail", "of the account"),
        ("acme:C2", "A", "retail", "of the grade"),
        ("acme:C2", "B", "retail", "of the segment"),
        ("acme:C2", "B", "public", "of the creditor"),
        ("acme:C2", None, None, "of the creditor"),
        ("other:C1", "A", None, "of the grade"),
        ("other:C1", None, "retail", "of the segment"),
        ("other:C1", None, None, "default"),
        ("acme2:C1", None, None, "default"),
        ("other:acme:C1", None, None, "default"),
    ],
)
def test_a_policy_is_found_by_account_grade_segment_creditor_then_default(
    account_id: str, grade: str | None, segment: str | None, name: str
) -> None:
    assert ALL.of(account_id, grade, segment).name == name


def test_the_default_policy_is_found_where_there_is_no_other() -> None:
    assert select([scoped("default", Scope())]).of("acme:C1", "A", "retail").name == "default"


def test_the_newest_version_of_a_policy_is_the_one_that_counts() -> None:
    versions = [replace(scoped("default", Scope()), version=number) for number in (1, 2)]
    assert select(versions).of("acme:C1").version == 2


def test_a_policy_is_named_with_its_version() -> None:
    assert replace(STANDARD, name="strict", version=3).label == "strict@3"


def test_the_default_policy_is_15_30_and_60_days() -> None:
    policy = default_policy()
    assert [(one.name, one.after_days, one.action) for one in policy.levels] == [
        ("dunning", 15, "dunning_letter"),
        ("legal", 30, "legal_handoff"),
        ("insurance_claim", 60, "insurance_claim"),
    ]
    assert policy.label == "default@1"
    assert policy.scope == Scope()
    assert policy.time_zone == "Asia/Shanghai"
    assert policy.clearing_rule == "oldest_due_first"
    assert policy.backlog == "highest"
    assert [one.conditions for one in policy.levels] == [Conditions()] * 3
    assert [sorted(one.held_by) for one in policy.levels] == [
        ["block", "dispute", "promise"],
        ["block", "dispute", "promise"],
        ["dispute"],
    ]
