"""One example of each word that the monitor says to others, by its struct."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.contracts.announcement import (
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.escalation import Claim, EscalationEvent, Interest, Recipient

NAME = UUID("6f1b1f0e-6a0e-5d57-9c39-0f4d3a1f3c11")
SAID_ON = date(2026, 1, 20)
SAID_AT = datetime(2026, 1, 20, tzinfo=UTC)


def escalation(event_type: str) -> EscalationEvent:
    """One that is held, with everything it may carry."""
    return EscalationEvent(
        event_id=NAME,
        type=event_type,
        escalation_id=NAME,
        item_id="INV-1/1",
        account_id="acme:c-1",
        creditor_id="acme",
        customer_id="c-1",
        invoice_id="INV-1",
        instalment=1,
        level="dunning",
        action="dunning_letter",
        skipped=[],
        cycle=1,
        days_overdue=15,
        amount="10.00",
        open="10.00",
        currency="CNY",
        due_on=date(2026, 1, 5),
        issued_on=date(2025, 12, 5),
        raised_on=SAID_ON,
        time=SAID_AT,
        policy="default@1",
        why="15 days overdue",
        recipient=Recipient(name="A", email="a@example.com"),
        claim=Claim(why=["no cover"], manual_review=True, notify_by=SAID_ON),
        disputed="2.00",
        interest=Interest(
            accrued="0.41", open="0.41", currency="CNY", why=["15 days at 10 %"], until_on=SAID_ON
        ),
        held_by="promise PR-1",
        held_until=SAID_ON,
        supersedes=[NAME],
    )


def _of_account(event_type: str) -> dict[str, Any]:
    return {
        "event_id": NAME,
        "type": event_type,
        "account_id": "acme:c-1",
        "creditor_id": "acme",
        "customer_id": "c-1",
        "said_on": SAID_ON,
        "time": SAID_AT,
        "why": "the day of the promise is over",
    }


def promise_outcome(event_type: str) -> PromiseOutcome:
    """A promise of which a part was paid."""
    return PromiseOutcome(
        **_of_account(event_type),
        promise_id="PR-1",
        promised_on=SAID_ON,
        status="partially_kept",
        paid="4.00",
        promised="10.00",
        currency="CNY",
        broken_promises=2,
    )


def promise_annulment(event_type: str) -> PromiseAnnulment:
    """A promise that was withdrawn in its time."""
    return PromiseAnnulment(
        **_of_account(event_type),
        promise_id="PR-1",
        promised_on=SAID_ON,
        status="withdrawn",
        broken_promises=1,
    )


def cover_standing(event_type: str) -> CoverStanding:
    """Cover that stops at a day."""
    return CoverStanding(
        **_of_account(event_type), policy_no="TC-9", insurer="Sinosure", mep_on=SAID_ON
    )


def default_standing(event_type: str) -> DefaultStanding:
    """A group of which one is in default."""
    return DefaultStanding(**_of_account(event_type), group_id="G1", causes=["acme:c-2: insolvent"])


SAID: dict[type[Struct], Callable[[str], Struct]] = {
    EscalationEvent: escalation,
    PromiseOutcome: promise_outcome,
    PromiseAnnulment: promise_annulment,
    CoverStanding: cover_standing,
    DefaultStanding: default_standing,
}
