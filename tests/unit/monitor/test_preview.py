"""A preview counts what a policy would do, account by account, and names the largest customers."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Block, Debtor
from services.monitor.domain.policy.policies import select
from services.monitor.domain.policy.policy import Policy, Scope
from services.monitor.handlers.answers.preview import (
    ITEMS_A_TURN,
    LARGEST_MAX,
    OpenAccount,
    Preview,
    preview,
    with_policy,
)
from services.monitor.handlers.ports import Known
from shared.contracts.interest import parse_interest
from tests.unit.monitor.builders import customer
from tests.unit.monitor.policies import default_policy, level, policy

NOW: Final = datetime(2026, 2, 20, tzinfo=UTC)
DUE_ON: Final = date(2026, 2, 1)
EVERYBODY: Final = replace(policy(level("dunning", 15, held_by="block")), scope=Scope())

TEN: Final = parse_interest({"annual_percent": "10"}, "interest", "bad_policy")
ONE: Final = parse_interest({"annual_percent": "1"}, "interest", "bad_policy")


@dataclass
class FakeBooks:
    """Accounts in turns of two."""

    found: Sequence[OpenAccount]

    async def count(self) -> int:
        return sum(len(one.items) for one in self.found)

    async def accounts(self) -> AsyncIterator[Sequence[OpenAccount]]:
        for first in range(0, len(self.found), 2):
            yield self.found[first : first + 2]


def item(number: int = 1, amount: int = 1000, currency: str = "EUR", **more: Any) -> Item:
    return Item(f"I-{number}", 1, currency, amount, DUE_ON, DUE_ON, DUE_ON, **more)


def raised(name: str = "dunning", **more: Any) -> Raised:
    return Raised(name, "letter", [], DUE_ON, "tests@1", 15, 1, **more)


def account(name: str, *items: Item, debtor: Debtor | None = None) -> OpenAccount:
    return OpenAccount((0, f"default:{name}"), Known(debtor or Debtor(), Said()), items)


async def look(coming: Policy, *accounts: OpenAccount) -> Preview:
    present = select([default_policy()])
    async for _total, found in preview(FakeBooks(accounts), coming, present, NOW):
        last = found
    return last


def told(found: Preview) -> list[tuple[str, str, str, int, int, int]]:
    return [
        (one.deed, one.level, one.currency, one.items, one.open, one.customers)
        for one in found.stakes
    ]


BLOCKED: Final = Debtor(blocks={"B-1": Block(blocked_on=DUE_ON)})
CASES: Final = {
    "what is due is raised": ([account("A", item())], [("raise", "dunning", "EUR", 1, 1000, 1)]),
    "what is not due is left": ([account("A", replace(item(), due_on=date(2026, 2, 19)))], []),
    "what stands is left": ([account("A", item(raised=[raised()]))], []),
    "a level that is gone is lifted": (
        [account("A", item(raised=[raised("dunning"), raised("legal")]))],
        [("lift", "legal", "EUR", 1, 1000, 1)],
    ),
    "what a block holds from now on": (
        [account("A", item(raised=[raised()]), debtor=BLOCKED)],
        [("hold", "dunning", "EUR", 1, 1000, 1)],
    ),
    "what goes on again": (
        [account("A", item(raised=[raised(held_by="promise P-1")]))],
        [("resume", "dunning", "EUR", 1, 1000, 1)],
    ),
    "an account is one customer, whatever its items": (
        [account("A", item(1), item(2)), account("B", item(3))],
        [("raise", "dunning", "EUR", 3, 3000, 2)],
    ),
    "currencies never mix": (
        [account("A", item(1), item(2, 70, "JPY"))],
        [("raise", "dunning", "EUR", 1, 1000, 1), ("raise", "dunning", "JPY", 1, 70, 1)],
    ),
}


@pytest.mark.parametrize(("accounts", "found"), CASES.values(), ids=list(CASES))
async def test_what_a_policy_would_do_is_counted(
    accounts: list[OpenAccount], found: list[tuple[Any, ...]]
) -> None:
    assert told(await look(EVERYBODY, *accounts)) == found


async def test_a_condition_on_the_account_sees_all_of_its_items() -> None:
    needs_two = replace(policy(level("dunning", 15), minimum_items=2), scope=Scope())
    assert told(await look(needs_two, account("A", item(1)))) == []
    both = await look(needs_two, account("A", item(1), item(2)))
    assert told(both) == [("raise", "dunning", "EUR", 2, 2000, 1)]


async def test_the_largest_customers_are_named_in_their_order() -> None:
    names = [f"C{number:02}" for number in range(LARGEST_MAX + 3)]
    accounts = [
        account(
            name,
            item(1, 100 * (number % 7 + 1)),
            item(2, 1),
            debtor=Debtor(customer=customer(1, f"Name of {name}")),
        )
        for number, name in enumerate(names)
    ]
    [stake] = (await look(EVERYBODY, *accounts)).stakes
    assert stake.customers == len(names)
    shown = [(one.open, one.account_id) for one in stake.largest]
    every = [(100 * (number % 7 + 1) + 1, f"default:{name}") for number, name in enumerate(names)]
    assert [one.open for one in stake.largest] == sorted((one[0] for one in every), reverse=True)[
        :LARGEST_MAX
    ]
    assert set(shown) <= set(every)
    assert (stake.largest[0].name, stake.largest[0].items) == ("Name of C06", 2)


async def test_items_beyond_one_turn_are_counted_too() -> None:
    items = [item(number, 1) for number in range(2 * ITEMS_A_TURN + 1)]
    [row] = told(await look(EVERYBODY, account("A", *items)))
    assert row == ("raise", "dunning", "EUR", len(items), len(items), 1)


async def test_the_work_tells_how_far_it_is() -> None:
    books = FakeBooks([account(name, item()) for name in "ABC"])
    present = select([default_policy()])
    steps = [
        (found.looked_at, total) async for total, found in preview(books, EVERYBODY, present, NOW)
    ]
    assert steps == [(0, 3), (2, 3), (3, 3)]


def test_a_newer_version_takes_the_place_of_its_own_and_a_new_one_stands_beside() -> None:
    present = select([default_policy()])
    newer = replace(default_policy(), version=2)
    assert with_policy(present, newer).by_scope == {Scope(): newer}
    graded = replace(newer, name="graded", scope=Scope(grade="A"))
    assert with_policy(present, graded).of("default:X", grade="A") is graded
    assert with_policy(present, graded).of("default:X", grade="B") is present.default


@pytest.mark.parametrize(
    ("coming", "expected"),
    [
        pytest.param(EVERYBODY, [("default@1", 2)], id="ended"),
        pytest.param(replace(EVERYBODY, interest=TEN), [], id="left as they are"),
        pytest.param(
            replace(EVERYBODY, name="graded", scope=Scope(grade="A"), interest=ONE),
            [("default@1", 1)],
            id="set for some of the accounts",
        ),
        pytest.param(
            replace(EVERYBODY, name="graded", scope=Scope(grade="B"), interest=ONE),
            [],
            id="set for nobody with something open",
        ),
    ],
)
async def test_terms_of_interest_that_would_be_others_are_told_with_whose_they_were(
    coming: Policy, expected: list[tuple[str, int]]
) -> None:
    present = select([replace(default_policy(), interest=TEN)])
    accounts = [
        account("A", item(), debtor=Debtor(customer=customer(1, grade="A"))),
        account("B", item(2)),
    ]
    async for _total, found in preview(FakeBooks(accounts), coming, present, NOW):
        last = found
    assert [(one.present.label, one.accounts) for one in last.interest] == expected


async def test_a_newer_version_tells_of_its_interest_even_where_nothing_is_open() -> None:
    [change] = (await look(replace(EVERYBODY, interest=TEN))).interest
    assert (change.present.interest, change.accounts) == (None, 0)
