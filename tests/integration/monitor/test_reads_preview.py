"""A policy is tried out on the stored items before it is set; nothing changes by that."""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from services.monitor.api.preview import LINES
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from tests.integration.monitor.events import blocked, known
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice

YAML: Final = {"Content-Type": "application/yaml"}
#: Dunning at 5 days instead of 15; no hand-over any more.
SOONER: Final = """\
policy: default
levels:
  - {level: dunning, after_days: 5, action: dunning_letter, held_by: [block]}
"""
LATER: Final = SOONER.replace("after_days: 5", "after_days: 40")
OF_GRADE_B: Final = SOONER.replace("policy: default", "policy: strict\napplies_to: {grade: B}")
OF_ONE: Final = SOONER.replace(
    "policy: default", "policy: own\napplies_to: {account: 'default:C-2'}"
)


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        for number in range(1, 13):
            # Due ten days ago: sooner than the default's fifteen days, later than five.
            customer = f"C-{number}"
            grade = "B" if number <= 3 else "A"
            await shelf.fold(
                known(customer, grade=grade),
                invoice(customer, f"I-{number}", f"{number}00.00", "2026-01-20"),
                on="2026-01-05",
            )
        await shelf.fold(
            # Dunned under the default by now, and not under a policy of 40 days.
            invoice("C-1", "OLD-1", "70.00", "2026-01-10"),
            # One more than are read at a time: an account is never cut.
            invoice("C-1", "YOUNG-1", "80.00", "2026-05-01"),
            blocked("C-3"),
        )
        await shelf.sweep("2026-01-30")
        yield shelf


async def preview(shelf: Shelf, document: str) -> dict[str, Any]:
    response = await shelf.client.post("/v1/policies/preview", content=document, headers=YAML)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def told(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    names = ("deed", "level", "items", "open", "customers")
    return [tuple(row[name] for name in names) for row in found["rows"]]


async def test_what_it_would_raise_and_lift_is_told_by_level_amount_and_customer(
    shelf: Shelf,
) -> None:
    found = await preview(shelf, SOONER)
    assert (found["policy"], found["version"], found["today"]) == ("default", 2, "2026-01-30")
    assert (found["items"], found["accounts"]) == (14, 12)
    # The item of C-3 is blocked.
    assert told(found) == [("raise", "dunning", 11, "7500.00", 11)]
    assert told(await preview(shelf, LATER)) == [("lift", "dunning", 1, "70.00", 1)]


async def test_the_ten_largest_customers_are_named(shelf: Shelf) -> None:
    [row] = (await preview(shelf, SOONER))["rows"]
    assert [one["account_id"] for one in row["largest"]] == [
        f"default:C-{number}" for number in (12, 11, 10, 9, 8, 7, 6, 5, 4, 2)
    ]
    assert row["largest"][0] == {
        "account_id": "default:C-12",
        "name": "C-12",
        "items": 1,
        "open": "1200.00",
    }


async def test_a_policy_of_a_grade_or_an_account_is_for_these_alone(shelf: Shelf) -> None:
    of_grade = await preview(shelf, OF_GRADE_B)
    assert (of_grade["items"], of_grade["accounts"], of_grade["version"]) == (5, 3, 1)
    assert told(of_grade) == [("raise", "dunning", 2, "300.00", 2)]
    of_one = await preview(shelf, OF_ONE)
    assert (of_one["items"], told(of_one)) == (1, [("raise", "dunning", 1, "200.00", 1)])


async def test_nothing_is_changed_by_it(shelf: Shelf) -> None:
    before = await shelf.rows("items", limit=100)
    await preview(shelf, SOONER)
    assert await shelf.rows("items", limit=100) == before
    assert [row["version"] for row in await shelf.rows("policies")] == [1]
    assert len(await shelf.rows("escalations")) == 1


async def test_what_the_preview_said_is_what_then_happens(shelf: Shelf) -> None:
    said = told(await preview(shelf, OF_GRADE_B))
    response = await shelf.client.post("/v1/policies", content=OF_GRADE_B, headers=YAML)
    assert response.status_code == 201
    before = len(shelf.words)
    await shelf.sweep("2026-01-30", retime=True)
    raised = [word for _partition, word in shelf.words[before:]]
    assert said == [("raise", "dunning", len(raised), "300.00", len(raised))]
    assert told(await preview(shelf, OF_GRADE_B)) == []


async def test_long_work_tells_how_far_it_is_and_the_same_in_the_end(shelf: Shelf) -> None:
    whole = await preview(shelf, LATER)
    response = await shelf.client.post(
        "/v1/policies/preview", content=LATER, headers={**YAML, "Accept": LINES}
    )
    *steps, last = [json.loads(line) for line in response.text.splitlines()]
    assert last == whole
    assert [one["looked_at"] for one in steps] == [0, 3, 5, 7, 9, 11, 13, 14]
    assert {one["items"] for one in steps} == {14}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (DEFAULT_DOCUMENT + "frobnicate: 1\n", "frobnicate: is not known"),
        (SOONER.replace("policy: default", "policy: other"), "applies_to: the policy named"),
        (OF_ONE.replace("policy: own", "policy: own2") + "interest: 5\n", "interest"),
    ],
)
async def test_what_could_not_be_set_is_refused(shelf: Shelf, document: str, sentence: str) -> None:
    response = await shelf.client.post(
        "/v1/policies/preview", content=document, headers={**YAML, "Accept": LINES}
    )
    assert response.status_code == 422
    assert sentence in response.json()["detail"]
