"""Promises whose outcome changes with what is told later."""

from datetime import timedelta
from typing import Any

import pytest

from services.monitor.domain.escalation.announcing import announcements
from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.promises import REVISED_DAYS_MAX, Outcome
from services.monitor.domain.escalation.standing import Said, apply_standing, decide_standing
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor, Promise
from services.monitor.domain.policy.policy import Policy
from shared.contracts.announcement import (
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    announcement_id,
)
from shared.contracts.fields import Inbound
from shared.contracts.payment import PaymentReceived
from tests.unit.monitor.builders import (
    ACCOUNT_ID,
    allocated,
    cancelled,
    credited,
    day,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.debtor_builders import promise_withdrawn, promised
from tests.unit.monitor.invoice_builders import extended, written_off
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, World, check

#: Reached on 2026-02-10.
HOLDING = policy(level("first", 10, held_by="promise"))
#: Says nothing of items, so that the words are those on promises.
QUIET = policy(level("first", 300, held_by="promise"))
#: Whole account, an amount; A alone, an amount; A alone, all of it.
SUM = promised("P", "100.00", made_on="2026-02-05", by="2026-02-12", currency="EUR")
SUM_A = promised("P", "100.00", "A", made_on="2026-02-05", by="2026-02-12", currency="EUR")
ALL_A = promised("P", None, "A", made_on="2026-02-05", by="2026-02-12")


#: The day on which each of them is made; its events come first.
MADE_ON = "2026-02-05"
BROKEN = {"2026-02-13": ["promise P broken"]}


def pays(payment_id: str, amount: str, on: str, invoice_id: str | None = "A") -> PaymentReceived:
    """A payment of a value date, whenever it is told."""
    return paid(payment_id, amount, *([] if invoice_id is None else [(invoice_id, amount)]), on=on)


def case(
    name: str, happens: dict[str, Inbound], said: dict[str, list[str]], by: Policy = QUIET
) -> Any:
    """What happens beside a promise for A, one event a day, and what is said."""
    return pytest.param(happens, said, by, id=name)


@pytest.mark.parametrize("promise", [SUM, SUM_A, ALL_A], ids=["sum", "sum of A", "all of A"])
@pytest.mark.parametrize(
    ("happens", "said", "by"),
    [
        case(
            "kept early, bounced before its day is over: it holds again, and breaks in the end",
            {"2026-02-08": pays("1", "100.00", "2026-02-08"),
             "2026-02-11": reversed_("R", "1", on="2026-02-11")},
            {"2026-02-08": ["promise P kept"], "2026-02-11": ["promise P open"],
             "2026-02-13": ["A/1 raised first", "promise P broken"]},
            HOLDING,
        ),
        case(
            "bounced after its day: broken",
            {"2026-02-08": pays("1", "100.00", "2026-02-08"),
             "2026-03-11": reversed_("R", "1", on="2026-03-11")},
            {"2026-02-08": ["promise P kept"], "2026-03-11": ["promise P broken"]},
        ),
        case(
            "charged back in part after its day: partially kept",
            {"2026-02-08": pays("1", "100.00", "2026-02-08"),
             "2026-03-11": reversed_("R", "1", "40.00", on="2026-03-11", reason="chargeback")},
            {"2026-02-08": ["promise P kept"], "2026-03-11": ["promise P partially_kept"]},
        ),
        case(
            "moved to another invoice by the creditor since: it stays kept",
            {"2026-02-08": pays("1", "100.00", "2026-02-08", None),
             "2026-03-11": allocated("1", ("B", "100.00"), on="2026-03-11")},
            {"2026-02-08": ["promise P kept"]},
        ),
        case(
            "moved before its day is over: the same",
            {"2026-02-08": pays("1", "100.00", "2026-02-08", None),
             "2026-02-10": allocated("1", ("B", "100.00"), on="2026-02-10")},
            {"2026-02-08": ["promise P kept"]},
        ),
        case(
            "moved, then charged back in part: partially kept",
            {"2026-02-08": pays("1", "100.00", "2026-02-08", None),
             "2026-03-11": allocated("1", ("B", "100.00"), on="2026-03-11"),
             "2026-03-12": reversed_("R", "1", "40.00", on="2026-03-12", reason="chargeback"),
             "2026-03-14": issued("C", ("2026-06-30", "1.00"), currency="USD")},
            {"2026-02-08": ["promise P kept"], "2026-03-12": ["promise P partially_kept"]},
        ),
        case(
            "paid on its day and told late: kept after all",
            {"2026-02-20": pays("1", "100.00", "2026-02-12")},
            BROKEN | {"2026-02-20": ["promise P kept"]},
        ),
        case("paid late", {"2026-02-20": pays("1", "100.00", "2026-02-13")}, BROKEN),
        case(
            "withdrawn on its day and told late: no longer broken",
            {"2026-02-20": promise_withdrawn("P", on="2026-02-12")},
            BROKEN | {"2026-02-20": ["promise P withdrawn"]},
        ),
        case(
            "withdrawn after its day: it stays broken",
            {"2026-02-20": promise_withdrawn("P", on="2026-02-13")},
            BROKEN,
        ),
        case(
            "credited in its time: nothing of it is owed any more",
            {"2026-02-10": credited("N", "100.00", "A", on="2026-02-10")},
            {"2026-02-13": ["promise P kept"]},
        ),
        case(
            "credited in part and the rest paid: kept at once",
            {"2026-02-08": credited("N", "30.00", "A", on="2026-02-08"),
             "2026-02-10": pays("1", "70.00", "2026-02-10")},
            {"2026-02-10": ["promise P kept"]},
        ),
        case(
            "a credit of its time that is told late corrects it",
            {"2026-02-22": credited("N", "100.00", "A", on="2026-02-12")},
            BROKEN | {"2026-02-22": ["promise P kept"]},
        ),
        case(
            "a credit of a later day does not",
            {"2026-02-22": credited("N", "100.00", "A", on="2026-02-13")},
            BROKEN,
        ),
        case(
            "written off in its time",
            {"2026-02-10": written_off("A", on="2026-02-10")},
            {"2026-02-13": ["promise P kept"]},
        ),
        case(
            "written off since it was broken: given up, and not kept",
            {"2026-03-10": written_off("A", on="2026-03-10")},
            BROKEN,
        ),
        case(
            "cancelled: it was never owed, whenever that is told",
            {"2026-03-10": cancelled("A", on="2026-03-10")},
            BROKEN | {"2026-03-10": ["promise P kept"]},
        ),
        case(
            "more time that was given since it was broken does not mend it",
            {"2026-02-20": extended("A", "2026-05-01", agreed_on="2026-02-20")},
            BROKEN,
        ),
    ],
)  # fmt: skip
def test_an_outcome_is_corrected_by_what_is_told_later(
    happens: dict[str, Inbound], said: dict[str, list[str]], by: Policy, promise: Inbound
) -> None:
    events = {"2026-01-01": [issued("A", "100.00")], MADE_ON: [promise]}
    events |= {on: [event] for on, event in happens.items()}
    check(Story("", by, events, "2026-03-28", said))


@pytest.mark.parametrize("promise", [SUM_A, ALL_A], ids=["sum of A", "all of A"])
def test_what_was_moved_before_it_was_enough_keeps_no_promise(promise: Inbound) -> None:
    events: dict[str, list[Inbound]] = {
        "2026-01-01": [issued("A", "100.00")],
        MADE_ON: [promise],
        "2026-02-08": [pays("1", "60.00", "2026-02-08", None)],
        "2026-02-09": [allocated("1", ("B", "60.00"), on="2026-02-09")],
        "2026-02-10": [pays("2", "40.00", "2026-02-10")],
        "2026-03-01": [issued("C", ("2026-06-30", "1.00"), currency="USD")],
    }
    said = {"2026-02-13": ["promise P partially_kept"]}
    check(Story("", QUIET, events, "2026-03-28", said))


def test_what_was_paid_before_a_promise_was_made_is_not_paid_towards_it() -> None:
    events: dict[str, list[Inbound]] = {
        "2026-01-01": [issued("A", "200.00")],
        "2026-02-04": [pays("1", "100.00", "2026-02-04")],
        MADE_ON: [SUM_A],
    }
    check(Story("", QUIET, events, "2026-02-20", BROKEN))


def test_corrections_move_the_count_of_broken_promises() -> None:
    world = World(QUIET)
    world.on("2026-01-01", issued("A", "100.00"))
    world.on(MADE_ON, SUM_A)
    counts = []
    for on, event in (
        ("2026-02-13", None),
        ("2026-02-20", pays("1", "100.00", "2026-02-12")),
        ("2026-02-21", reversed_("R", "1", "60.00", on="2026-02-21")),
        ("2026-02-22", reversed_("S", "1", on="2026-02-22")),
        ("2026-02-23", promise_withdrawn("P", on="2026-02-06")),
    ):
        world.on(on, *([] if event is None else [event]))
        counts.append(world.said.broken_promises)
    assert counts == [1, 0, 1, 1, 0]
    assert (world.said.promises, world.said.promise_words) == ({}, {"P": 5})


def test_each_word_on_a_promise_has_an_id_of_its_own_and_the_count_as_it_is_then() -> None:
    promise = Promise(made_on=day("2026-02-01"), promised_on=day("2026-02-10"), amount="50.00")
    item = Item("A", 1, "EUR", 10000, day("2026-01-01"), day("2026-01-31"), day("2026-01-31"))
    money = [Money(on=day("2026-02-10"), currency="EUR", amount=5000)]
    debtor, said = Debtor(promises={"P": promise}), Said()
    told = []
    for found in ([], money, [], money):
        decision = decide_standing(debtor, said, [item], found, QUIET, day("2026-02-11"))
        apply_standing(said, decision)
        told += announcements(ACCOUNT_ID, decision, said, QUIET, QUIET.begins(day("2026-02-11")))
    promise.withdrawn_on = day("2026-02-10")
    decision = decide_standing(debtor, said, [item], money, QUIET, day("2026-02-11"))
    apply_standing(said, decision)
    told += announcements(ACCOUNT_ID, decision, said, QUIET, QUIET.begins(day("2026-02-11")))
    assert [(word.type, word.broken_promises) for word in told] == [
        (PROMISE_BROKEN, 1),
        (PROMISE_KEPT, 0),
        (PROMISE_BROKEN, 1),
        (PROMISE_KEPT, 0),
        (PROMISE_ANNULLED, 0),
    ]
    assert len({word.event_id for word in told}) == len(told)
    assert told[0].event_id == announcement_id(ACCOUNT_ID, PROMISE_BROKEN, "P")
    assert told[1].why == "promised for 2026-02-10: kept, 50.00 EUR paid of 50.00; corrects broken"
    assert told[4].why == "promised for 2026-02-10: it was withdrawn in its time; corrects kept"


def test_what_was_said_before_words_were_counted_is_the_first_word() -> None:
    promise = Promise(made_on=day("2026-02-01"), promised_on=day("2026-02-10"), amount="50.00")
    money = [Money(on=day("2026-02-10"), currency="EUR", amount=5000)]
    said = Said(promises={"P": "broken"}, broken_promises=1)
    debtor = Debtor(promises={"P": promise})
    (outcome,) = decide_standing(debtor, said, [], money, QUIET, day("2026-03-01")).outcomes
    assert outcome == Outcome("P", day("2026-02-10"), "kept", "EUR", 5000, 5000, "broken", 2)


@pytest.mark.parametrize(("days", "corrected"), [(0, True), (1, False)])
def test_an_outcome_stays_as_it_was_said_in_the_end(days: int, *, corrected: bool) -> None:
    promise = Promise(made_on=day("2026-02-01"), promised_on=day("2026-02-10"), amount="50.00")
    today = day("2026-02-10") + timedelta(days=REVISED_DAYS_MAX + days)
    said, debtor = Said(promises={"P": "kept"}), Debtor(promises={"P": promise})
    item = Item("A", 1, "EUR", 10000, day("2026-01-01"), day("2026-01-31"), day("2026-01-31"))
    decision = decide_standing(debtor, said, [item], [], QUIET, today)
    assert bool(decision.outcomes) is corrected
    assert decision.next_attention_on is None
