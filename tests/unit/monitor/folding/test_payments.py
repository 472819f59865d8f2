"""Payments: in part, too much, early, before their invoice, on account."""

from services.monitor.domain.ledger.clearing import NONE
from tests.unit.monitor.builders import cancelled, issued, paid, reversed_
from tests.unit.monitor.cases import Case, check, table

PART_1 = ("2026-01-31", "30.00")
PART_2 = ("2026-03-02", "50.00")
PART_3 = ("2026-04-01", "20.00")


@table(
    Case(
        "a payment of the whole amount clears the item",
        [issued("A", "100.00"), paid("P", "100.00", ("A", "100.00"))],
        {"A/1": "0.00"},
    ),
    Case(
        "a payment in part leaves the rest open",
        [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00"))],
        {"A/1": "60.00"},
    ),
    Case(
        "two payments in part add up",
        [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00")), paid("Q", "60", ("A", "60"))],
        {"A/1": "0.00"},
    ),
    Case(
        "what is paid too much is left unapplied",
        [issued("A", "100.00"), paid("P", "120.00", ("A", "120.00"))],
        {"A/1": "0.00"},
        {"P": "20.00"},
    ),
    Case(
        "what named money is too much does not wander to another invoice by itself",
        [issued("A", "100.00"), issued("B", "50.00"), paid("P", "120.00", ("A", "120.00"))],
        {"A/1": "0.00", "B/1": "50.00"},
        {"P": "20.00"},
    ),
    Case(
        "what a payment does not allocate goes on account and meets the oldest item",
        [issued("A", "100.00"), issued("B", "50.00"), paid("P", "120.00", ("A", "100.00"))],
        {"A/1": "0.00", "B/1": "30.00"},
    ),
    Case(
        "a payment before its invoice waits for it",
        [paid("P", "100.00", ("A", "100.00")), issued("A", "100.00")],
        {"A/1": "0.00"},
    ),
    Case(
        "a payment whose invoice never comes stays unapplied",
        [paid("P", "100.00", ("A", "100.00")), issued("B", "100.00")],
        {"B/1": "100.00"},
        {"P": "100.00"},
    ),
    Case(
        "money on account waits for the next invoice",
        [paid("P", "100.00"), issued("A", "60.00")],
        {"A/1": "0.00"},
        {"P": "40.00"},
    ),
    Case(
        "an early payment clears an item that is not due yet",
        [issued("A", "100.00", on="2026-01-01"), paid("P", "100.00", on="2026-01-02")],
        {"A/1": "0.00"},
    ),
    Case(
        "one payment clears several invoices",
        [
            issued("A", "100.00"),
            issued("B", "50.00"),
            paid("P", "150.00", ("A", "100.00"), ("B", "50.00")),
        ],
        {"A/1": "0.00", "B/1": "0.00"},
    ),
    Case(
        "one payment may name the same invoice twice",
        [issued("A", "100.00"), paid("P", "90.00", ("A", "40.00"), ("A", "50.00"))],
        {"A/1": "10.00"},
    ),
    Case(
        "a second payment with the same id changes nothing",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            paid("P", "60.00", ("A", "60.00")),
        ],
        {"A/1": "60.00"},
    ),
    Case(
        "a second invoice with the same number changes nothing",
        [issued("A", "100.00"), issued("A", "70.00")],
        {"A/1": "100.00"},
    ),
)
def test_a_payment_meets_its_invoice(case: Case) -> None:
    check(case)


@table(
    Case(
        "on account, the earliest instalment first",
        [issued("A", PART_1, PART_2, PART_3), paid("P", "40.00")],
        {"A/1": "0.00", "A/2": "40.00", "A/3": "20.00"},
    ),
    Case(
        "an allocation without an instalment, the earliest first",
        [issued("A", PART_1, PART_2, PART_3), paid("P", "85.00", ("A", "85.00"))],
        {"A/1": "0.00", "A/2": "0.00", "A/3": "15.00"},
    ),
    Case(
        "an allocation that names its instalment clears no other one",
        [issued("A", PART_1, PART_2, PART_3), paid("P", "40.00", ("A", "40.00", 3))],
        {"A/1": "30.00", "A/2": "50.00", "A/3": "0.00"},
        {"P": "20.00"},
    ),
    Case(
        "an allocation to an instalment that is not there stays unapplied",
        [issued("A", PART_1, PART_2), paid("P", "40.00", ("A", "40.00", 3))],
        {"A/1": "30.00", "A/2": "50.00"},
        {"P": "40.00"},
    ),
    Case(
        "an allocation to an instalment before the invoice waits for it",
        [paid("P", "20.00", ("A", "20.00", 3)), issued("A", PART_1, PART_2, PART_3)],
        {"A/1": "30.00", "A/2": "50.00", "A/3": "0.00"},
    ),
    Case(
        "every instalment is an item of its own for the clearing rule",
        [issued("A", PART_1, PART_2), issued("B", ("2026-02-10", "10.00")), paid("P", "45.00")],
        {"A/1": "0.00", "A/2": "45.00", "B/1": "0.00"},
    ),
)
def test_instalments_are_cleared_one_by_one(case: Case) -> None:
    check(case)


@table(
    Case(
        "named money in another currency meets nothing",
        [issued("A", "100.00", currency="EUR"), paid("P", "100", ("A", "100"), currency="USD")],
        {"A/1": "100.00"},
        {"P": "100.00"},
    ),
    Case(
        "money on account in another currency meets nothing",
        [issued("A", "100.00", currency="EUR"), paid("P", "100.00", currency="USD")],
        {"A/1": "100.00"},
        {"P": "100.00"},
    ),
    Case(
        "each currency meets its own invoices, whichever is older",
        [
            issued("A", ("2026-01-10", "100"), currency="JPY"),
            issued("B", ("2026-01-20", "1.500"), currency="KWD"),
            paid("P", "1.200", currency="KWD"),
            paid("Q", "30", currency="JPY"),
        ],
        {"A/1": "70", "B/1": "0.300"},
    ),
    Case(
        "named money in another currency that came before the invoice meets nothing",
        [paid("P", "100.00", ("A", "100.00"), currency="USD"), issued("A", "100.00")],
        {"A/1": "100.00"},
        {"P": "100.00"},
    ),
)
def test_currencies_never_mix(case: Case) -> None:
    check(case)


@table(
    Case(
        "on account it stays unapplied",
        [issued("A", "100.00"), paid("P", "70.00")],
        {"A/1": "100.00"},
        {"P": "70.00"},
        rule=NONE,
    ),
    Case(
        "named it clears as ever",
        [issued("A", "100.00"), paid("P", "70.00", ("A", "60.00"))],
        {"A/1": "40.00"},
        {"P": "10.00"},
        rule=NONE,
    ),
    Case(
        "a cancelled invoice gives its money back to the account",
        [
            issued("A", "100.00"),
            issued("B", "100.00"),
            paid("P", "100.00", ("A", "100.00")),
            cancelled("A"),
        ],
        {"A/1": "0.00", "B/1": "100.00"},
        {"P": "100.00"},
        rule=NONE,
    ),
    Case(
        "a reversal takes back what was unapplied",
        [issued("A", "100.00"), paid("P", "70.00"), reversed_("R", "P")],
        {"A/1": "100.00"},
        rule=NONE,
    ),
)
def test_without_a_clearing_rule_only_named_money_clears(case: Case) -> None:
    check(case)


def test_named_money_is_matched_by_value_date_whatever_came_first() -> None:
    invoice = issued("A", ("2026-01-31", "30.00"), ("2026-03-02", "70.00"))
    early = paid("P", "30.00", ("A", "30.00"), on="2026-01-05")
    late = paid("Q", "50.00", ("A", "50.00"), on="2026-01-25")
    book = check(Case("", [invoice, late, early], {"A/1": "0.00", "A/2": "20.00"}))
    matches = [(m.funds_id, m.instalment, m.amount) for m in book.account.invoices["A"].matches]
    assert matches == [("P", 1, 3000), ("Q", 2, 5000)]


def test_a_clearing_record_bears_the_day_and_the_rule_of_its_event() -> None:
    book = check(
        Case(
            "",
            [
                issued("A", ("2026-01-20", "100.00")),
                issued("B", ("2026-01-25", "50.00")),
                paid("P", "130.00", ("B", "50.00"), on="2026-01-18"),
            ],
            {"A/1": "20.00", "B/1": "0.00"},
        )
    )
    assert book.clearings() == [
        ("P", "B/1", "50.00", "named", "2026-01-18"),
        ("P", "A/1", "80.00", "oldest_due_first", "2026-01-18"),
    ]


def test_money_that_waited_is_cleared_on_the_day_its_invoice_is_issued() -> None:
    waiting = paid("P", "100.00", ("A", "100.00"), on="2026-01-02")
    invoice = issued("A", "100.00", on="2026-01-05")
    book = check(Case("", [waiting, invoice], {"A/1": "0.00"}))
    assert book.clearings() == [("P", "A/1", "100.00", "named", "2026-01-05")]
