"""A task from its row to what a person reads on the command line."""

import uuid
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from cli.show.tasks import show_task
from services.notifier.api.task_shapes import task_shape

CLAIM = {
    "why": ["the cover TC-100 ended on 2025-12-31"],
    "manual_review": True,
    "notify_by": "2026-02-20",
    "eligible_on": "2026-07-30",
    "mep_on": "2026-04-01",
}
INTEREST = {"accrued": "3.00", "open": "2.50", "currency": "CNY", "why": ["10 %"]}
BROKEN = {"promise_id": "P-17", "promised_on": "2026-02-14", "broken_promises": 2}


def item(**changes: Any) -> dict[str, Any]:
    """Return an item of a task as the database gives it, by JSON."""
    values = {
        "escalation_id": str(uuid.UUID(int=1)),
        "item_id": "INV-1/1",
        "invoice_id": "INV-1",
        "level": "dunning",
        "currency": "CNY",
        "amount_minor": 125_000,
        "open_minor": 125_000,
        "disputed_minor": 25_000,
        "interest": INTEREST,
        "days_overdue": 15,
        "issued_on": "2026-01-01",
        "due_on": "2026-01-31",
        "raised_on": "2026-02-15",
        "skipped": [],
        "policy": "default@1",
        "why": "15 days overdue",
        "claim": None,
        "standing": True,
        "lifted_on": None,
        "lifted_why": None,
        "held_by": "promise P-17",
        "held_until": "2026-03-01",
        "history": [],
    }
    return {**values, **changes}


def shown(capsys: pytest.CaptureFixture[str], **changes: Any) -> list[list[str]]:
    """Return what a person reads of a task, as the words of each line."""
    row = {
        "task_id": uuid.UUID(int=3),
        "kind": "dunning",
        "account_id": "default:C-1",
        "customer_name": "Aster Ltd",
        "level": "dunning",
        "status": "open",
        "opened_on": date(2026, 2, 15),
        "due_on": date(2026, 2, 22),
        "closed_on": None,
        "outcome": None,
        "note": None,
        "assignee": None,
        "held_by": "promise P-17",
        "held_on": date(2026, 2, 17),
        "held_until": date(2026, 3, 1),
        "subject": None,
        "why": None,
        "facts": None,
        "items": [item()],
    }
    task = task_shape(SimpleNamespace(**{**row, **changes}))
    show_task(task.model_dump(mode="json"), None)
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_a_task_says_that_it_is_on_hold_by_what_and_until_when(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys)
    assert ["on_hold", "yes"] in lines
    assert ["held_by", "promise", "P-17"] in lines
    assert ["held_until", "2026-03-01"] in lines
    assert ["customer_name", "Aster", "Ltd"] in lines


def test_an_item_shows_what_is_in_dispute_and_the_interest_owed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (figures,) = (line for line in shown(capsys) if line[:1] == ["INV-1/1"])
    assert figures[3:13] == [
        *("CNY", "1250.00", "1250.00", "250.00", "2.50", "CNY"),
        *("promise", "P-17", "2026-03-01", "15"),
    ]


def test_a_claim_shows_the_insurers_days_and_that_a_person_must_review_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, kind="insurance_claim", items=[item(claim=CLAIM)])
    assert ["manual_review", "yes"] in lines
    assert ["INV-1/1", "2026-02-20", "2026-07-30", "2026-04-01", "no", "yes"] in lines
    assert ["INV-1/1,", "for", "manual", "review:"] in lines


@pytest.mark.parametrize(
    "reason",
    [
        "no cover in EUR was valid on 2026-01-01 (none is known of this customer)",
        "no cover in EUR was valid on 2026-01-01 (TC-1 lapsed on 2025-12-31)",
        "no cover in EUR was valid on 2026-01-01 (TC-1 begins on 2026-01-02)",
        "no cover in EUR was valid on 2026-01-01 (TC-1 was withdrawn on 2025-12-31)",
        "no cover in EUR was valid on 2026-01-01 (TC-1 is in USD)",
    ],
    ids=["not covered", "lapsed", "not in force yet", "withdrawn", "another currency"],
)
def test_a_claim_without_cover_shows_its_own_reason(
    capsys: pytest.CaptureFixture[str], reason: str
) -> None:
    why = [f"{reason}; a person must decide what to claim"]
    claim = {"why": why, "manual_review": True}
    lines = shown(capsys, kind="insurance_claim", items=[item(claim=claim)])
    assert ["manual_review", "yes"] in lines
    assert why[0] in " ".join(word for line in lines for word in line)


def test_a_task_about_an_account_shows_its_figures_and_no_items(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = shown(capsys, kind="promise_broken", level=None, items=[], facts=BROKEN)
    assert ["promise_id", "P-17"] in lines
    assert ["promised_on", "2026-02-14"] in lines
    assert ["broken_promises", "2"] in lines
    assert ["Items"] not in lines
