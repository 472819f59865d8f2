"""A name of an item finds it, or asks which; its story reads as a text."""

from typing import Any, Final

import httpx
import pytest

from cli.commands.why import _only, candidates
from cli.errors import FailedError, UsageError
from cli.show.story import show_story

ITEMS: Final = (
    ("default:A", "INV-1", 1),
    ("default:A", "INV-2", 1),
    ("default:A", "INV-2", 2),
    ("default:B", "INV-3", 1),
    ("default:C", "INV-3", 1),
    ("default:A", "2026/7", 1),
)


def answer(_service: str, request: httpx.Request) -> httpx.Response:
    wanted = dict(request.url.params)
    rows = [
        {"account_id": account_id, "invoice_id": invoice_id, "instalment": instalment}
        for account_id, invoice_id, instalment in ITEMS
        if invoice_id == wanted["invoice_id"] and wanted.get("account_id") in (None, account_id)
    ]
    return httpx.Response(200, json={"rows": rows, "next": None})


@pytest.mark.parametrize(
    ("name", "account_id", "found"),
    [
        pytest.param("INV-1", None, [ITEMS[0]], id="an invoice of one item"),
        pytest.param("INV-1/1", None, [ITEMS[0]], id="its item by number"),
        pytest.param("INV-2", None, [ITEMS[1], ITEMS[2]], id="an invoice of several"),
        pytest.param("INV-2/2", None, [ITEMS[2]], id="one of several by number"),
        pytest.param("INV-3", None, [ITEMS[3], ITEMS[4]], id="one id of two customers"),
        pytest.param("INV-3", "default:C", [ITEMS[4]], id="with its account"),
        pytest.param("2026/7", None, [ITEMS[5]], id="an id with a slash"),
        pytest.param("2026/7/1", None, [ITEMS[5]], id="its item by number"),
        pytest.param("INV-9", None, [], id="nothing"),
        pytest.param("INV-2/9", None, [], id="no such number"),
    ],
)
async def test_a_name_finds_the_items_it_can_mean(
    client_of: Any, name: str, account_id: str | None, found: list[tuple[str, str, int]]
) -> None:
    rows = await candidates(client_of(answer), name, account_id)
    assert [(one["account_id"], one["invoice_id"], one["instalment"]) for one in rows] == found


def row(account_id: str, item_id: str) -> dict[str, Any]:
    return {"account_id": account_id, "item_id": item_id, "invoice_id": item_id.partition("/")[0]}


def test_several_items_are_listed_and_the_caller_chooses() -> None:
    found = [row("default:A", f"INV-2/{number}") for number in range(1, 13)]
    with pytest.raises(UsageError) as caught:
        _only("INV-2", found)
    lines = caught.value.message.splitlines()
    assert lines[:2] == [
        "'INV-2' means 12 items; choose one:",
        "  arrears why INV-2/1 --account default:A",
    ]
    assert lines[11:] == ["  and 2 more: arrears items --invoice INV-2"]
    with pytest.raises(FailedError, match="those there are: arrears items"):
        _only("INV-9", [])


STORY: Final[dict[str, Any]] = {
    "item": {
        "item_id": "INV-1/1",
        "account_id": "default:A",
        "status": "open",
        "open": "600.00",
        "amount": "1000.00",
        "currency": "EUR",
        "disputed": "100.00",
        "due_on": "2026-01-20",
        "original_due_on": "2026-01-10",
        "days_overdue": 18,
    },
    "today": "2026-02-07",
    "policy": "default@1",
    "in_volumes_until": "2026-01-04T16:00:00Z",
    "events": [
        {
            "happened_on": "2026-01-20",
            "recorded_at": "2026-01-20T16:00:00+00:00",
            "type": "payment.received.v1",
            "event_id": "e-1",
            "source": "bank",
            "changes": [
                {"what": "open", "name": "", "before": "1000.00", "after": "600.00"},
                {"what": "disputed", "name": "", "before": None, "after": "0.00"},
                {"what": "hold", "name": "block B-1", "before": None, "after": "block B-1 to X"},
                {
                    "what": "hold",
                    "name": "promise P-1",
                    "before": "promise P-1 to Y",
                    "after": None,
                },
                {"what": "level", "name": "legal", "before": "2026-02-09", "after": "2026-02-20"},
                {"what": "level", "name": "final", "before": "2026-02-09", "after": None},
                {"what": "cover", "name": "", "before": "TC-{1}: 90 %", "after": None},
                {"what": "group_default", "name": "", "before": None, "after": "since 2026-01-02"},
            ],
            "clearings": [
                {
                    "kind": "payment",
                    "funds_id": "P-1",
                    "instalment": 1,
                    "amount": "400.00",
                    "rule": "oldest_due_first",
                },
                {
                    "kind": "payment",
                    "funds_id": "P-1",
                    "instalment": 0,
                    "amount": "-5.00",
                    "rule": "named",
                },
            ],
            "remark": "kept as it was",
            "data": {"customer_id": "A", "payment_id": "P-1"},
        },
        {
            "happened_on": "2026-01-21",
            "recorded_at": "2026-01-21T16:00:00+00:00",
            "type": "promise.made.v1",
            "event_id": "e-2",
            "source": "crm",
            "changes": [],
            "clearings": [],
            "remark": None,
            "data": {"customer_id": "A", "promise_id": "W-7", "amount": None, "other": ["x"]},
        },
        {
            "happened_on": "2026-01-22",
            "recorded_at": "2026-01-21T16:00:00+00:00",
            "type": "policy.set",
            "event_id": "default@2",
            "source": "",
            "changes": [
                {"what": "policy", "name": "", "before": "default@1", "after": "default@2"}
            ],
            "clearings": [],
            "remark": None,
            "data": {},
        },
    ],
    "words": [
        {
            "type": "promise.broken.v1",
            "time": "2026-02-01T16:00:00+00:00",
            "why": "promised for 2026-02-01: broken",
        }
    ],
    "raised": [
        {
            "level": "dunning",
            "raised_on": "2026-02-04",
            "action": "dunning_letter",
            "policy": "default@1",
            "skipped": ["reminder"],
            "held_by": "block B-1",
            "held_until": "2026-02-10",
        }
    ],
    "holds": [{"held_by": "block B-1", "since": "2026-01-30", "until": "2026-02-10"}],
    "raises": ["legal"],
    "lifts": [{"level": "reminder", "because": "policy default@1 has no such level"}],
    "outlook": [],
    "claim": {"manual_review": True, "why": ["no cover in EUR was valid"]},
    "interest": {
        "open": "4.22",
        "currency": "EUR",
        "as_of": "2026-02-07",
        "why": ["interest: 4.22 EUR"],
    },
}


def shown(capsys: pytest.CaptureFixture[str], **changed: Any) -> str:
    show_story({**STORY, **changed}, "Asia/Shanghai")
    return capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "INV-1/1 of default:A, by policy default@1",
        "open: 600.00 of 1000.00 EUR open, 100.00 of it disputed, due on 2026-01-20",
        "due on 2026-01-20 (as issued: 2026-01-10), 18 days overdue on 2026-02-07",
        "2026-01-21T00:00:00+08:00",
        "open 1000.00 → 600.00 EUR",
        "400.00 EUR of payment P-1 met it (oldest due first)",
        "5.00 EUR of payment P-1 left its interest (named)",
        "kept as it was",
        "   promise id W-7   ",
        "changes nothing of this item",
        "held by block B-1 to X",
        "no longer held by promise P-1 ",
        "legal reached on 2026-02-09 → 2026-02-20",
        "final, reached on 2026-02-09, comes no more",
        "no longer cover TC-{1}: 90 %",
        "others of its group in default since 2026-01-02",
        "policy.set default@2",
        "policy default@1 → default@2",
        "promised for 2026-02-01: broken",
        "dunning since 2026-02-04 (dunning_letter, default@1), passing over reminder, held by bl",
        "it is held by block B-1 to the end of 2026-02-10, since 2026-01-30",
        "reminder is called back by the next look: policy default@1 has no such level",
        "as it stands, or would be today, which is for manual review:",
        "Interest to the end of 2026-02-07, 4.22 EUR owed:",
    ],
)
def test_a_story_tells_each_thing_in_words(capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert text in shown(capsys)


def test_nothing_disputed_at_first_is_nothing_to_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert "disputed 0.00" not in shown(capsys)


def test_what_is_settled_has_nothing_to_come(capsys: pytest.CaptureFixture[str]) -> None:
    item = {**STORY["item"], "open": "0.00", "status": "cleared"}
    nothing = {"outlook": [], "raised": [], "holds": [], "raises": [], "lifts": [], "words": []}
    text = shown(capsys, item=item, claim=None, interest=None, **nothing)
    assert "nothing: it is settled" in text
    assert "no level is raised, and nothing holds any" in text
    assert "What was said" not in text
    assert "Interest" not in text


@pytest.mark.parametrize(("open_text", "text"), [("0.10", "no further level"), ("0", "settled")])
def test_any_amount_that_is_open_is_something(
    capsys: pytest.CaptureFixture[str], open_text: str, text: str
) -> None:
    assert text in shown(capsys, item={**STORY["item"], "open": open_text}, outlook=[])
