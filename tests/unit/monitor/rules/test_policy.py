"""Which policy an account has, and what the default one says."""

from dataclasses import replace

import pytest

from services.monitor.domain.policy.policy import Policy, Scope, select
from tests.unit.monitor.policies import STANDARD, default_policy


def scoped(name: str, scope: Scope) -> Policy:
    """Return a policy of that name for those accounts."""
    return replace(STANDARD, name=name, scope=scope)


ALL = select(
    [
        scoped("of the account", Scope(account_id="acme:C1")),
        scoped("of the creditor", Scope(creditor_id="acme")),
        scoped("default", Scope()),
    ]
)


@pytest.mark.parametrize(
    ("account_id", "name"),
    [
        ("acme:C1", "of the account"),
        ("acme:C2", "of the creditor"),
        ("other:C1", "default"),
        ("acme2:C1", "default"),
        ("other:acme:C1", "default"),
    ],
)
def test_a_policy_is_found_by_account_then_creditor_then_default(
    account_id: str, name: str
) -> None:
    assert ALL.of(account_id).name == name


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
    assert policy.minimum_open == {}
