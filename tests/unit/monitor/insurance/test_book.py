"""Claims one after another: each counts what others have used up, and none looks at all items."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.book import ClaimBook
from services.monitor.domain.insurance.cover import Cover, begun_on, terms_for
from services.monitor.domain.insurance.limit import exposure_of
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.handlers.figures import Figures
from shared.contracts.escalation import Claim
from tests.unit.monitor.builders import cover
from tests.unit.monitor.insurance import plain
from tests.unit.monitor.insurance.insured import item_of, known, policy_of, reckoned, withdrawn
from tests.unit.monitor.policies import level

TODAY = date(2026, 4, 1)
YESTERDAY = date(2026, 3, 31)
YEARLY: dict[str, Any] = {
    "deductible": "50",
    "deductible_kind": "annual_aggregate",
    "claim_limit_annual": "150",
}


def claimed(item: Item, raised_on: date = TODAY) -> Item:
    """An item whose claim stands raised since a day."""
    item.raised = [Raised("claim", "insurance_claim", [], raised_on, "default@1", 60, item.cycle)]
    return item


@pytest.mark.parametrize(
    ("others", "amount"),
    [
        pytest.param([], "45.00", id="the first claim bears the deductible"),
        pytest.param([("20", "EUR", YESTERDAY)], "63.00", id="its rest"),
        pytest.param([("160", "EUR", YESTERDAY)], "51.00", id="the limit"),
        pytest.param(
            [("120", "EUR", YESTERDAY), ("50", "EUR", date(2026, 1, 1))], "42.00", id="two"
        ),
        pytest.param([("160", "EUR", date(2025, 12, 31))], "45.00", id="of the year before"),
        pytest.param([("160", "USD", YESTERDAY)], "45.00", id="under another policy"),
        pytest.param([("160", "GBP", YESTERDAY)], "45.00", id="without a policy"),
    ],
)
def test_a_claim_counts_what_others_of_the_policy_year_have_used_up(
    others: list[tuple[str, str, date]], amount: str
) -> None:
    before = [
        claimed(item_of(total, currency, invoice_id=f"B{number}"), raised_on)
        for number, (total, currency, raised_on) in enumerate(others)
    ]
    covers = known(cover(**YEARLY), cover("TC-2", currency="USD", **YEARLY))
    for order in (before, before[::-1]):
        book = ClaimBook(covers, [claimed(item_of("100")), *order])
        assert book.standing["A/1"].amount == amount
        assert book.outlook(item_of("100"), TODAY).amount == amount


@pytest.mark.parametrize(
    ("due_on", "disputed", "amounts"),
    [
        pytest.param("2026-01-30", "0", ("90.00", "45.00"), id="the other is due before"),
        pytest.param("2026-02-01", "0", ("45.00", "90.00"), id="the other is due after"),
        pytest.param("2026-01-30", "100", ("45.00", None), id="the other is for a person"),
    ],
)
def test_of_the_claims_of_one_day_the_oldest_due_uses_up_the_year_first(
    due_on: str, disputed: str, amounts: tuple[str, str | None]
) -> None:
    other = item_of("100", invoice_id="B", due_on=due_on, disputed=disputed)
    items = [claimed(item_of("100")), claimed(other)]
    for order in (items, items[::-1]):
        standing = ClaimBook(known(cover(**YEARLY)), order).standing
        assert (standing["A/1"].amount, standing["B/1"].amount) == amounts


def test_a_second_claim_counts_what_the_first_has_used_up() -> None:
    items = [item_of("100", invoice_id=name) for name in "ABC"]
    book = ClaimBook(known(cover(**YEARLY)), items)
    first, second, third = (book.claim(one, TODAY) for one in items)
    assert (first.amount, first.deductible) == ("45.00", "50.00")
    assert (second.amount, second.deductible) == ("90.00", None)
    assert third.amount == "15.00"
    assert book.claim(items[0], TODAY).amount == "45.00"


def test_what_a_claim_would_be_uses_up_nothing_for_later_claims() -> None:
    items = [item_of("100", invoice_id=name) for name in "ABC"]
    book = ClaimBook(known(cover(**YEARLY)), items)
    told = [book.outlook(one, TODAY) for one in items]
    assert [(one.amount, one.deductible) for one in told] == [("45.00", "50.00")] * 3
    assert book.claim(items[0], TODAY) == told[0]
    assert book.outlook(items[1], TODAY).amount == "90.00"
    assert book.claim(items[1], TODAY).amount == "90.00"


def test_an_overdue_notice_is_told_as_things_stand_and_a_claim_as_what_it_uses_up() -> None:
    first, second = (item_of("100", invoice_id=name) for name in "AB")
    [insurance] = known(cover(**YEARLY))
    debtor = Debtor(covers={insurance.policy_no: insurance})
    key = (0, "default:ACME")
    raised = [claimed(item_of("100", invoice_id=name)) for name in "AB"]

    def figures(items: list[Item]) -> Figures:
        return Figures({key: items}, {}, {}, {}, {})

    told, claims = figures([first, second]), figures(raised)

    def amount(by: Figures, action: str, item: Item) -> str | None:
        found = by.claim(level("told", 20, action), key, item, debtor, TODAY)
        return None if found is None else found.amount

    assert [amount(told, "insurance_notice", one) for one in (first, second)] == ["45.00"] * 2
    assert [amount(claims, "insurance_claim", one) for one in raised] == ["45.00", "90.00"]
    assert amount(told, "dunning_letter", first) is None


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 10)], ids=["that day", "a year later"])
def test_a_claim_that_stands_is_shown_as_it_was_told_and_no_later_one_counts(today: date) -> None:
    items = [claimed(item_of("100", invoice_id=name)) for name in "AB"]
    [insurance] = known(cover(**YEARLY))
    debtor, key = Debtor(covers={insurance.policy_no: insurance}), (0, "default:ACME")
    figures = Figures({key: items}, {}, {}, {}, {})
    shown = [figures.outlook(key, one, debtor, today).amount for one in items]
    assert shown == ["45.00", "90.00"]
    unclaimed = item_of("100", invoice_id="C")
    assert figures.outlook(key, unclaimed, debtor, TODAY).amount == "15.00"


def test_a_limit_that_is_cut_during_the_year_begins_no_new_year() -> None:
    cut = cover(valid_from=date(2026, 3, 1), **YEARLY)
    items = [
        item_of("100"),
        item_of("100", invoice_id="B", issued_on="2026-03-01", due_on="2026-03-31"),
    ]
    book = ClaimBook([policy_of(cover(**YEARLY), cut)], items)
    assert book.claim(items[0], date(2026, 2, 1)).amount == "45.00"
    later = book.claim(items[1], date(2026, 5, 30))
    assert later.amount == "90.00"
    assert (
        "the policy year 2026-01-01 to 2026-12-31 has used 50.00 EUR of the annual deductible and "
        "45.00 EUR of the annual claim limit"
    ) in later.why


def test_what_was_shipped_before_a_limit_was_cut_keeps_its_limit_and_uses_up_the_new_one() -> None:
    covers = [policy_of(cover(limit="900"), cover(limit="500", valid_from=date(2026, 1, 10)))]
    items = [
        item_of("400"),
        item_of("300", invoice_id="B", issued_on="2026-01-10", due_on="2026-02-09"),
        item_of("300", invoice_id="C", issued_on="2026-01-11", due_on="2026-02-10"),
    ]
    book = ClaimBook(covers, items)
    before, after, beyond = (book.claim(one, TODAY) for one in items)
    assert before.amount == "360.00"
    assert after.amount == "90.00"
    assert after.why[0] == "limit 500 less 400.00 EUR used by 1 older open item = 100.00 EUR"
    assert beyond.manual_review
    assert beyond.why[-1].startswith("the limit of 500 is used up by 2 older open items")


def test_an_item_that_was_not_loaded_is_claimed_all_the_same() -> None:
    book = ClaimBook(known(cover(limit="150")), [])
    assert book.claim(item_of("100"), TODAY).amount == "90.00"
    assert book.claim(item_of("100", invoice_id="B"), TODAY).amount == "45.00"


def test_a_claim_on_what_came_after_the_insolvency_is_for_a_person() -> None:
    book = ClaimBook(known(cover()), [item_of("100")], insolvent_on=date(2025, 12, 31))
    assert book.claim(item_of("100"), TODAY).manual_review


@st.composite
def some_items(draw: st.DrawFn) -> list[Item]:
    """Open items around the days on which the terms change."""
    items = []
    for number in range(draw(st.integers(1, 6))):
        issued_on = date(2025, 12, 25) + timedelta(days=draw(st.integers(0, 30)))
        due_on = issued_on + timedelta(days=draw(st.integers(0, 40)))
        place = number // 2, number % 2 + 1
        item = Item(
            f"I{place[0]}", place[1], "EUR", draw(st.integers(1, 50_000)), issued_on, due_on, due_on
        )
        item.disputed = draw(st.integers(0, item.open))
        items.append(item)
    return items


@st.composite
def some_covers(draw: st.DrawFn) -> list[Cover]:
    """A policy that is renewed, withdrawn or neither, and perhaps another."""
    limits = st.integers(1, 900).map(str)
    each = {"deductible": "100", "deductible_order": draw(st.sampled_from(["before", "after"]))}
    words: list[Any] = [cover(limit=draw(limits), **draw(st.sampled_from([YEARLY, each, {}])))]
    first = date(2025, 12, 25) + timedelta(days=draw(st.integers(0, 30)))
    mep_days = draw(st.sampled_from([0, 60]))
    words.append(cover(limit=draw(limits), valid_from=first, mep_days=mep_days, **YEARLY))
    if draw(st.booleans()):
        words.append(withdrawn("2026-01-15"))
    other = [policy_of(cover("TC-2", valid_from=date(2026, 1, 10)))]
    return [policy_of(*words), *(other if draw(st.booleans()) else [])]


@given(items=some_items(), covers=some_covers(), data=st.data())
def test_claims_one_after_another_are_those_of_a_plain_scan_for_each(
    items: list[Item], covers: list[Cover], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(items), min_size=1, max_size=8))
    days = data.draw(
        st.lists(st.sampled_from([TODAY, date(2026, 12, 31), date(2027, 1, 1)]), min_size=8)
    )
    others = [exposure_of(one) for one in items]
    book, claims = ClaimBook(covers, items), dict[str, tuple[date, Claim]]()
    for item, today in zip(chosen, days, strict=False):
        terms = terms_for(item.currency, item.issued_on, covers)
        more = {}
        if terms is not None:
            begun = begun_on(terms.policy_no, covers)
            more = {"earlier": plain.used_up(claims, item, terms, begun, today)}
        expected, _used = reckoned(item, covers, others, today=today, **more)
        found = book.claim(item, today)
        assert found == expected
        claims[item.item_id] = today, found


class Counted(list[Cover]):
    """Covers that count how often they are looked through."""

    looks = 0

    def __iter__(self) -> Iterator[Cover]:
        self.looks += 1
        return super().__iter__()


@pytest.mark.parametrize("count", [10, 1000])
def test_a_claim_does_not_look_at_all_items(count: int) -> None:
    covers = Counted(known(cover()))
    items = [replace(item_of("1"), invoice_id=f"I{number}") for number in range(count)]
    book = ClaimBook(covers, items)
    covers.looks = 0
    book.claim(items[-1], TODAY)
    assert covers.looks < 5
