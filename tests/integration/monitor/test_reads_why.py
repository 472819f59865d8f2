"""The story of an item: what happened to it, what was said, what stands, and what comes next."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from tests.integration.monitor.events import blocked, covered, known, promised, said
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

CUSTOMER: Final = "ACME/EU"


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.fold(
            known(CUSTOMER, email="ap@acme.example"),
            covered(CUSTOMER),
            invoice(CUSTOMER, "W/1", "1000.00", "2026-01-10", interest={"annual_percent": "10"}),
            invoice(CUSTOMER, "W-2", "50.00", "2026-05-01"),
            on="2026-01-05",
        )
        await shelf.sweep("2026-01-25")
        allocation = {"allocations": [{"invoice_id": "W/1", "amount": "400.00"}]}
        await shelf.fold(
            payment(CUSTOMER, "P-1", "400.00", **allocation),
            payment(CUSTOMER, "P-1", "400.00", **allocation),
            on="2026-01-26",
        )
        await shelf.fold(
            promised(CUSTOMER, "2026-02-15", made_on="2026-01-27", invoice_ids=["W/1"]),
            blocked(CUSTOMER, block_id="B-9", invoice_id="W-2"),
            on="2026-01-27",
        )
        await shelf.sweep("2026-01-28")
        yield shelf


async def why(shelf: Shelf, invoice_id: str, instalment: object = 1) -> Any:
    return await shelf.client.get(
        f"/v1/items/default:ACME%2FEU/{invoice_id.replace('/', '%2F')}/{instalment}/why"
    )


@pytest.fixture(scope="module")
async def story(shelf: Shelf) -> dict[str, Any]:
    response = await why(shelf, "W/1")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def test_each_event_that_touched_it_is_told_in_order(story: dict[str, Any]) -> None:
    assert [(one["type"], one["happened_on"]) for one in story["events"]] == [
        ("customer.updated.v1", "2026-01-01"),
        ("cover.updated.v1", "2026-01-01"),
        ("invoice.issued.v1", "2026-01-01"),
        ("payment.received.v1", "2026-01-20"),
        ("payment.received.v1", "2026-01-20"),
        ("promise.made.v1", "2026-01-27"),
    ]


def test_an_event_says_what_it_changed_and_by_which_rule_it_cleared(story: dict[str, Any]) -> None:
    issued, paid, again = story["events"][2:5]
    assert [(one["what"], one["name"], one["after"]) for one in issued["changes"]] == [
        ("status", "", "open"),
        ("amount", "", "1000.00"),
        ("due_on", "", "2026-01-10"),
        ("open", "", "1000.00"),
        ("disputed", "", "0.00"),
        ("policy", "", "default@1"),
        ("recipient", "", "ACME/EU <ap@acme.example>"),
        ("level", "dunning", "2026-01-25"),
        ("level", "legal", "2026-02-09"),
        ("level", "insurance_claim", "2026-03-11"),
        ("cover", "", issued["changes"][10]["after"]),
        ("interest", "", "10 % a year (contract)"),
    ]
    assert paid["changes"] == [{"what": "open", "name": "", "before": "1000.00", "after": "600.00"}]
    assert [(one["funds_id"], one["amount"], one["rule"]) for one in paid["clearings"]] == [
        ("P-1", "400.00", "named")
    ]
    assert paid["recorded_at"].startswith("2026-01-25T16:00:00")
    assert paid["data"]["payment_id"] == "P-1"
    assert (again["changes"], "came before" in again["remark"]) == ([], True)


def test_every_word_about_it_is_there(story: dict[str, Any]) -> None:
    assert [one["type"].split(".")[1] for one in story["words"]] == ["raised", "updated", "held"]


def test_what_stands_and_what_holds_it_is_told(story: dict[str, Any]) -> None:
    assert story["item"]["open"] == "600.00"
    assert [(one["level"], one["held_by"]) for one in story["raised"]] == [
        ("dunning", "promise W-1")
    ]
    assert story["holds"] == [
        {"held_by": "promise W-1", "since": "2026-01-27", "until": "2026-02-15"}
    ]


def test_what_comes_next_is_told_with_what_holds_it_back(story: dict[str, Any]) -> None:
    legal, claim = story["outlook"]
    assert (legal["level"], legal["on"], legal["waits"]) == (
        "legal",
        "2026-02-09",
        "held by promise W-1",
    )
    assert legal["delays"] == [
        {"because": "held by promise W-1", "since": "2026-01-27", "until": "2026-02-15"}
    ]
    assert (legal["becomes"], legal["becomes_on"]) == ("raised", "2026-02-16")
    assert (claim["on"], claim["waits"], claim["becomes_on"]) == ("2026-03-11", None, "2026-03-11")


def test_the_claim_and_the_interest_show_their_arithmetic(story: dict[str, Any]) -> None:
    assert story["claim"]["amount"] == "540.00"
    assert "x 90 % = 540.00 CNY" in story["claim"]["why"]
    assert story["interest"]["accrued"] == "3.95"
    assert story["interest"]["terms"] == "contract"
    assert story["interest"]["why"][0].startswith("2026-01-11 to 2026-01-19: 1000.00 CNY x 10 %")


async def test_a_block_of_another_invoice_is_no_part_of_it(shelf: Shelf) -> None:
    other = (await why(shelf, "W-2")).json()
    assert "dunning.blocked.v1" in [one["type"] for one in other["events"]]
    assert "promise.made.v1" not in [one["type"] for one in other["events"]]
    assert [one["waits"] for one in other["outlook"]] == ["held by block B-9"] * 2 + [None]


def test_a_hold_is_told_where_it_begins(story: dict[str, Any]) -> None:
    assert story["events"][5]["changes"] == [
        {
            "what": "hold",
            "name": "promise W-1",
            "before": None,
            "after": "promise W-1 to the end of 2026-02-15",
        }
    ]


async def test_what_is_settled_has_nothing_to_come(shelf: Shelf) -> None:
    await shelf.fold(
        invoice(CUSTOMER, "W-3", "50.00", "2026-05-01"), said_cancelled("W-3"), on="2026-01-29"
    )
    settled = (await why(shelf, "W-3")).json()
    assert settled["item"]["status"] == "cancelled"
    assert (settled["outlook"], settled["holds"], settled["claim"]) == ([], [], None)


def said_cancelled(invoice_id: str) -> tuple[str, dict[str, Any]]:
    return said("invoice.cancelled", CUSTOMER, invoice_id=invoice_id, cancelled_on="2026-01-29")


@pytest.mark.parametrize(
    ("invoice_id", "instalment", "status", "sentence"),
    [
        ("W/1", 2, 404, "of that invoice there is W/1/1"),
        ("W-9", 1, 404, "has no invoice 'W-9'; look for it with: arrears items"),
        ("W/1", "first", 422, "'first' is no number of an instalment; the first one is 1"),
    ],
)
async def test_an_item_that_is_not_there_is_refused_with_those_that_are(
    shelf: Shelf, invoice_id: str, instalment: object, status: int, sentence: str
) -> None:
    response = await why(shelf, invoice_id, instalment)
    assert response.status_code == status
    assert sentence in response.json()["detail"]


async def test_a_policy_that_comes_into_force_is_told_with_what_it_changes(shelf: Shelf) -> None:
    document = shelf_policy(legal_after_days=40)
    response = await shelf.client.post("/v1/policies", content=document)
    assert response.status_code == 201, response.text
    events = (await why(shelf, "W/1")).json()["events"]
    assert [(one["type"], one["event_id"], one["source"]) for one in events[6:]] == [
        ("policy.set", "default@2", "")
    ]
    assert events[6]["changes"] == [
        {"what": "policy", "name": "", "before": "default@1", "after": "default@2"},
        {"what": "level", "name": "legal", "before": "2026-02-09", "after": "2026-02-19"},
    ]


def shelf_policy(*, legal_after_days: int) -> str:
    """The default's levels, one of them later."""
    return DEFAULT_DOCUMENT.replace("after_days: 30", f"after_days: {legal_after_days}")
