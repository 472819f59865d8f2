"""Events and known escalations for tables of cases."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.notifier.domain.work import (
    Escalation,
    Letter,
    LetterStatus,
    Task,
    TaskStatus,
)
from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    Announcement,
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.escalation import RAISED, EscalationEvent, Recipient
from shared.contracts.group import CURED, DEFAULTED

ID = uuid.UUID(int=1)
RAISED_ON = date(2026, 2, 15)
NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def event() -> Callable[..., EscalationEvent]:
    """Return what makes a raise of a dunning level, with changes."""

    def make(**changes: Any) -> EscalationEvent:
        values: dict[str, Any] = {
            "event_id": uuid.UUID(int=100),
            "type": RAISED,
            "escalation_id": ID,
            "item_id": "INV-1/1",
            "account_id": "default:C-1",
            "creditor_id": "default",
            "customer_id": "C-1",
            "invoice_id": "INV-1",
            "instalment": 1,
            "level": "dunning",
            "action": "dunning_letter",
            "skipped": [],
            "cycle": 1,
            "days_overdue": 15,
            "amount": "1250.00",
            "open": "1250.00",
            "currency": "CNY",
            "due_on": date(2026, 1, 31),
            "issued_on": date(2026, 1, 1),
            "raised_on": RAISED_ON,
            "time": NOON,
            "policy": "default@1",
            "why": "15 days overdue",
            "recipient": Recipient(name="Aster Ltd", email="ap@aster.example", locale="en"),
        }
        return EscalationEvent(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def escalation() -> Callable[..., Escalation]:
    """Return what makes a known, standing escalation, with changes."""

    def make(**changes: Any) -> Escalation:
        values: dict[str, Any] = {
            "escalation_id": ID,
            "account_id": "default:C-1",
            "creditor_id": "default",
            "item_id": "INV-1/1",
            "invoice_id": "INV-1",
            "instalment": 1,
            "level": "dunning",
            "action": "dunning_letter",
            "cycle": 1,
            "skipped": (),
            "currency": "CNY",
            "amount_minor": 125_000,
            "open_minor": 125_000,
            "days_overdue": 15,
            "issued_on": date(2026, 1, 1),
            "due_on": date(2026, 1, 31),
            "raised_on": RAISED_ON,
            "policy": "default@1",
            "why": "15 days overdue",
            "claim": None,
            "standing": True,
        }
        return Escalation(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def letter() -> Callable[..., Letter]:
    """Return what makes a planned letter, with changes."""

    def make(**changes: Any) -> Letter:
        values: dict[str, Any] = {
            "letter_id": uuid.UUID(int=2),
            "account_id": "default:C-1",
            "creditor_id": "default",
            "level": "dunning",
            "status": LetterStatus.PLANNED,
            "recipient_name": "Aster Ltd",
            "recipient_email": "ap@aster.example",
            "locale": "en",
            "planned_on": RAISED_ON,
            "planned_at": NOON,
        }
        return Letter(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def task() -> Callable[..., Task]:
    """Return what makes an open task, with changes."""

    def make(**changes: Any) -> Task:
        values: dict[str, Any] = {
            "task_id": uuid.UUID(int=3),
            "account_id": "default:C-1",
            "creditor_id": "default",
            "kind": "dunning",
            "level": "dunning",
            "status": TaskStatus.OPEN,
            "opened_on": RAISED_ON,
            "due_on": date(2026, 2, 22),
        }
        return Task(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def word() -> Callable[..., Announcement]:
    """Return what makes a word about an account, by a short name, with changes."""
    promise = {
        "promise_id": "P-17",
        "promised_on": date(2026, 2, 14),
        "promised": "1250.00",
        "paid": "250.00",
        "currency": "CNY",
        "broken_promises": 2,
    }
    cover = {"policy_no": "TC-100", "insurer": "Harbour"}
    group = {"group_id": "G-1", "causes": ["default:C-9: legal"]}
    shapes: dict[str, tuple[type[Announcement], str, dict[str, Any]]] = {
        "broken": (PromiseOutcome, PROMISE_BROKEN, {**promise, "status": "broken"}),
        "kept": (PromiseOutcome, PROMISE_KEPT, {**promise, "status": "kept"}),
        "annulled": (
            PromiseAnnulment,
            PROMISE_ANNULLED,
            {
                "promise_id": "P-17",
                "promised_on": date(2026, 2, 14),
                "status": "withdrawn",
                "broken_promises": 1,
            },
        ),
        "stopped": (CoverStanding, COVER_STOPPED, {**cover, "mep_on": date(2026, 2, 14)}),
        "resumed": (CoverStanding, COVER_RESUMED, cover),
        "defaulted": (DefaultStanding, DEFAULTED, group),
        "cured": (DefaultStanding, CURED, {**group, "causes": []}),
    }

    def make(name: str, **changes: Any) -> Announcement:
        struct, word_type, own = shapes[name]
        values: dict[str, Any] = {
            "event_id": uuid.uuid5(ID, f"{name}{sorted(changes.items())}"),
            "type": word_type,
            "account_id": "default:C-1",
            "creditor_id": "default",
            "customer_id": "C-1",
            "said_on": RAISED_ON,
            "time": NOON,
            "why": f"the promise, cover or group is {name}",
        }
        return struct(**{**values, **own, **changes})

    return make
