"""The demonstration never touches what is not its own, and knows what must not be so."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.demo.figures import Figures
from cli.demo.folder import MARKER, prepare_folder
from cli.demo.replay import days_of
from cli.demo.report import print_next, print_report
from cli.demo.show import _every_day
from cli.errors import UsageError
from cli.sample import Trade, generate
from deploy.local.stack import Process, StackFile
from shared.contracts.escalation import LIFTED, RAISED


def figures(**changed: Any) -> Figures:
    sums = {
        "currency": "CNY",
        "invoiced": "10.00",
        "open": "4.00",
        "overdue": "4.00",
        "unapplied": "0.00",
        "ageing": {"current": "0.00", "1-30": "4.00"},
        "conservation_difference": "0.00",
    }
    values: dict[str, Any] = {
        "summary": {"today": "2026-07-04", "accounts": 3, "currencies": [sums]},
        "said": Counter({(RAISED, "dunning"): 3, (LIFTED, "dunning"): 2}),
        "letters": {"sent": 3, "recalled": 1},
        "tasks": [{"kind": "dunning", "status": "open", "n": 1}],
        "rejected": 0,
        "late_item": None,
        "open_task": None,
        "sent_letter": None,
    }
    return Figures(**{**values, **changed})


def test_a_fresh_folder_is_made_and_marked(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    prepare_folder(data)
    assert (data / MARKER).exists()
    assert data.stat().st_mode & 0o777 == 0o700
    assert (data / ".gitignore").read_text() == "*\n"


def test_an_earlier_demonstration_is_replaced(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    prepare_folder(data)
    (data / "left-over").touch()
    prepare_folder(data)
    assert not (data / "left-over").exists()


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "stack.json").touch()
    with pytest.raises(UsageError, match="give another folder"):
        prepare_folder(tmp_path)
    assert (tmp_path / "stack.json").exists()


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    prepare_folder(tmp_path)
    assert (tmp_path / MARKER).exists()


def test_every_day_of_the_trade_is_played_and_every_event_once() -> None:
    trade = Trade(customers=5, days=40)
    played = _every_day(trade)
    assert [day.day for day in played] == [trade.start + timedelta(days=n) for n in range(40)]
    lines = [line for day in played for line in day.lines]
    assert lines == [event.as_line() for event in generate(trade)]


def test_events_are_cut_into_the_days_on_which_they_happen() -> None:
    trade = Trade(customers=3, days=30)
    for day in days_of(generate(trade)):
        assert day.lines
        assert all(f'"time":"{day.day}T'.encode() in line for line in day.lines)
        assert isinstance(day.day, date)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        pytest.param({}, None, id="all is well"),
        pytest.param({"rejected": 2}, "refused: 2 events", id="refused"),
        pytest.param({"letters": {"failed": 1}}, "failed: 1 letter;", id="letters failed"),
        pytest.param({"letters": {"unknown": 4}}, "unknown: 4 letters;", id="letters unknown"),
        pytest.param(
            {"said": Counter({(LIFTED, "legal"): 1})}, "legal: 1 called back", id="lifted unraised"
        ),
    ],
)
def test_what_must_not_be_so_is_said(changed: dict[str, Any], problem: str | None) -> None:
    problems = figures(**changed).problems()
    if problem is None:
        assert problems == []
    else:
        assert len(problems) == 1
        assert problem in problems[0]


def test_balances_that_differ_are_a_problem() -> None:
    bad = figures()
    bad.summary["currencies"][0]["conservation_difference"] = "0.01"
    assert bad.problems() == ["CNY: the balances differ by 0.01"]


def test_the_report_shows_balances_levels_and_work(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(figures(), Counter({"invoice.issued.v1": 7}), [])
    shown = capsys.readouterr().out
    for words in ("7 events", "CNY", "dunning", "Called back", "recalled", "gives what is stored"):
        assert words in shown


def test_a_difference_is_shown_in_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    print_report(figures(), Counter(), ["item R-1/1: open 5.00, stored 4.00"])
    shown = capsys.readouterr().out
    assert "rebuild: item R-1/1" in shown
    assert "gives what is stored" not in shown


def stack_file(data: Path) -> StackFile:
    monitor = Process(name="monitor", pid=1, address="http://127.0.0.1:8102", log=None, own=True)
    return StackFile(
        supervisor_pid=1,
        clock="manual",
        kafka_bootstrap_servers="127.0.0.1:9092",
        token_file=str(data / "token"),
        database_url_file=str(data / "database_url"),
        ready=True,
        processes=(monitor,),
    )


def test_a_stack_that_stops_is_started_first_and_no_dead_address_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = figures(late_item={"account_id": "default:C-1"}, sent_letter={"letter_id": "L-1"})
    print_next(found, stack_file(tmp_path), tmp_path, once=True)
    shown = capsys.readouterr().out
    commands = [line.strip() for line in shown.splitlines() if line.startswith("  ")]
    assert [line.endswith(f"up --data {tmp_path} --detach") for line in commands] == [
        *(True, False, False, False)
    ]
    assert commands[1].endswith(f"items --account default:C-1 --data {tmp_path}")
    assert commands[3].endswith(f"letters show L-1 --data {tmp_path}")
    assert "8102" not in shown


def test_a_stack_that_stays_up_is_told_with_its_addresses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    print_next(figures(), stack_file(tmp_path), tmp_path, once=False)
    shown = capsys.readouterr().out
    assert "up --data" not in shown
    assert "http://127.0.0.1:8102\n" in shown
    assert f"{tmp_path}/token" in shown
