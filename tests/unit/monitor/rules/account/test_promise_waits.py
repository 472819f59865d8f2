"""Promises that cannot be judged: their invoice has not come, or they are in another currency."""

from services.monitor.domain.escalation.standing import Said, decide_standing
from services.monitor.domain.ledger.debtor import Debtor, Promise
from shared.contracts.dunning import PromiseMade
from tests.unit.monitor.builders import cancelled, credited, day, issued, paid
from tests.unit.monitor.debtor_builders import promise_withdrawn, promised
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Reached on 2026-02-10.
POLICY = policy(level("first", 10, held_by="promise"))
MADE_ON = "2026-02-05"
OVER_ON = "2026-02-13"


def to_the_12th(
    *invoice_ids: str, amount: str | None = None, currency: str | None = None
) -> PromiseMade:
    return promised("P", amount, *invoice_ids, made_on=MADE_ON, by="2026-02-12", currency=currency)


@stories(
    Story(
        "for an invoice that never came it stays open",
        POLICY,
        {MADE_ON: [to_the_12th("A", amount="100.00", currency="EUR")]},
        "2026-03-01",
        {},
    ),
    Story(
        "once the invoice is there it is decided: nothing was paid",
        POLICY,
        {
            MADE_ON: [to_the_12th("A", amount="100.00", currency="EUR")],
            "2026-02-20": [issued("A", "100.00")],
        },
        "2026-03-01",
        {"2026-02-20": ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "once the invoice is there it is decided: its money had come in time",
        POLICY,
        {
            MADE_ON: [to_the_12th("A")],
            "2026-02-10": [paid("1", "100.00", ("A", "100.00"), on="2026-02-10")],
            "2026-02-20": [issued("A", "100.00")],
        },
        "2026-03-01",
        {"2026-02-20": ["promise P kept"]},
    ),
    Story(
        "of two invoices the one that is there can break it alone",
        POLICY,
        {"2026-01-01": [issued("A", "100.00")], MADE_ON: [to_the_12th("A", "B")]},
        "2026-03-01",
        {OVER_ON: ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "of two invoices the one that is there cannot keep it alone",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00")],
            MADE_ON: [to_the_12th("A", "B")],
            "2026-02-08": [paid("1", "100.00", ("A", "100.00"), on="2026-02-08")],
            "2026-02-20": [issued("B", ("2026-03-31", "50.00"))],
        },
        "2026-03-01",
        {"2026-02-20": ["promise P kept"]},
    ),
    Story(
        "its amount keeps it whatever has not come",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00")],
            MADE_ON: [to_the_12th("A", "B", amount="100.00", currency="EUR")],
            "2026-02-08": [paid("1", "100.00", ("A", "100.00"), on="2026-02-08")],
        },
        "2026-03-01",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "of an invoice that was cancelled nothing is open",
        POLICY,
        {
            MADE_ON: [to_the_12th("A")],
            "2026-02-06": [cancelled("A", on="2026-02-06")],
            "2026-02-20": [issued("A", "100.00")],
        },
        "2026-03-01",
        {"2026-02-20": ["promise P kept"]},
    ),
    Story(
        "in another currency than its invoice it holds nothing and stays open",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00")],
            MADE_ON: [to_the_12th("A", amount="100.00", currency="USD")],
        },
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "in another currency than the account's it holds nothing and stays open",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00")],
            MADE_ON: [to_the_12th(amount="100.00", currency="USD")],
        },
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "of two currencies it holds its own, and is broken by it",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00"), issued("B", "50.00", currency="USD")],
            MADE_ON: [to_the_12th("A", "B", currency="USD")],
        },
        "2026-03-01",
        {
            "2026-02-10": ["A/1 raised first"],
            OVER_ON: ["B/1 raised first", "promise P broken"],
        },
    ),
    Story(
        "for the account, in a currency whose invoice comes later",
        POLICY,
        {
            "2026-01-01": [issued("A", ("2026-04-30", "100.00"))],
            MADE_ON: [to_the_12th(amount="50.00", currency="USD")],
            "2026-02-20": [issued("B", ("2026-02-12", "50.00"), currency="USD")],
        },
        "2026-02-22",
        {"2026-02-20": ["promise P broken"], "2026-02-22": ["B/1 raised first"]},
    ),
    Story(
        "for the account, money in its currency keeps it though nothing is owed in it",
        POLICY,
        {
            "2026-01-01": [issued("A", ("2026-04-30", "100.00"))],
            MADE_ON: [to_the_12th(amount="50.00", currency="USD")],
            "2026-02-08": [paid("1", "50.00", on="2026-02-08", currency="USD")],
        },
        "2026-03-01",
        {"2026-02-08": ["promise P kept"]},
    ),
    Story(
        "in its currency all was credited: kept as before",
        POLICY,
        {
            "2026-01-01": [issued("A", "100.00")],
            MADE_ON: [to_the_12th(amount="100.00", currency="EUR")],
            "2026-02-08": [credited("N", "100.00", "A", on="2026-02-08")],
        },
        "2026-03-01",
        {OVER_ON: ["promise P kept"]},
    ),
    Story(
        "one that was withdrawn in its time is never decided",
        POLICY,
        {
            MADE_ON: [to_the_12th("A")],
            "2026-02-10": [promise_withdrawn("P")],
            "2026-02-20": [issued("A", "100.00")],
        },
        "2026-02-21",
        {"2026-02-20": ["A/1 raised first"]},
    ),
)
def test_a_promise_is_decided_once_what_it_is_for_is_there(story: Story) -> None:
    check(story)


def test_an_invoice_that_was_named_before_that_was_stored_is_presumed_to_be_there() -> None:
    promise = Promise(made_on=day(MADE_ON), promised_on=day(OVER_ON), invoice_ids=["A"])
    assert Debtor(promises={"P": promise}).has_come(promise)
    promise.currency = "USD"
    assert Debtor(promises={"P": promise}).has_come(promise)


def test_while_it_waits_no_timer_fires_for_it_after_its_day() -> None:
    promise = Promise(made_on=day(MADE_ON), promised_on=day("2026-02-12"), invoice_ids=["A"])
    debtor = Debtor(promises={"P": promise}, named={"A": None})
    looks = {
        today: decide_standing(debtor, Said(), [], [], POLICY, day(today)).next_attention_on
        for today in ("2026-02-12", OVER_ON)
    }
    assert looks == {"2026-02-12": day(OVER_ON), OVER_ON: None}
