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
    return {
        "task_id": "T-1",
        "kind": "insurance_claim",
        "status": "open",
        "figures": [{**item, **figures}],
    }


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


@pytest.mark.parametrize(
    ("was", "expected"),
    [
        ("2000.00", "INV-1/1, changed on 2026-04-05 (it was 2000.00), how the claim comes about:"),
        (None, "INV-1/1, changed on 2026-04-05 (it was for manual review), how the claim"),
    ],
)
def test_a_claim_whose_figures_have_changed_says_so(
    capsys: pytest.CaptureFixture[str], was: str | None, expected: str
) -> None:
    show_task(task(claim={**CLAIM, "changed_on": "2026-04-05", "was": was}), None)
    assert expected in capsys.readouterr().out


def test_a_notice_shows_what_the_insurer_is_told_as_things_stood(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {**CLAIM, "insured": "1100.00", "notify_by": "2026-02-04", "eligible_on": "2026-03-06"}
    notice = task(claim=told, raised_on="2026-01-25") | {"kind": "insurance_notice"}
    show_task(notice, None)
    shown = capsys.readouterr().out
    assert "What the insurer is told" in shown
    (row,) = (line.split() for line in shown.splitlines() if "TC-100" in line)
    assert row == [
        *("INV-1/1", "TC-100", "Example", "Credit", "Insurance", "2026-02-04", "EUR"),
        *("1250.00", "1100.00", "1125.00", "2026-03-06"),
    ]
    assert "INV-1/1, as things stood on 2026-01-25, how the claim comes about:" in shown


def test_what_was_escalated_before_is_told_by_the_creditors_clocks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_task(task(history=[ENTRY]), "Asia/Shanghai")
    assert "2026-01-20T00:00:02+08:00" in capsys.readouterr().out
