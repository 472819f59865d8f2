"""A policy that is shown can be set again as it is; a preview tells how far it is, and why not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import yaml

from cli.api.following import last_of
from cli.commands.policy import _print
from cli.errors import FailedError
from cli.show.preview import show_preview

DOCUMENT = "policy: default\nbacklog: highest\n"


def policy(name: str = "default") -> dict[str, Any]:
    return {
        "policy": name,
        "version": 3,
        "created_at": "2026-01-05T00:00:00+00:00",
        "document": DOCUMENT.replace("default", name),
    }


def test_the_answer_is_the_document_alone(capsys: pytest.CaptureFixture[str]) -> None:
    _print([policy()])
    shown = capsys.readouterr()
    assert shown.out == DOCUMENT
    assert shown.err == "# default at version 3, since 2026-01-05T00:00:00+00:00\n"


def test_several_policies_are_documents_of_one_stream(capsys: pytest.CaptureFixture[str]) -> None:
    _print([policy(), policy("strict")])
    documents = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [document["policy"] for document in documents] == ["default", "strict"]


async def lines(*rows: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for row in rows:
        yield row


async def test_a_preview_tells_how_far_it_is_and_ends_with_the_answer() -> None:
    seen: list[tuple[int, int]] = []
    answer = await last_of(
        lines({"looked_at": 0, "items": 7}, {"looked_at": 7, "items": 7}, {"policy": "default"}),
        lambda looked_at, items: seen.append((looked_at, items)),
    )
    assert (answer, seen) == ({"policy": "default"}, [(0, 7), (7, 7)])


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        ([{"code": "transient", "detail": "PostgreSQL is away"}], "monitor: PostgreSQL is away"),
        ([], "the answer broke off; try again"),
    ],
)
async def test_a_preview_that_does_not_end_says_why(
    last: list[dict[str, Any]], sentence: str
) -> None:
    with pytest.raises(FailedError, match=sentence):
        await last_of(lines({"looked_at": 0, "items": 7}, *last), lambda _done, _all: None)


PREVIEW: dict[str, Any] = {
    "policy": "default",
    "version": 2,
    "today": "2026-01-30",
    "items": 13,
    "accounts": 1,
    "warnings": [],
    "interest": [],
    "rows": [
        {
            "deed": "raise",
            "level": "dunning",
            "currency": "CNY",
            "items": 11,
            "open": "7500.00",
            "customers": 1,
            "largest": [
                {"account_id": "default:C-1", "name": "Acme", "items": 3, "open": "7000.00"}
            ],
        }
    ],
}


def test_a_preview_shows_sums_and_then_the_largest(capsys: pytest.CaptureFixture[str]) -> None:
    show_preview(PREVIEW)
    text = capsys.readouterr().out
    assert "on 2026-01-30: it would be for 13 open items of 1 account\n" in text
    sums, largest = text.split("The largest customers of each")
    assert "7500.00" in sums
    assert "7000.00" in largest
    assert "7500.00" not in largest
    assert "nothing has been changed" in largest


def test_what_is_most_likely_not_meant_is_said_beside_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    warning = "levels[0].action: 'dunning_leter' opens a task; did you mean dunning_letter?"
    show_preview({**PREVIEW, "warnings": [warning]})
    shown = capsys.readouterr()
    assert shown.err == f"warning: {warning}\n"
    assert "warning" not in shown.out


def test_a_preview_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    show_preview({**PREVIEW, "rows": []})
    assert "raise, hold, resume and lift nothing today" in capsys.readouterr().out


def test_a_preview_says_which_interest_ends_and_that_what_has_accrued_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    change = {"policy": "default@1", "before": "10 % a year", "after": "none", "accounts": 3}
    show_preview({**PREVIEW, "interest": [change]})
    text = " ".join(capsys.readouterr().out.split())
    assert (
        "interest from 2026-01-30 on: none instead of 10 % a year (default@1, 3 accounts with open "
        "items); what has accrued stays owed"
    ) in text
