"""JSON Schemas of every event, made from the structs: `python -m shared.contracts.schemas`.

Written into `docs/contracts/` with the AsyncAPI document; `--check` writes nothing and says what
is stale; `--release` keeps the present schemas as those that later ones may only add to.
"""

import argparse
import inspect
import json
import sys
import typing
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml
from msgspec import Struct

from shared.contracts import asyncapi
from shared.contracts.catalogue import CATALOGUE, LEDGER, LEDGER_TYPES, REJECTED
from shared.contracts.envelope import SPEC_VERSION, CloudEvent, LedgerEvent
from shared.contracts.rejected import Rejected

Json = dict[str, Any]

FOLDER: Final = Path(__file__).parents[2] / "docs" / "contracts"
RELEASED: Final = "released"
DIALECT: Final = "http://json-schema.org/draft-07/schema#"
LINE_WIDTH: Final = 100

_REF: Final = "#/definitions/{name}"


def schemas() -> dict[str, Json]:
    """Return the schema of each event's JSON by the event's name."""
    made = {
        contract.type: _event_schema(contract.type, contract.struct)
        for contract in CATALOGUE.values()
    }
    for event_type, struct in asyncapi.OUTBOUND.items():
        made[event_type] = _event_schema(event_type, struct)
    made[LEDGER] = _ledger_schema()
    made[REJECTED] = _document(REJECTED, *_definitions(Rejected))
    return made


def files() -> dict[str, str]:
    """Return every generated file's text by its name."""
    texts = {
        f"{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas().items()
    }
    head = "# Made by: python -m shared.contracts.schemas\n"
    document = asyncapi.document()
    texts["asyncapi.yaml"] = head + yaml.safe_dump(document, sort_keys=False, width=LINE_WIDTH)
    return texts


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of files that are missing, different, or nobody's any more."""
    texts = files()
    found = {file.name: file.read_text(encoding="utf-8") for file in _generated(folder)}
    return sorted(name for name in texts.keys() | found if texts.get(name) != found.get(name))


def write(folder: Path = FOLDER) -> None:
    """Write every file, and remove those of events that are no more."""
    texts = files()
    folder.mkdir(parents=True, exist_ok=True)
    for file in _generated(folder):
        if file.name not in texts:
            file.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def release(folder: Path = FOLDER) -> None:
    """Keep the present schemas as released; the tests then hold later ones to them."""
    released = folder / RELEASED
    released.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        if name.endswith(".json"):
            (released / name).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write, check or release the files; return 1 when a check finds a stale one."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.schemas", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="say which files are stale; exit 1")
    mode.add_argument("--release", action="store_true", help="keep the schemas as released")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="default: docs/contracts")
    options = parser.parse_args(arguments)
    if options.check:
        names = stale(options.folder)
        for name in names:
            sys.stderr.write(f"{name} is stale; run: python -m shared.contracts.schemas\n")
        return 1 if names else 0
    write(options.folder)
    if options.release:
        release(options.folder)
    return 0


def _generated(folder: Path) -> list[Path]:
    return [*folder.glob("*.json"), *folder.glob("asyncapi.yaml")]


def _event_schema(event_type: str, struct: type[Struct]) -> Json:
    """Return the schema of a structured CloudEvent of one type."""
    envelope, definitions = _definitions(CloudEvent, struct)
    own = definitions.pop("CloudEvent")["properties"]
    del own["data_base64"]
    own["specversion"] = {"const": SPEC_VERSION}
    own["type"] = {"const": event_type}
    own["data"] = {"$ref": _REF.format(name=struct.__name__)}
    schema = {
        "description": (inspect.getdoc(struct) or "").partition("\n")[0],
        "type": "object",
        "properties": own,
        "required": [*envelope["required"], "data"],
    }
    return _document(event_type, schema, definitions)


def _ledger_schema() -> Json:
    """Return the schema of a ledger event: its data by its type."""
    structs = LEDGER_TYPES
    schema, definitions = _definitions(LedgerEvent, *structs.values())
    del definitions["LedgerEvent"]
    schema["properties"]["type"] = {"enum": list(structs)}
    schema["allOf"] = [
        {
            "if": {"properties": {"type": {"const": event_type}}},
            "then": {"properties": {"data": {"$ref": _REF.format(name=struct.__name__)}}},
        }
        for event_type, struct in structs.items()
    ]
    return _document(LEDGER, schema, definitions)


def _definitions(first: type[Struct], *others: type[Struct]) -> tuple[Json, dict[str, Json]]:
    """Return the schema of the first struct, and those of all that are met, by their names."""
    _refs, components = msgspec.json.schema_components((first, *others), ref_template=_REF)
    definitions: dict[str, Json] = dict(components)
    for schema in definitions.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    for struct in (first, *others):
        _mark_instants(struct, definitions[struct.__name__]["properties"])
    return definitions[first.__name__], definitions


def _mark_instants(struct: type[Struct], properties: Json) -> None:
    """Say of instants that they are RFC 3339 with an offset, which the structs leave to checks."""
    for name, hint in typing.get_type_hints(struct).items():
        if datetime in (hint, *typing.get_args(hint)):
            for schema in properties[name].get("anyOf", [properties[name]]):
                if schema.get("type") == "string":
                    schema["format"] = "date-time"


def _document(name: str, schema: Json, definitions: dict[str, Json]) -> Json:
    own = {key: value for key, value in schema.items() if key != "title"}
    used = {key: value for key, value in definitions.items() if value is not schema}
    return {
        "$schema": DIALECT,
        "$id": f"urn:arrears:contract:{name}",
        "title": name,
        **own,
        **({"definitions": dict(sorted(used.items()))} if used else {}),
    }


if __name__ == "__main__":
    sys.exit(main())
