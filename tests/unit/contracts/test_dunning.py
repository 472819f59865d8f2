"""What can be said of customers, and of what holds dunning; and what cannot be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.contracts.tables import Row, Table, judged_data, refusal_of, sentence_of
from tests.unit.ingest.cases import NOW
from tests.unit.ingest.valid import Json

PROMISED, BLOCKED = "promise.made.v1", "dunning.blocked.v1"
SWITCHED, CUSTOMER, INSOLVENT = (
    "dunning.enforcement_set.v1",
    "customer.updated.v1",
    "customer.insolvent.v1",
)

HOLDS: Table = {
    "a promise for some invoices": (PROMISED, {}, None),
    "a promise for the account": (PROMISED, {"invoice_ids": ..., "amount": ...}, None),
    "a promise for the account, said with null": (PROMISED, {"invoice_ids": None}, None),
    "a promise for the same day": (PROMISED, {"promised_on": "2026-02-20"}, None),
    "a promise in the invoices' own currency": (PROMISED, {"currency": ...}, None),
    "a promise of a thousand invoices": (
        PROMISED,
        {"invoice_ids": [str(number) for number in range(1000)]},
        None,
    ),
    "a promise in the past": (
        PROMISED,
        {"promised_on": "2026-02-19"},
        ("promise_in_the_past", "data.promised_on"),
    ),
    "a promise for a year": (PROMISED, {"promised_on": "2027-02-21"}, None),
    "a promise for a day more": (
        PROMISED,
        {"promised_on": "2027-02-22"},
        ("promise_too_far", "data.promised_on"),
    ),
    "a promise of an invoice whose id is blank": (
        PROMISED,
        {"invoice_ids": ["INV-1", "\u3000"]},
        ("invalid_value", "data.invoice_ids[1]"),
    ),
    "a promise of no invoices": (
        PROMISED,
        {"invoice_ids": []},
        ("empty_list", "data.invoice_ids"),
    ),
    "a promise of one invoice twice": (
        PROMISED,
        {"invoice_ids": ["INV-1", "INV-2", "INV-1"]},
        ("duplicate_invoice", "data.invoice_ids[2]"),
    ),
    "a promise of too many invoices": (
        PROMISED,
        {"invoice_ids": [str(number) for number in range(1001)]},
        ("too_many_invoices", "data.invoice_ids"),
    ),
    "a promise of an invoice without an id": (
        PROMISED,
        {"invoice_ids": ["INV-1", ""]},
        ("invalid_value", "data.invoice_ids[1]"),
    ),
    "a promise in no currency": (
        PROMISED,
        {"currency": "RMB"},
        ("unknown_currency", "data.currency"),
    ),
    "a promise with too many decimals": (
        PROMISED,
        {"amount": "1.001"},
        ("too_many_decimals", "data.amount"),
    ),
    "a promise withdrawn": ("promise.withdrawn.v1", {"reason": "they cannot pay"}, None),
    "a block with an end": (BLOCKED, {}, None),
    "a block of one day": (BLOCKED, {"until": "2026-02-10"}, None),
    "a block without an end": (BLOCKED, {"until": ...}, None),
    "a block of the account": (BLOCKED, {"invoice_id": ...}, None),
    "a block that ends before it begins": (
        BLOCKED,
        {"until": "2026-02-09"},
        ("block_ends_before_it_begins", "data.until"),
    ),
    "a block lifted": ("dunning.unblocked.v1", {"invoice_id": "INV-1"}, None),
    "enforcement off": (SWITCHED, {}, None),
    "enforcement on": (SWITCHED, {"enforced": True}, None),
    "enforcement as a word": (SWITCHED, {"enforced": "no"}, ("wrong_type", "data.enforced")),
    "enforcement as a number": (SWITCHED, {"enforced": 0}, ("wrong_type", "data.enforced")),
}
#: The data's members of who is addressed; the longest there is, and what cannot be written to.
CUSTOMERS: Table = {
    "a customer": (CUSTOMER, {}, None),
    "a customer of a group": (CUSTOMER, {"group_id": "G1", "segment": "key", "grade": "B"}, None),
    "no contacts": (CUSTOMER, {"contacts": []}, None),
    "an address beyond ASCII": (CUSTOMER, {"email": "财务@例子.cn"}, None),
    **{
        f"no address: {address!r}": (CUSTOMER, {"email": address}, ("bad_email", "data.email"))
        for address in (
            "",
            "ap",
            "ap@",
            "@example.com",
            "a b@example.com",
            "A <ap@example.com>",
            "ap@example.com, x@example.com",
            "ap@example.com\r\nBcc: x@example.com",
            "ap@example.com\u2028",
            "ap\x7f@example.com",
        )
    },
    "a contact nobody can write to": (
        CUSTOMER,
        {"contacts": [{"name": "A"}, {"email": "a@b@c"}]},
        ("bad_email", "data.contacts[1].email"),
    ),
    "a hundred contacts": (CUSTOMER, {"contacts": [{"name": "A"}] * 100}, None),
    "a contact more": (
        CUSTOMER,
        {"contacts": [{"name": "A"}] * 101},
        ("too_many_contacts", "data.contacts"),
    ),
    **{
        f"a name that nobody can see: {name!a}": (
            CUSTOMER,
            {"name": name},
            ("invalid_value", "data.name"),
        )
        for name in (" ", "\u200b", "\u3000", "\u2800", "\u3164")
    },
    "a name in two lines": (CUSTOMER, {"name": "A\nB"}, ("invalid_value", "data.name")),
    "a country by its name": (CUSTOMER, {"country": "China"}, ("invalid_value", "data.country")),
    "insolvency without a court": (INSOLVENT, {"jurisdiction": ...}, None),
    "a court in two lines": (
        INSOLVENT,
        {"jurisdiction": "A\nB"},
        ("invalid_value", "data.jurisdiction"),
    ),
}


@pytest.mark.parametrize("row", HOLDS.values(), ids=HOLDS.keys())
def test_what_holds_dunning_is_taken_or_refused(row: Row) -> None:
    event_type, changes, outcome = row
    assert refusal_of(event_type, changes) == outcome


@pytest.mark.parametrize("row", CUSTOMERS.values(), ids=CUSTOMERS.keys())
def test_what_is_known_of_a_customer_is_taken_or_refused(row: Row) -> None:
    event_type, changes, outcome = row
    assert refusal_of(event_type, changes) == outcome


#: A type, changes, and words of the sentence.
SAID: dict[str, tuple[str, Json, str]] = {
    "both days of a promise": (
        PROMISED,
        {"promised_on": "2026-02-19"},
        "2026-02-19 is before 2026-02-20; a promise is for the day it is made on, or a later one",
    ),
    "the last day of a block": (
        BLOCKED,
        {"until": "2026-02-09"},
        "2026-02-09 is before 2026-02-10; give the last day",
    ),
    "how to promise everything": (PROMISED, {"invoice_ids": []}, "leave it out for the account"),
    "which invoice stands twice": (
        PROMISED,
        {"invoice_ids": ["INV-1", "INV-1"]},
        "'INV-1' is named twice",
    ),
    "how many invoices": (
        PROMISED,
        {"invoice_ids": [str(number) for number in range(1001)]},
        "1001 invoices are more than 1000",
    ),
}


@pytest.mark.parametrize(("event_type", "changes", "words"), SAID.values(), ids=SAID.keys())
def test_the_sentence_says_what_is_wrong(event_type: str, changes: Json, words: str) -> None:
    assert words in sentence_of(event_type, changes)


@given(st.dates(date(1970, 1, 1), NOW.date()), st.integers(-40_000, 100_000) | st.integers(-2, 368))
def test_a_promise_is_taken_exactly_when_its_day_is_not_over(made_on: date, days: int) -> None:
    promised_on = made_on + timedelta(days=days)
    taken = judged_data(PROMISED, made_on=made_on.isoformat(), promised_on=promised_on.isoformat())
    assert (taken is None) == (0 <= days <= 366 and promised_on.year <= 2199)
