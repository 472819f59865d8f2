"""What is reported has happened: how far ahead the day of each type may lie."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from services.ingest.domain.judgement import Accepted, Refusal, judge
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.fields import DAYS_AHEAD_MAX, DUE_DAYS_MAX, PROMISE_DAYS_MAX, YEAR_MAX
from tests.unit.ingest.cases import EVENT_BYTES_MAX, NOW, arrival, changed, event
from tests.unit.ingest.valid import VALID

#: The day of each type that reports, which nobody can know long beforehand.
REPORTED: Final = {
    "invoice.amended.v1": "amended_on",
    "invoice.cancelled.v1": "cancelled_on",
    "invoice.written_off.v1": "written_off_on",
    "invoice.write_off_reversed.v1": "reversed_on",
    "invoice.terms_extended.v1": "agreed_on",
    "invoice.disputed.v1": "disputed_on",
    "dispute.resolved.v1": "resolved_on",
    "interest.waived.v1": "waived_on",
    "credit_note.issued.v1": "issued_on",
    "credit_note.cancelled.v1": "cancelled_on",
    "payment.received.v1": "received_on",
    "payment.allocated.v1": "allocated_on",
    "payment.reversed.v1": "reversed_on",
    "customer.insolvent.v1": "filed_on",
    "promise.made.v1": "made_on",
    "promise.withdrawn.v1": "withdrawn_on",
    "dunning.enforcement_set.v1": "set_on",
}
#: The day of each type that arranges.
ARRANGED: Final = {
    "cover.withdrawn.v1": "withdrawn_on",
    "dunning.blocked.v1": "blocked_on",
    "dunning.unblocked.v1": "unblocked_on",
}
#: The one that is dated ahead, by a year at most.
BILLED: Final = {"invoice.issued.v1": "issued_on"}
WITHOUT_A_DAY: Final = {"customer.updated.v1", "cover.updated.v1"}
#: Days that must not be before the one that is tried.
LATER: Final = {
    "invoice.amended.v1": "due_on",
    "invoice.issued.v1": "due_on",
    "invoice.terms_extended.v1": "due_on",
    "promise.made.v1": "promised_on",
    "dunning.blocked.v1": "until",
}
TODAY: Final = NOW.date()
LAST: Final = TODAY + timedelta(DAYS_AHEAD_MAX)
FAR: Final = date(YEAR_MAX, 12, 31)


def outcome_of(
    event_type: str, member: str, day: date, now: datetime = NOW
) -> tuple[str, str | None] | None:
    """Send valid data with a day through the door; returns code and field of a refusal."""
    days = {member: day, LATER.get(event_type, member): day}
    data = changed(VALID[event_type], **{name: one.isoformat() for name, one in days.items()})
    outcome = judge(arrival(event(event_type, data)), now=now, event_bytes_max=EVENT_BYTES_MAX)
    return (outcome.code, outcome.field) if isinstance(outcome, Refusal) else None


@pytest.mark.parametrize(("event_type", "member"), REPORTED.items())
@pytest.mark.parametrize(
    ("day", "is_taken"),
    [(TODAY, True), (LAST, True), (LAST + timedelta(1), False), (FAR, False)],
    ids=["today", "on the last day", "a day later", "for ever"],
)
def test_what_is_reported_lies_a_few_days_ahead_at_most(
    event_type: str, member: str, day: date, *, is_taken: bool
) -> None:
    expected = None if is_taken else ("day_in_the_future", f"data.{member}")
    assert outcome_of(event_type, member, day) == expected


@pytest.mark.parametrize(("event_type", "member"), ARRANGED.items())
@pytest.mark.parametrize("day", [TODAY, LAST + timedelta(1), FAR])
def test_what_is_arranged_may_lie_ahead(event_type: str, member: str, day: date) -> None:
    assert outcome_of(event_type, member, day) is None


@pytest.mark.parametrize(
    ("days", "is_taken"), [(366, True), (367, False)], ids=["a leap year", "a day more"]
)
def test_an_invoice_is_dated_a_year_ahead_at_most(days: int, *, is_taken: bool) -> None:
    expected = None if is_taken else ("day_in_the_future", "data.issued_on")
    assert outcome_of("invoice.issued.v1", "issued_on", TODAY + timedelta(days)) == expected


def test_every_type_reports_or_arranges_or_has_no_day() -> None:
    assert {**REPORTED, **BILLED, **ARRANGED}.keys() | WITHOUT_A_DAY == CATALOGUE.keys()
    members = {name: one.struct.day_member for name, one in CATALOGUE.items()}
    assert members == {**REPORTED, **BILLED, **ARRANGED, **dict.fromkeys(WITHOUT_A_DAY, "")}


#: How far a later day may lie from the day of its event, and the code of what lies further.
REACHES: Final = {
    "promise.made.v1": ("promised_on", PROMISE_DAYS_MAX, "promise_too_far"),
    "invoice.issued.v1": ("due_on", DUE_DAYS_MAX, "due_too_far"),
    "invoice.amended.v1": ("due_on", DUE_DAYS_MAX, "due_too_far"),
    "invoice.terms_extended.v1": ("due_on", DUE_DAYS_MAX, "due_too_far"),
}


@pytest.mark.parametrize("event_type", REACHES)
def test_what_is_promised_or_due_lies_so_far_ahead_at_most(event_type: str) -> None:
    member, days_max, code = REACHES[event_type]
    said_on = date.fromisoformat(VALID[event_type][CATALOGUE[event_type].struct.day_member])
    last = said_on + timedelta(days_max)
    assert outcome_of(event_type, member, last) is None
    assert outcome_of(event_type, member, last + timedelta(1)) == (code, f"data.{member}")


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 8, 1, 9, 59, 59, tzinfo=UTC), date(2026, 8, 8)),
        (datetime(2026, 8, 1, 10, 0, 0, tzinfo=UTC), date(2026, 8, 9)),
    ],
    ids=["before midnight", "from midnight on"],
)
def test_today_is_the_latest_date_on_earth(now: datetime, last: date) -> None:
    received = "payment.received.v1", "received_on"
    assert outcome_of(*received, last, now) is None
    assert outcome_of(*received, last + timedelta(1), now) is not None


def test_the_sentence_names_the_day_and_today() -> None:
    data = changed(VALID["payment.received.v1"], received_on="2027-01-05")
    value = arrival(event("payment.received.v1", data))
    outcome = judge(value, now=NOW, event_bytes_max=EVENT_BYTES_MAX)
    assert not isinstance(outcome, Accepted)
    assert outcome.message == (
        "data.received_on: 2027-01-05 is more than 7 days after today, 2026-08-01; "
        "correct the day, or send the event when it has happened"
    )
