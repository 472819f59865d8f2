"""The document of rejection codes and the code say the same."""

import ast
import re
from pathlib import Path

from tests.unit.contracts.test_dunning import CUSTOMERS, HOLDS
from tests.unit.contracts.test_invoice import LIFE, TERMS
from tests.unit.contracts.test_payment import MONEY
from tests.unit.ingest.test_refusals import REFUSED
from tests.unit.ingest.test_said_twice import TWICE

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "REJECTION_CODES.md"
#: What can refuse an event by raising or returning a code.
SOURCES = ("shared/contracts/*.py", "shared/money.py", "services/ingest/**/*.py")
#: Reads a document of its own, and is made with the code it refuses with.
READER = "_Reader"
#: What takes a code, to refuse an event with.
REFUSING = {"RejectedError", "Refusal", "check_order", "check_reach", READER}
#: Need more than one event, or a fault; each has a test of its own.
BEYOND_ONE_EVENT = {"conflict", "check_failed", "batch_too_large"}


def documented() -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)


def raised() -> set[str]:
    files = [file for source in SOURCES for file in ROOT.glob(source)]
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    values = [
        value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in REFUSING
        for value in [*(keyword.value for keyword in call.keywords if keyword.arg == "code")]
        + (call.args if call.func.id == READER else [])
    ]
    return {
        value.value
        for value in values
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_every_code_that_is_raised_is_documented() -> None:
    assert raised() - set(documented()) == set()


def test_every_documented_code_is_raised() -> None:
    assert set(documented()) - raised() == set()


def test_no_code_is_documented_twice() -> None:
    assert len(documented()) == len(set(documented()))


def test_every_code_has_a_case_in_the_table_of_refusals() -> None:
    shown = {code for _value, code, _field in [*REFUSED.values(), *TWICE.values()]}
    for table in (TERMS, LIFE, MONEY, HOLDS, CUSTOMERS):
        shown |= {outcome[0] for _type, _changes, outcome in table.values() if outcome}
    assert set(documented()) - shown - BEYOND_ONE_EVENT == set()
