"""What can be said of money received and of credit notes, and what cannot be."""

import pytest

from tests.unit.contracts.tables import Row, Table, refusal_of, sentence_of
from tests.unit.ingest.valid import Json

RECEIVED, ALLOCATED = "payment.received.v1", "payment.allocated.v1"
REVERSED, CREDITED = "payment.reversed.v1", "credit_note.issued.v1"


def naming(*amounts: str, **more: object) -> Json:
    """Allocations of these amounts to one invoice after the other."""
    return {
        "allocations": [
            {"invoice_id": f"INV-{number}", "amount": amount, **more}
            for number, amount in enumerate(amounts)
        ]
    }


MONEY: Table = {
    "a payment on account": (RECEIVED, {"allocations": ...}, None),
    "a payment that names nothing is on account": (RECEIVED, {"allocations": []}, None),
    "a payment allocated in part": (RECEIVED, {}, None),
    "a payment allocated whole": (RECEIVED, naming("60.00", "40.00"), None),
    "an invoice named twice": (
        RECEIVED,
        {"allocations": [{"invoice_id": "INV-1", "amount": "10.00"}] * 2},
        None,
    ),
    "a payment of interest": (RECEIVED, naming("60.00", claim="interest"), None),
    "a payment of something else": (
        RECEIVED,
        naming("60.00", claim="costs"),
        ("invalid_value", "data.allocations[0].claim"),
    ),
    "allocations above the payment": (
        RECEIVED,
        naming("60.00", "40.01"),
        ("allocations_sum", "data.allocations"),
    ),
    "an allocation of nothing": (
        RECEIVED,
        naming("60.00", "0.00"),
        ("amount_not_positive", "data.allocations[1].amount"),
    ),
    "an allocation below nothing": (
        RECEIVED,
        naming("110.00", "-10.00"),
        ("amount_not_positive", "data.allocations[1].amount"),
    ),
    "an allocation with too many decimals": (
        RECEIVED,
        naming("60.001"),
        ("too_many_decimals", "data.allocations[0].amount"),
    ),
    "more allocations than are read": (
        RECEIVED,
        naming(*["0.01"] * 1001),
        ("too_many_allocations", "data.allocations"),
    ),
    "a currency that is none": (
        RECEIVED,
        {"currency": "XXX"},
        ("unknown_currency", "data.currency"),
    ),
    "money moved": (ALLOCATED, {}, None),
    "money moved to a thousand": (ALLOCATED, naming(*["0.01"] * 1000), None),
    "nothing moved": (ALLOCATED, {"allocations": []}, ("empty_list", "data.allocations")),
    "moved to no list": (ALLOCATED, {"allocations": None}, ("wrong_type", "data.allocations")),
    "money moved to too many": (
        ALLOCATED,
        naming(*["0.01"] * 1001),
        ("too_many_allocations", "data.allocations"),
    ),
    "a move of nothing": (
        ALLOCATED,
        naming("1.00", "0.00"),
        ("amount_not_positive", "data.allocations[1].amount"),
    ),
    "a move with more decimals than any currency": (
        ALLOCATED,
        naming("1.00001"),
        ("too_many_decimals", "data.allocations[0].amount"),
    ),
    "reversed in part": (REVERSED, {"amount": "40.00"}, None),
    **{
        f"reversed whole: {reason}": (REVERSED, {"reason": reason}, None)
        for reason in ("bounced", "chargeback", "refund", "mistake")
    },
    "reversed for another reason": (
        REVERSED,
        {"reason": "lost"},
        ("invalid_value", "data.reason"),
    ),
    "a credit on an invoice": (CREDITED, {}, None),
    "a credit on account": (CREDITED, {"invoice_id": ...}, None),
    "a credit in no currency": (
        CREDITED,
        {"currency": "RMB"},
        ("unknown_currency", "data.currency"),
    ),
    "a credit taken back": ("credit_note.cancelled.v1", {"reason": "typing error"}, None),
}


@pytest.mark.parametrize("row", MONEY.values(), ids=MONEY.keys())
def test_money_is_taken_or_refused(row: Row) -> None:
    event_type, changes, outcome = row
    assert refusal_of(event_type, changes) == outcome


#: A type, changes, and words of the sentence.
SAID: dict[str, tuple[str, Json, str]] = {
    "the sum of the allocations": (RECEIVED, naming("60", "40.01"), "come to 100.01, more than"),
    "the payment": (RECEIVED, naming("60", "40.01"), "the payment of 100.00"),
    "the sum in yen": (
        RECEIVED,
        {**naming("60", "41"), "amount": "100", "currency": "JPY"},
        "come to 101, more",
    ),
    "how many": (RECEIVED, naming(*["0.01"] * 1001), "1001 are more than 1000; send them"),
    "what is empty": (ALLOCATED, {"allocations": []}, "the list is empty; name what"),
    "what a payment can be for": (RECEIVED, naming("1", claim="costs"), "interest, principal"),
    "the reasons there are": (REVERSED, {"reason": "?"}, "bounced, chargeback, mistake, refund"),
}


@pytest.mark.parametrize(("event_type", "changes", "words"), SAID.values(), ids=SAID.keys())
def test_the_sentence_says_what_is_wrong(event_type: str, changes: Json, words: str) -> None:
    assert words in sentence_of(event_type, changes)
