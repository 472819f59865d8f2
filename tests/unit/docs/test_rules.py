"""Every example of the rules' document holds, and the runner that says so can say otherwise."""

from functools import cache
from typing import Final

import pytest

from shared.contracts.catalogue import CATALOGUE
from tests.unit.docs import documents
from tests.unit.docs.scenarios.blocks import Block, Line, ScenarioError, blocks
from tests.unit.docs.scenarios.claims import CHECKS
from tests.unit.docs.scenarios.run import FORMS, run
from tests.unit.docs.scenarios.world import World

BLOCKS: Final = blocks(documents.RULES)
#: Claims that a test of their own is for.
REFUSED: Final = "refused"
PAST: Final = "as"


@cache
def outcome(number: int) -> World:
    """Run one block, once for all tests that ask for what came of it."""
    return run(BLOCKS[number], documents.RULES.name)


@pytest.mark.parametrize(
    "number", range(len(BLOCKS)), ids=[f"{one.number}: {one.title}" for one in BLOCKS]
)
def test_an_example_holds(number: int) -> None:
    outcome(number)


def test_every_example_says_what_must_hold() -> None:
    assert [one.number for one in BLOCKS if not any(line.is_claim for line in one.lines)] == []


def test_every_rule_has_its_source_and_its_example() -> None:
    text = documents.RULES.read_text(encoding="utf-8")
    sections = text.split("\n### ")[1:]
    assert len(sections) > 50
    lacking = [
        section.partition("\n")[0]
        for section in sections
        if "```scenario" not in section or not ("*Source:*" in section or "*Own rule" in section)
    ]
    assert lacking == []


def test_every_type_of_event_is_in_an_example() -> None:
    seen = {
        type(entry.event.data) for number in range(len(BLOCKS)) for entry in outcome(number).journal
    }
    wanted = {contract.struct for contract in CATALOGUE.values()}
    assert {one.__name__ for one in wanted - seen} == set()


def test_everything_that_can_be_said_and_claimed_is_in_an_example() -> None:
    lines = [line for block in BLOCKS for line in block.lines if line.is_claim]
    claimed = {word for line in lines for word in line.text.replace(":", " ").split()}
    assert (CHECKS.keys() | {REFUSED, PAST}) - claimed == set()
    assert {form.struct for form in FORMS} == {one.struct for one in CATALOGUE.values()}


#: What a scenario may get wrong, and what is said of it: the line by its number comes first.
WRONG: Final = {
    "an amount": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ open A 99.00",
        "12: → open A 99.00\n  it is {'A': '100.00'}",
    ),
    "a level on a day": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ 2026-02-14 level A dunning",
        "12: → 2026-02-14 level A dunning\n  it is {'A': 'none'}",
    ),
    "a word that was not said": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ 2026-03-02 said A raised dunning",
        "it is ['A/1 raised dunning', 'A/1 raised legal']",
    ),
    "a word that was said": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ 2026-02-15 said nothing",
        "it is ['A/1 raised dunning']",
    ),
    "an item that is not there": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ open B 100.00",
        "B is no item of default:ACME; there is A/1",
    ),
    "an invoice for one of its items": (
        "2026-01-01 invoice A in EUR: 60.00 due 2026-01-31, 40.00 due 2026-03-02",
        "→ open A 100.00",
        "A is no item of default:ACME; there is A/1, A/2",
    ),
    "a day that is over": (
        "2026-01-02 invoice A in EUR: 100.00 due 2026-01-31",
        "→ 2026-01-01 open A 100.00",
        "time does not go back",
    ),
    "words that are none": (
        "2026-01-01 invoices A in EUR: 100.00 due 2026-01-31",
        "→ open A 100.00",
        "11: 2026-01-01 invoices A in EUR: 100.00 due 2026-01-31\n  'invoices A in EUR",
    ),
    "a claim that is none": (
        "2026-01-01 invoice A in EUR: 100.00 due 2026-01-31",
        "→ opens A 100.00",
        "'opens' is nothing that can be claimed",
    ),
    "a refusal that nobody expects": (
        "2026-01-10 promise R by 2026-01-09",
        "→ said nothing",
        "line 11 is refused: data.promised_on",
    ),
    "a refusal that does not come": (
        "2026-01-10 promise R by 2026-01-12",
        "→ refused promise_in_the_past",
        "it is not refused",
    ),
    "a policy": (
        "policy\n  backlog: never",
        "→ 2026-01-01 said nothing",
        "line 11 is refused: backlog",
    ),
    "no day at all": ("promise R by 2026-01-12", "→ broken 0", "no line before has given a day"),
}


@pytest.mark.parametrize(("said", "claimed", "message"), WRONG.values(), ids=list(WRONG))
def test_an_example_that_is_wrong_fails_with_its_line(
    said: str, claimed: str, message: str
) -> None:
    block = Block("", 10, [Line(11, said), Line(12, claimed)])
    with pytest.raises(ScenarioError) as caught:
        run(block, "RULES.md")
    assert message in str(caught.value)
