"""Lists as people see them: accounts by currency with notes, words by any name, steps below."""

from typing import Any, Final

import pytest
from typer.testing import CliRunner

from cli.commands.lists import _arithmetic, full_type
from cli.main import make_app
from cli.show.accounts import by_currency, notes_on

QUIET: Final[dict[str, Any]] = {
    "account_id": "default:A",
    "group_id": None,
    "enforced": True,
    "insolvent_on": None,
    "cross_default": [],
    "covers_stopped": [],
    "broken_promises": 0,
    "promises": [],
    "blocks": [],
}
PROMISE: Final[dict[str, Any]] = {
    "promise_id": "W-1",
    "status": "open",
    "amount": "70.00",
    "promised_on": "2026-02-05",
}


@pytest.mark.parametrize(
    ("changed", "notes"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"enforced": False}, ["enforcement is off"], id="enforcement"),
        pytest.param(
            {"insolvent_on": "2026-01-07"}, ["insolvent since 2026-01-07"], id="insolvency"
        ),
        pytest.param(
            {"promises": [PROMISE, {**PROMISE, "status": "broken"}]},
            ["promise W-1 of 70.00 to the end of 2026-02-05"],
            id="an open promise, and one that is over",
        ),
        pytest.param({"broken_promises": 1}, ["1 broken promise"], id="one broken"),
        pytest.param({"broken_promises": 2}, ["2 broken promises"], id="several broken"),
        pytest.param(
            {
                "blocks": [
                    {
                        "block_id": "B-1",
                        "invoice_id": None,
                        "blocked_on": "2026-01-05",
                        "until": None,
                    },
                    {
                        "block_id": "B-2",
                        "invoice_id": "I-7",
                        "blocked_on": "2026-02-01",
                        "until": "2026-02-10",
                    },
                ]
            },
            [
                "block B-1 from 2026-01-05",
                "block B-2 of I-7 from 2026-02-01 to the end of 2026-02-10",
            ],
            id="blocks",
        ),
        pytest.param(
            {"group_id": "G", "cross_default": ["default:B: insolvent"]},
            ["others of group G are in default"],
            id="the group",
        ),
        pytest.param(
            {"covers_stopped": ["C-1"]},
            ["cover C-1 has stopped for new deliveries"],
            id="the cover",
        ),
    ],
)
def test_what_stands_of_an_account_is_noted(changed: dict[str, Any], notes: list[str]) -> None:
    assert list(notes_on({**QUIET, **changed})) == notes


def test_an_account_is_shown_by_currency_and_its_notes_once() -> None:
    sums = [
        {"currency": "CNY", "open": "1.00", "ageing": {"1-30": "1.00"}},
        {"currency": "EUR", "open": "2.00", "ageing": {"1-30": "2.00"}},
    ]
    rows = list(by_currency({**QUIET, "broken_promises": 1, "currencies": sums}))
    assert [(row["currency"], row["1-30"], row["notes"]) for row in rows] == [
        ("CNY", "1.00", "1 broken promise"),
        ("EUR", "2.00", ""),
    ]
    assert len(list(by_currency({**QUIET, "currencies": []}))) == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (None, None),
        ("raised", "escalation.raised.v1"),
        ("escalation.held", "escalation.held.v1"),
        ("promise.broken", "promise.broken.v1"),
        ("account.defaulted.v1", "account.defaulted.v1"),
    ],
)
def test_a_word_may_be_named_in_short(name: str | None, found: str | None) -> None:
    assert full_type(name) == found


def test_every_step_of_interest_stands_on_a_line() -> None:
    row = {"invoice_id": "I-1", "account_id": "default:A", "why": ["a = b", "together: c"]}
    assert list(_arithmetic(row)) == ["\nI-1 of default:A:", "  a = b", "  together: c"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("items --as-of 30.6.2026", "write it as in 2026-01-05"),
        ("clearings --as-of 2026-02-30", "'2026-02-30' is no date"),
        ("accounts --known-by 2026-07-01", "write date, time and offset"),
        ("interest --known-by 2026-07-01T00:00:00", "write date, time and offset"),
        ("accounts --anomalies --ageing", "--anomalies is a list of its own"),
    ],
)
def test_a_day_that_is_none_is_a_mistake_before_anybody_is_asked(words: str, sentence: str) -> None:
    result = CliRunner().invoke(make_app(), words.split())
    assert sentence in str(result.exception)
