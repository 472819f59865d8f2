"""What the README says of policies holds: its document is read, its keys are those there are."""

import re
from typing import Final

import pytest
import yaml

from services.monitor.domain.policy import document
from services.monitor.domain.policy.document import read_policy
from services.monitor.domain.policy.plain import mapping
from shared.contracts import interest
from shared.errors import RejectedError
from tests.unit.docs import documents

SECTION: Final = documents.section(documents.README, "What a policy can say")
#: The keys that a policy cannot do without.
REQUIRED: Final = frozenset({"policy", "levels"})


def example() -> dict[str, object]:
    """Read the section's document."""
    found = re.search(r"^```yaml\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)
    assert found is not None
    loaded = yaml.safe_load(found[1])
    return mapping(loaded, "", required=REQUIRED, optional=document._TOP)


def test_the_readmes_policy_can_be_read() -> None:
    policy = read_policy(example(), 1)
    assert [level.name for level in policy.levels] == [
        "reminder",
        "dunning",
        "legal",
        "insurance_claim",
    ]


def test_every_key_of_a_policy_has_its_row_and_no_other_stands_there() -> None:
    written = {row[0].strip("`") for row in documents.rows(SECTION)}
    assert written == document._TOP | REQUIRED


def test_the_keys_of_a_calendar_of_interest_and_of_a_level_are_named() -> None:
    named = set(documents.code(SECTION))
    wanted = document._CALENDAR | document._LEVEL | set(interest.KEYS) | set(interest.REFERENCES)
    assert wanted - named == set()


def test_a_default_that_is_named_is_the_one_there_is() -> None:
    said = {row[0].strip("`"): row[1].strip("`") for row in documents.rows(SECTION)}
    levels = [{"level": "dunning", "after_days": 15, "action": "dunning_letter"}]
    plain = read_policy({"policy": "default", "levels": levels}, 1)
    assert (plain.backlog, plain.clearing_rule) == (said["backlog"], said["clearing"])
    assert (plain.minimum_scope, plain.on_resolution) == (said["scope"], said["on_resolution"])
    assert plain.levels[0].conditions.minimum_items == int(said["minimum_items"])
    assert (plain.interest, plain.cross_default) == (None, None)


def test_a_key_that_is_not_known_is_refused_by_its_path() -> None:
    with pytest.raises(RejectedError) as caught:
        read_policy(example() | {"level": []}, 1)
    assert caught.value.field == "level"
