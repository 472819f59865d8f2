"""What enforcement off holds of the insurer's levels is shown from its day on, while it is off."""

from dataclasses import replace
from typing import Any

import pytest

from services.monitor.domain.escalation.unseen import held_from_insurer
from services.monitor.domain.policy.policy import Conditions, Policy
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import cover, day, issued, paid
from tests.unit.monitor.debtor_builders import enforced, insolvent
from tests.unit.monitor.invoice_builders import disputed
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, live

#: Due on 2026-01-31: reached on 2026-02-10, 2026-02-20 and 2026-04-01.
POLICY = policy(
    level("first", 10),
    level("notice", 20, "insurance_notice"),
    level("claim", 60, "insurance_claim"),
)
A = issued("A", "100.00")
OFF = enforced(is_on=False, on="2026-02-05")
NOTICE = (
    "enforcement, off since 2026-02-05, holds notice of A/1 since 2026-02-20; the insurer must be "
    "told by 2026-03-02"
)
CLAIM = "enforcement, off since 2026-02-05, holds claim of A/1 since 2026-04-01"


def case(name: str, happens: dict[str, list[Inbound]], on: str, told: list[str]) -> Any:
    """What happens by day, and what is to be seen on a day."""
    return pytest.param(happens, on, told, id=name)


def case_of(name: str, happens: dict[str, list[Inbound]], told: list[str], **changed: Any) -> Any:
    """What happens by day, and what is to be seen on 2026-04-01 where levels are changed."""
    return pytest.param(changed, happens, told, id=name)


@pytest.mark.parametrize(
    ("happens", "on", "told"),
    [
        case("before its day", {"2026-01-01": [cover(), A], "2026-02-05": [OFF]}, "2026-02-19", []),
        case("on its day", {"2026-01-01": [cover(), A], "2026-02-05": [OFF]}, "2026-02-20",
             [NOTICE]),
        case("both of them", {"2026-01-01": [cover(), A], "2026-02-05": [OFF]}, "2026-04-01",
             [NOTICE, CLAIM]),
        case("without cover", {"2026-01-01": [A], "2026-02-05": [OFF]}, "2026-04-01", []),
        case(
            "paid",
            {"2026-01-01": [cover(), A], "2026-02-05": [OFF],
             "2026-02-21": [paid("P", "100.00", on="2026-02-21")]},
            "2026-02-22",
            [],
        ),
        case(
            "on again",
            {"2026-01-01": [cover(), A], "2026-02-05": [OFF],
             "2026-02-21": [enforced(is_on=True, on="2026-02-21")]},
            "2026-02-21",
            [],
        ),
        case(
            "raised before, and held since",
            {"2026-01-01": [cover(), A],
             "2026-02-21": [enforced(is_on=False, on="2026-02-21")]},
            "2026-04-01",
            [("enforcement, off since 2026-02-21, holds notice of A/1, raised on 2026-02-20, "
              "unless that was done before; the insurer must be told by 2026-03-02"),
             "enforcement, off since 2026-02-21, holds claim of A/1 since 2026-04-01"],
        ),
        case(
            "raised before, and paid since",
            {"2026-01-01": [cover(), A],
             "2026-02-21": [enforced(is_on=False, on="2026-02-21"),
                            paid("P", "100.00", on="2026-02-21")]},
            "2026-04-01",
            [],
        ),
        case(
            "reached before it was off, by cover that was told later",
            {"2026-01-01": [A], "2026-02-21": [enforced(is_on=False, on="2026-02-21")],
             "2026-02-25": [cover()]},
            "2026-02-25",
            [("enforcement, off since 2026-02-21, holds notice of A/1 since 2026-02-21; "
              "the insurer must be told by 2026-03-02")],
        ),
        case(
            "reached at once, by insolvency",
            {"2026-01-01": [cover(), A, enforced(is_on=False, on="2026-01-01")],
             "2026-01-10": [insolvent(on="2026-01-10")]},
            "2026-01-10",
            [("enforcement, off since 2026-01-01, holds notice of A/1 since 2026-01-10; "
              "the insurer must be told by 2026-03-02"),
             "enforcement, off since 2026-01-01, holds claim of A/1 since 2026-01-10"],
        ),
    ],
)  # fmt: skip
def test_what_is_held_from_the_insurer_is_shown(
    happens: dict[str, list[Inbound]], on: str, told: list[str]
) -> None:
    assert shown(POLICY, happens, on) == told


OFF_FROM_THE_START = {"2026-01-01": [cover(), A], "2026-02-05": [OFF]}
DISPUTED = {"2026-01-01": [cover(), A], "2026-02-05": [OFF, disputed("D", "A")]}
B = issued("B", ("2026-03-31", "100.00"))


@pytest.mark.parametrize(
    ("changed", "happens", "told"),
    [
        case_of("a notice below its own minimum", OFF_FROM_THE_START, [CLAIM],
                notice={"conditions": Conditions({"EUR": 20000})}),
        case_of("a claim below its own minimum", OFF_FROM_THE_START, [NOTICE],
                claim={"conditions": Conditions({"EUR": 20000})}),
        case_of("a claim of more items than are overdue", OFF_FROM_THE_START, [NOTICE],
                claim={"conditions": Conditions(minimum_items=2)}),
        case_of("a claim of as many items as are overdue",
                OFF_FROM_THE_START | {"2026-02-06": [B]}, [NOTICE, CLAIM],
                claim={"conditions": Conditions(minimum_items=2)}),
        case_of("a claim that a dispute holds as well", DISPUTED, [NOTICE],
                claim={"held_by": frozenset({"dispute"})}),
        case_of("a claim that no dispute holds", DISPUTED, [NOTICE, CLAIM]),
    ],
)  # fmt: skip
def test_what_would_not_be_raised_with_enforcement_on_is_not_shown(
    changed: dict[str, dict[str, Any]], happens: dict[str, list[Inbound]], told: list[str]
) -> None:
    levels = [replace(one, **changed.get(one.name, {})) for one in POLICY.levels]
    assert shown(policy(*levels), happens, "2026-04-01") == told


def shown(by: Policy, happens: dict[str, list[Inbound]], on: str) -> list[str]:
    """Return what is to be seen on a day of an account that has lived under a policy."""
    world = live(Story("", by, happens, on, {}))
    account = world.book.account
    items = [one for one in world.book.items() if one.open]
    return held_from_insurer(account.debtor, items, by, day(on))
