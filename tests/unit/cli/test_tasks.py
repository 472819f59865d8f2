"""A task is shown to people in tables, with the claim's arithmetic in lines."""

from typing import Any

import pytest

from cli.show.tasks import show_task

CLAIM = {
    "policy_no": "TC-100",
    "insurer": "Example Credit Insurance",
    "amount": "1125.00",
    "currency": "EUR",
    "manual_review": False,
    "why": ["insured: min(open 1250.00 EUR, limit 5000.00) = 1250.00 EUR", "x 90 % = 1125.00 EUR"],
}
ENTRY = {
    "level": "dunning",
    "action": "dunning_letter",
    "cycle": 1,
    "raised_on": "2026-01-20",
    "lifted_on": None,
    "letter_sent_at": "2026-01-19T16:00:02+00:00",
}


def task(**figures: Any) -> dict[str, Any]:
    item = {
        "item_id": "INV-1/1",
        "due_on": "2026-01-05",
        "days_overdue": 60,
        "currency": "EUR",
        "amount": "1300.00",
        "open": "1250.00",
        "why": "60 days after 2026-01-05",
        "lifted_on": None,
        "lifted_why": None,
        "history": [],
        "claim": None,
    }
    return {"task_id": "T-1", "status": "open", "figures": [{**item, **figures}]}


def test_the_figures_are_a_table_and_no_json(capsys: pytest.CaptureFixture[str]) -> None:
    show_task(task(), None)
    shown = capsys.readouterr().out
    (row,) = (line for line in shown.splitlines() if "1250.00" in line)
    assert row.split()[:6] == ["INV-1/1", "2026-01-05", "60", "EUR", "1300.00", "1250.00"]
    assert "{" not in shown
    assert "escalated before" not in shown
    assert "Claims" not in shown


def test_a_claim_is_shown_with_its_arithmetic(capsys: pytest.CaptureFixture[str]) -> None:
    show_task(task(claim=CLAIM), None)
    shown = capsys.readouterr().out
    assert "TC-100" in shown
    assert "  x 90 % = 1125.00 EUR\n" in shown


def test_what_was_escalated_before_is_told_by_the_creditors_clocks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_task(task(history=[ENTRY]), "Asia/Shanghai")
    assert "2026-01-20T00:00:02+08:00" in capsys.readouterr().out
