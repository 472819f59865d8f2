"""Promises to pay: kept (early, by parts), partially kept, broken, withdrawn; what they hold."""

from datetime import datetime

import pytest

from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.promises import Outcome
from services.monitor.domain.escalation.standing import (
    Said,
    apply_standing,
    decide_standing,
    wants_standing,
)
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor, Promise
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import credited, day, issued, paid, reversed_
from tests.unit.monitor.debtor_builders import promise_withdrawn, promised
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, World, check, stories

#: Reached on 2026-02-10.
POLICY = policy(level("first", 10, held_by="promise"))
A = {"2026-01-01": [issued("A", "100.00")]}
TWO = {"2026-01-01": [issued("A", "100.00"), issued("B", ("2026-03-31", "50.00"))]}
TO_THE_12TH = promised("P", "100.00", made_on="2026-02-05", by="2026-02-12", currency="EUR")
FOR_A = promised("P", None, "A", made_on="2026-02-05", by="2026-02-12")
FOR_ALL = promised("P", made_on="2026-02-05", by="2026-02-12")


def pays(
    payment_id: str, amount: str, when: str, invoice_id: str | None = "A"
) -> dict[str, list[Inbound]]:
    """A payment that comes on its value date."""
    parts = [] if invoice_id is None else [(invoice_id, amount)]
    return {when: [paid(payment_id, amount, *parts, on=when)]}


@stories(
    Story(
        "kept early, in one payment",
        POLICY,
        A | {"2026-02-05": [TO_THE_12TH]} | pays("1", "100.00", "2026-02-08"),
        "2026-02-20",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "kept on its last day, by several payments",
        POLICY,
        A
        | {"2026-02-05": [TO_THE_12TH]}
        | pays("1", "30.00", "2026-02-06")
        | pays("2", "30.00", "2026-02-09")
        | pays("3", "40.00", "2026-02-12"),
        "2026-02-20",
        {"2026-02-12": ["promise P kept"]},
    ),
    Story(
        "a payment of the day after is too late",
        POLICY,
        A | {"2026-02-05": [TO_THE_12TH]} | pays("1", "100.00", "2026-02-13"),
        "2026-02-20",
        {"2026-02-13": ["promise P broken"]},
    ),
    Story(
        "what was paid before it was made is no part of it",
        POLICY,
        A
        | pays("1", "50.00", "2026-02-04")
        | {"2026-02-05": [TO_THE_12TH]}
        | pays("2", "49.00", "2026-02-06"),
        "2026-02-13",
        {"2026-02-13": ["A/1 raised first", "promise P partially_kept"]},
    ),
    Story(
        "broken: it says so on the day after, and dunning goes on",
        POLICY,
        A | {"2026-02-05": [TO_THE_12TH]},
        "2026-02-20",
        {"2026-02-13": ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "a payment that bounced was none",
        POLICY,
        A
        | {"2026-02-05": [TO_THE_12TH]}
        | pays("1", "99.00", "2026-02-08")
        | {"2026-02-10": [reversed_("R", "1", on="2026-02-10")]},
        "2026-02-13",
        {"2026-02-13": ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "withdrawn: neither kept nor broken, and it holds nothing any more",
        POLICY,
        A | {"2026-02-05": [TO_THE_12TH], "2026-02-11": [promise_withdrawn("P")]},
        "2026-02-20",
        {"2026-02-11": ["A/1 raised first"]},
    ),
    Story(
        "for an invoice and no amount, kept once it is paid",
        POLICY,
        TWO | {"2026-02-05": [FOR_A]} | pays("1", "100.00", "2026-02-08"),
        "2026-02-20",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "for an invoice and no amount, partially kept",
        POLICY,
        TWO | {"2026-02-05": [FOR_A]} | pays("1", "99.99", "2026-02-08"),
        "2026-02-14",
        {"2026-02-13": ["A/1 raised first", "promise P partially_kept"]},
    ),
    Story(
        "for the whole account and no amount, kept though what is due later is open",
        POLICY,
        TWO | {"2026-02-05": [FOR_ALL]} | pays("1", "100.00", "2026-02-08"),
        "2026-02-20",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "money on account keeps a promise for the whole account",
        POLICY,
        A | {"2026-02-05": [FOR_ALL]} | pays("1", "100.00", "2026-02-08", None),
        "2026-02-20",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "for an invoice that comes after it, kept once that is paid",
        POLICY,
        {"2026-02-05": [FOR_A], "2026-02-06": [issued("A", "100.00")]}
        | pays("1", "100.00", "2026-02-11"),
        "2026-02-20",
        {"2026-02-11": ["promise P kept"]},
    ),
    Story(
        "for an invoice that comes after it, broken",
        POLICY,
        {"2026-02-05": [FOR_A], "2026-02-11": [issued("A", "100.00")]},
        "2026-02-14",
        {"2026-02-13": ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "kept on its day by a credit, without any money",
        POLICY,
        A | {"2026-02-05": [FOR_A], "2026-02-08": [credited("N", "100.00", "A")]},
        "2026-02-20",
        {"2026-02-13": ["promise P kept"]},
    ),
    Story(
        "kept early with something else open: that goes on at once",
        POLICY,
        {"2026-01-01": [issued("A", "60.00"), issued("B", "40.00")]}
        | {"2026-02-05": [promised("P", "60.00", made_on="2026-02-05", by="2026-02-20",
                                   currency="EUR")]}
        | pays("1", "60.00", "2026-02-15"),
        "2026-02-20",
        {"2026-02-15": ["promise P kept", "B/1 raised first"]},
    ),
    Story(
        "a second promise after a broken one holds again",
        POLICY,
        A
        | {"2026-02-05": [TO_THE_12TH]}
        | {"2026-02-14": [promised("Q", made_on="2026-02-14", by="2026-02-16")]},
        "2026-02-20",
        {
            "2026-02-13": ["A/1 raised first", "promise P broken"],
            "2026-02-14": ["A/1 held first by promise Q to 2026-02-16"],
            "2026-02-17": ["A/1 resumed first", "promise Q broken"],
        },
    ),
)  # fmt: skip
def test_a_promise_ends_and_says_how(story: Story) -> None:
    check(story)


def test_broken_promises_are_counted_and_partially_kept_ones_among_them() -> None:
    world = World(POLICY)
    world.on("2026-01-01", issued("A", "100.00"))
    world.on(
        "2026-02-01", promised("P", "10.00", currency="EUR"), promised("Q", "50.00", currency="EUR")
    )
    world.on("2026-02-05", paid("1", "20.00", on="2026-02-05"))
    world.until("2026-02-06", "2026-03-01")
    assert world.said.promises == {"P": "kept", "Q": "partially_kept"}
    assert world.said.broken_promises == 1


@pytest.mark.parametrize(
    ("time_zone", "instant", "is_over"),
    [
        ("Europe/Berlin", "2026-03-29T21:59:59+00:00", False),
        ("Europe/Berlin", "2026-03-29T22:00:00+00:00", True),
        ("Asia/Shanghai", "2026-03-29T15:59:59+00:00", False),
        ("Asia/Shanghai", "2026-03-29T16:00:00+00:00", True),
        ("America/New_York", "2026-03-30T03:59:59+00:00", False),
        ("America/New_York", "2026-03-30T04:00:00+00:00", True),
    ],
)
def test_a_promise_holds_to_the_end_of_its_day_in_the_creditors_zone(
    time_zone: str, instant: str, *, is_over: bool
) -> None:
    """2026-03-29 has 23 hours in Berlin (the tz database)."""
    by = policy(level("first", 10), time_zone=time_zone)
    promise = Promise(made_on=day("2026-03-01"), promised_on=day("2026-03-29"))
    item = Item("A", 1, "EUR", 10000, day("2026-01-01"), day("2026-01-31"), day("2026-01-31"))
    today = by.today(datetime.fromisoformat(instant))
    decision = decide_standing(Debtor(promises={"P": promise}), Said(), [item], [], by, today)
    assert [one.status for one in decision.outcomes] == (["broken"] if is_over else [])
    assert decision.next_attention_on == (None if is_over else day("2026-03-30"))
    assert by.begins(day("2026-03-30")) <= datetime.fromisoformat(instant) or not is_over


def test_an_outcome_names_what_was_promised_and_paid_in_its_currency() -> None:
    promise = Promise(made_on=day("2026-02-01"), promised_on=day("2026-02-10"), amount="50.00")
    item = Item("A", 1, "EUR", 10000, day("2026-01-01"), day("2026-01-31"), day("2026-01-31"))
    sums = [Money(on=day("2026-02-02"), currency="EUR", amount=2000)]
    found = decide_standing(
        Debtor(promises={"P": promise}), Said(), [item], sums, POLICY, day("2026-02-11")
    )
    assert found.outcomes == (Outcome("P", day("2026-02-10"), "partially_kept", "EUR", 2000, 5000),)


def test_an_outcome_is_said_once() -> None:
    promise = Promise(made_on=day("2026-02-01"), promised_on=day("2026-02-10"))
    item = Item("A", 1, "EUR", 10000, day("2026-01-01"), day("2026-01-31"), day("2026-01-31"))
    debtor, said = Debtor(promises={"P": promise}), Said()
    assert wants_standing(debtor, said, day("2026-02-11"))
    apply_standing(said, decide_standing(debtor, said, [item], [], POLICY, day("2026-02-11")))
    again = decide_standing(debtor, said, [item], [], POLICY, day("2026-02-12"))
    assert (again.outcomes, again.next_attention_on) == ((), None)
    assert wants_standing(debtor, said, day("2027-03-17"))
    assert not wants_standing(debtor, said, day("2027-03-18"))
