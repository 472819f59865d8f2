"""What can be said of an invoice, and what cannot be."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.contracts.tables import Row, Table, judged_data, refusal_of, sentence_of
from tests.unit.ingest.valid import INVOICE_IN_PARTS, Json

ISSUED, AMENDED = "invoice.issued.v1", "invoice.amended.v1"
EXTENDED, DISPUTED = "invoice.terms_extended.v1", "invoice.disputed.v1"
WRITTEN_OFF, UNDONE = "invoice.written_off.v1", "invoice.write_off_reversed.v1"
RESOLVED, WAIVED = "dispute.resolved.v1", "interest.waived.v1"


def parts(*amounts: str, first_on: str = "2026-03-01") -> Json:
    """Terms in parts, a month of 30 days between them, instead of one due date."""
    begin = date.fromisoformat(first_on)
    days = [(begin + timedelta(days=30 * number)).isoformat() for number in range(len(amounts))]
    schedule = [
        {"due_on": day, "amount": amount} for day, amount in zip(days, amounts, strict=True)
    ]
    return {"due_on": ..., "schedule": schedule}


def with_day(terms: Json, day: str) -> Json:
    """The same terms with another day for the last part."""
    *first, last = terms["schedule"]
    return {**terms, "schedule": [*first, {**last, "due_on": day}]}


TERMS: Table = {
    "one due date": (ISSUED, {}, None),
    "in parts": (ISSUED, parts("600.00", "650"), None),
    "in 120 parts": (ISSUED, {**parts(*["1.00"] * 120), "total": "120.00"}, None),
    "two parts on one day": (
        ISSUED,
        with_day(parts("600.00", "650.00"), "2026-03-01"),
        None,
    ),
    "due on the day of issue": (ISSUED, {"due_on": "2026-01-05"}, None),
    "an empty schedule beside a due date is none": (ISSUED, {"schedule": []}, None),
    "no decimals in a currency without": (ISSUED, {"currency": "JPY", "total": "1250"}, None),
    "three decimals in a currency with them": (
        ISSUED,
        {"currency": "KWD", "total": "1.250"},
        None,
    ),
    "neither due date nor schedule": (
        ISSUED,
        {"due_on": ...},
        ("due_on_or_schedule", "data.due_on"),
    ),
    "an empty schedule alone": (ISSUED, parts(), ("due_on_or_schedule", "data.due_on")),
    "both": (
        ISSUED,
        {**parts("600.00", "650.00"), "due_on": "2026-02-04"},
        ("due_on_or_schedule", "data.due_on"),
    ),
    "121 parts": (ISSUED, parts(*["1.00"] * 121), ("too_many_instalments", "data.schedule")),
    "parts below the total": (ISSUED, parts("600.00", "649.99"), ("schedule_sum", "data.schedule")),
    "parts above the total": (ISSUED, parts("600.00", "650.01"), ("schedule_sum", "data.schedule")),
    "a part of nothing": (
        ISSUED,
        parts("1250.00", "0.00"),
        ("amount_not_positive", "data.schedule[1].amount"),
    ),
    "a part below nothing": (
        ISSUED,
        parts("1350.00", "-100.00"),
        ("amount_not_positive", "data.schedule[1].amount"),
    ),
    "a part with too many decimals": (
        ISSUED,
        parts("1249.995", "0.005"),
        ("too_many_decimals", "data.schedule[0].amount"),
    ),
    "a part due before issue": (
        ISSUED,
        with_day(parts("600.00", "650.00"), "2026-01-04"),
        ("due_before_issue", "data.schedule[1].due_on"),
    ),
    "due before issue": (ISSUED, {"due_on": "2026-01-04"}, ("due_before_issue", "data.due_on")),
    "a part in another century": (
        ISSUED,
        with_day(parts("600.00", "650.00"), "2926-03-01"),
        ("date_out_of_range", "data.schedule[1].due_on"),
    ),
    "a currency that is none": (ISSUED, {"currency": "RMB"}, ("unknown_currency", "data.currency")),
    "amended to parts": (AMENDED, parts("0.0001", "1299.9999"), None),
    "amended to parts that do not add up": (
        AMENDED,
        parts("650.00", "650.001"),
        ("schedule_sum", "data.schedule"),
    ),
    "amended without a date": (
        AMENDED,
        {"due_on": ...},
        ("due_on_or_schedule", "data.due_on"),
    ),
    "amended to a date before the amendment": (AMENDED, {"due_on": "2025-12-01"}, None),
    "amended as version nought": (AMENDED, {"version": 0}, ("invalid_value", "data.version")),
    "extended to a later day": (EXTENDED, {}, None),
    "extended to the day of the agreement": (EXTENDED, {"due_on": "2026-02-10"}, None),
    "extended by parts": (EXTENDED, parts("600.00", "1.00"), None),
    "extended by parts, the first of which are over": (
        EXTENDED,
        parts("600.00", "600.00", "50.00", first_on="2025-12-15"),
        None,
    ),
    "extended to a day before the agreement": (
        EXTENDED,
        {"due_on": "2026-02-09"},
        ("extension_in_the_past", "data.due_on"),
    ),
    "extended by parts that are all over": (
        EXTENDED,
        parts("600.00", "650.00", first_on="2025-12-15"),
        ("extension_in_the_past", "data.schedule"),
    ),
    "extended to nothing": (EXTENDED, {"due_on": ...}, ("due_on_or_schedule", "data.due_on")),
    "extended twice over": (
        EXTENDED,
        {**parts("600.00"), "due_on": "2026-03-31"},
        ("due_on_or_schedule", "data.due_on"),
    ),
    "extended by 121 parts": (
        EXTENDED,
        parts(*["1.00"] * 121),
        ("too_many_instalments", "data.schedule"),
    ),
    "extended by a part of nothing": (
        EXTENDED,
        parts("0.00"),
        ("amount_not_positive", "data.schedule[0].amount"),
    ),
    "due ten years later": (ISSUED, {"due_on": "2036-01-13"}, None),
    "due a day later still": (
        ISSUED,
        {"due_on": "2036-01-14"},
        ("due_too_far", "data.due_on"),
    ),
    "a part due as late": (
        ISSUED,
        with_day(parts("600.00", "650.00"), "2062-03-01"),
        ("due_too_far", "data.schedule[1].due_on"),
    ),
    "extended by a part as late": (
        EXTENDED,
        with_day(parts("1.00", "1.00"), "2062-03-01"),
        ("due_too_far", "data.schedule[1].due_on"),
    ),
    "approved by what nobody can see": (
        EXTENDED,
        {"approved_by": "\u3000"},
        ("invalid_value", "data.approved_by"),
    ),
    "extended by a part in another century": (
        EXTENDED,
        with_day(parts("1.00", "1.00"), "2926-03-01"),
        ("date_out_of_range", "data.schedule[1].due_on"),
    ),
    "approved by nobody": (
        EXTENDED,
        {"approved_by": ""},
        ("invalid_value", "data.approved_by"),
    ),
    "approved by blanks": (
        EXTENDED,
        {"approved_by": " \u00a0 "},
        ("invalid_value", "data.approved_by"),
    ),
    "approved in two lines": (
        EXTENDED,
        {"approved_by": "A. Manager\n"},
        ("invalid_value", "data.approved_by"),
    ),
}

LIFE: Table = {
    "written off in part": (WRITTEN_OFF, {}, None),
    "written off whole": (WRITTEN_OFF, {"amount": ..., "reason": ...}, None),
    "a write-off reversed in part": (UNDONE, {}, None),
    "a write-off reversed whole": (UNDONE, {"amount": ...}, None),
    "interest waived in part": (WAIVED, {}, None),
    "interest waived whole": (WAIVED, {"amount": None}, None),
    "an instalment disputed": (DISPUTED, {}, None),
    "an invoice disputed": (DISPUTED, {"amount": ..., "instalment": ...}, None),
    "a dispute of more than the invoice may be one": (DISPUTED, {"amount": "99999999.00"}, None),
    "the last instalment there can be": (DISPUTED, {"instalment": 120}, None),
    "an instalment of none": (DISPUTED, {"instalment": 0}, ("invalid_value", "data.instalment")),
    "an instalment beyond any schedule": (
        DISPUTED,
        {"instalment": 121},
        ("invalid_value", "data.instalment"),
    ),
    "an instalment by name": (DISPUTED, {"instalment": "1"}, ("wrong_type", "data.instalment")),
    "a dispute that was right": (RESOLVED, {}, None),
    "a dispute that was wrong": (RESOLVED, {"outcome": "rejected"}, None),
    "a dispute taken back": (RESOLVED, {"outcome": "withdrawn"}, None),
    "another outcome": (RESOLVED, {"outcome": "settled"}, ("invalid_value", "data.outcome")),
    "no outcome": (RESOLVED, {"outcome": None}, ("wrong_type", "data.outcome")),
    "cancelled for a reason": ("invoice.cancelled.v1", {"reason": "typing error"}, None),
    "a reason without end": (
        "invoice.cancelled.v1",
        {"reason": "x" * 2001},
        ("invalid_value", "data.reason"),
    ),
}


@pytest.mark.parametrize("row", TERMS.values(), ids=TERMS.keys())
def test_terms_are_taken_or_refused(row: Row) -> None:
    event_type, changes, outcome = row
    assert refusal_of(event_type, changes) == outcome


@pytest.mark.parametrize("row", LIFE.values(), ids=LIFE.keys())
def test_what_becomes_of_an_invoice_is_taken_or_refused(row: Row) -> None:
    event_type, changes, outcome = row
    assert refusal_of(event_type, changes) == outcome


def test_an_invoice_in_parts_is_taken() -> None:
    assert judged_data(ISSUED, **INVOICE_IN_PARTS, due_on=...) is None


#: A type, changes, and words of the sentence.
SAID: dict[str, tuple[str, Json, str]] = {
    "the sum of the parts": (ISSUED, parts("600.00", "600"), "come to 1200.00, and not to"),
    "the total": (ISSUED, parts("600.00", "600"), "the total 1250.00"),
    "the sum in yen": (ISSUED, {**parts("600", "600"), "currency": "JPY", "total": "1"}, " 1200,"),
    "the sum without a currency": (AMENDED, parts("650", "650.001"), "come to 1300.001, and"),
    "a whole sum without a currency": (AMENDED, parts("650", "50"), "come to 700, and not"),
    "both dates": (ISSUED, {"due_on": "2026-01-04"}, "2026-01-04 is before the invoice's own date"),
    "how many parts": (ISSUED, parts(*["1.00"] * 121), "121 instalments are more than 120"),
    "what to leave out": (
        ISSUED,
        {**parts("1250.00"), "due_on": "2026-02-04"},
        "a due_on, 2026-02-04, and a schedule of 1 as well; leave one of them out",
    ),
    "what to give": (ISSUED, {"due_on": ...}, "neither a due_on nor a schedule"),
    "the day of the agreement": (EXTENDED, {"due_on": "2026-02-09"}, "is before 2026-02-10; terms"),
    "what an outcome can be": (RESOLVED, {"outcome": "?"}, "accepted, rejected, withdrawn"),
    "how far instalments are counted": (DISPUTED, {"instalment": 121}, "from 1 to 120"),
    "who approves": (EXTENDED, {"approved_by": " "}, "One line that is not blank"),
}


@pytest.mark.parametrize(("event_type", "changes", "words"), SAID.values(), ids=SAID.keys())
def test_the_sentence_says_what_is_wrong(event_type: str, changes: Json, words: str) -> None:
    assert words in sentence_of(event_type, changes)


CENTS = st.integers(1, 10**9).map(lambda minor: f"{Decimal(minor).scaleb(-2):.2f}")


@given(st.lists(CENTS, min_size=1, max_size=8), CENTS)
def test_parts_are_taken_exactly_when_they_add_up(amounts: list[str], other: str) -> None:
    total = sum(Decimal(amount) for amount in amounts)
    assert judged_data(ISSUED, **parts(*amounts), total=f"{total:.2f}") is None
    refusal = judged_data(ISSUED, **parts(*amounts, other), total=f"{total:.2f}")
    assert refusal is not None
    assert f"come to {total + Decimal(other):.2f}, and" in refusal.message


@given(st.integers(-400, 400), st.sampled_from([ISSUED, EXTENDED]))
def test_new_terms_are_taken_exactly_when_they_are_not_over(days: int, event_type: str) -> None:
    begin: dict[str, Any] = {ISSUED: date(2026, 1, 5), EXTENDED: date(2026, 2, 10)}
    due_on = (begin[event_type] + timedelta(days=days)).isoformat()
    assert (judged_data(event_type, due_on=due_on) is None) == (days >= 0)
