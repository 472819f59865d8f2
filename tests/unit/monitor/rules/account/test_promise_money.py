"""Which promise the same money counts towards, where there are several."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.monitor.domain.escalation.promise_money import Left, Money, still_there
from services.monitor.domain.escalation.promises import REVISED_DAYS_MAX, sharing, towards
from services.monitor.domain.ledger.debtor import Promise
from tests.unit.monitor.builders import day, issued, paid
from tests.unit.monitor.debtor_builders import promised
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Says nothing of items, so that the words are those on promises.
QUIET = policy(level("first", 300, held_by="promise"))
MADE_ON = "2026-02-05"
SUM = promised("P", "100.00", made_on=MADE_ON, by="2026-02-12", currency="EUR")
LATER_SUM = promised("Q", "100.00", made_on=MADE_ON, by="2026-02-20", currency="EUR")


def by(on: str, amount: str | None, *invoice_ids: str, made_on: str = "2026-02-01") -> Promise:
    return Promise(day(made_on), day(on), amount, "EUR", list(invoice_ids) or None)


def met(on: str, amount: int, invoice_id: str | None = None, due: str = "2026-01-31") -> Money:
    if invoice_id is None:
        return Money(on=day(on), currency="EUR", amount=amount)
    days = {"issued_on": day("2026-01-01"), "due_on": day(due), "original_due_on": day(due)}
    return Money(on=day(on), currency="EUR", amount=amount, invoice_id=invoice_id, **days)


@pytest.mark.parametrize(
    ("promises", "money", "counted"),
    [
        pytest.param(
            {"P": by("2026-02-12", "60"), "Q": by("2026-02-20", "60")},
            [met("2026-02-10", 6000)],
            {"P": 6000, "Q": 0},
            id="the earlier day comes first",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60", made_on="2026-02-03"), "Q": by("2026-02-12", "60")},
            [met("2026-02-10", 6000)],
            {"P": 0, "Q": 6000},
            id="of one day the one that was made first",
        ),
        pytest.param(
            {"Q": by("2026-02-12", "60"), "P": by("2026-02-12", "60")},
            [met("2026-02-10", 6000)],
            {"P": 6000, "Q": 0},
            id="else by their ids",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60"), "Q": by("2026-02-20", "60")},
            [met("2026-02-10", 10000)],
            {"P": 6000, "Q": 4000},
            id="what is left counts towards the next",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60"), "Q": by("2026-02-20", "60")},
            [met("2026-02-15", 6000)],
            {"P": 0, "Q": 6000},
            id="what is too late for one counts towards the other",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60", "A"), "Q": by("2026-02-20", "60")},
            [met("2026-02-10", 6000, "B")],
            {"P": 0, "Q": 6000},
            id="money that names an invoice counts only towards promises for it",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60", "A")},
            [met("2026-02-10", 6000)],
            {"P": 0},
            id="money that met nothing is for no invoice",
        ),
        pytest.param(
            {"P": by("2026-02-12", "60"), "Q": by("2026-02-20", "60", "A")},
            [met("2026-02-09", 6000, "A"), met("2026-02-10", 6000, "B")],
            {"P": 6000, "Q": 6000},
            id="one that has the choice leaves the other its own",
        ),
        pytest.param(
            {"P": by("2026-02-12", None), "Q": by("2026-02-20", "60")},
            [met("2026-02-09", 3000, "A"), met("2026-02-10", 6000, "B", "2026-04-30"),
             met("2026-02-11", 500)],
            {"P": 3000, "Q": 6000},
            id="all that is due takes what is due, and no more than is missing",
        ),
    ],
)  # fmt: skip
def test_the_same_money_counts_once(
    promises: dict[str, Promise], money: list[Money], counted: dict[str, int]
) -> None:
    found = towards(sharing(promises, {}, day("2026-02-25")), {}, [], money)
    assert {name: one.paid for name, one in found.items()} == counted


def test_money_of_a_promise_that_is_too_old_to_be_corrected_is_not_free_for_another() -> None:
    old, young = by("2026-02-12", "60"), by("2026-02-13", "60", made_on="2026-02-05")
    today = day("2026-02-13") + timedelta(days=REVISED_DAYS_MAX)
    said = {"P": "kept", "Q": "broken"}
    shared = sharing({"P": old, "Q": young}, said, today)
    found = towards(shared, said, [], [met("2026-02-10", 6000)])
    assert {name: one.paid for name, one in found.items()} == {"P": 6000, "Q": 0}


@pytest.mark.parametrize("invoice_ids", [None, ["A", "U"]], ids=["of the account", "of named"])
def test_what_was_paid_before_a_promise_tells_nothing_of_its_currency(
    invoice_ids: list[str] | None,
) -> None:
    promise = Promise(day(MADE_ON), day("2026-02-12"), "60", None, invoice_ids)
    own, before = met("2026-02-10", 6000, "A"), met("2026-02-04", 9000, "U")
    loaded = [own, replace(before, currency="USD")]
    assert towards([("P", promise)], {}, [], loaded) == towards([("P", promise)], {}, [], [own])
    [on_its_day] = towards(
        [("P", promise)], {}, [], [replace(loaded[1], on=day(MADE_ON)), own]
    ).values()
    assert on_its_day.currency is None


@stories(
    Story(
        "two sums of one account, and one payment",
        QUIET,
        {
            "2026-01-01": [issued("A", "100.00"), issued("B", "100.00")],
            MADE_ON: [SUM, LATER_SUM],
            "2026-02-10": [paid("1", "100.00", on="2026-02-10")],
        },
        "2026-02-28",
        {"2026-02-10": ["promise P kept"], "2026-02-21": ["promise Q broken"]},
    ),
    Story(
        "told of the earlier promise late, the later one loses the money",
        QUIET,
        {
            "2026-01-01": [issued("A", "100.00"), issued("B", "100.00")],
            MADE_ON: [LATER_SUM],
            "2026-02-10": [paid("1", "100.00", on="2026-02-10")],
            "2026-02-25": [SUM],
        },
        "2026-02-28",
        {"2026-02-10": ["promise Q kept"], "2026-02-25": ["promise P kept", "promise Q broken"]},
    ),
    Story(
        "a new invoice that is not due by its day is no part of a sum for the account",
        QUIET,
        {
            "2026-01-01": [issued("A", "60.00")],
            MADE_ON: [SUM],
            "2026-02-08": [paid("1", "60.00", on="2026-02-08")],
            "2026-02-09": [issued("B", ("2026-03-31", "100.00"), on="2026-02-09")],
        },
        "2026-02-28",
        {"2026-02-08": ["promise P kept"]},
    ),
)  # fmt: skip
def test_promises_beside_each_other(story: Story) -> None:
    check(story)


def left(
    steps: list[int], came: int, returned: int, invoice_id: str = "A", due: str = "2026-01-31"
) -> Money:
    there = came - returned - sum(steps)
    gone = -sum(one for one in steps if one < 0)
    by = Left(payment_id="1", returned=returned, there=there)
    return replace(met("2026-02-10", gone, invoice_id, due), left=by)


@pytest.mark.parametrize(
    ("moved", "away"),
    [
        pytest.param([left([100, -100], 100, 0)], [100], id="all was moved"),
        pytest.param([left([100, -40], 100, 0)], [40], id="a part was moved"),
        pytest.param([left([100, -100], 100, 100)], [], id="all came back"),
        pytest.param(
            [left([100, -60, -40], 100, 40)], [60], id="a part came back, the rest was moved"
        ),
        pytest.param([left([100, -100, 100], 100, 0)], [], id="it was moved there and back"),
        pytest.param(
            [left([100, -100, 100, -30], 100, 0)], [30], id="there and back, and a part again"
        ),
        pytest.param([left([100, -100], 200, 100)], [0], id="what came back may have been this"),
        pytest.param(
            [left([100, -100, 100, -100], 100, 60)], [40], id="no more than there still is"
        ),
        pytest.param(
            [left([100, -100], 200, 100), left([100, -100], 200, 100, "C", "2026-03-02")],
            [0, 100],
            id="what came back counts once, off what is due last",
        ),
        pytest.param(
            [left([100, -100], 200, 130), left([100, -100], 200, 130, "C")],
            [0, 70],
            id="of one due date off the higher id, and the rest off the next",
        ),
    ],
)
def test_what_left_an_invoice_and_did_not_come_back_was_moved(
    moved: list[Money], away: list[int]
) -> None:
    assert [one.amount for one in still_there(moved)] == away
