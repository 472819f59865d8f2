"""What a change of a JSON Schema takes away from those who relied on the old one.

Reads the part of JSON Schema that the contracts are made of; anything else counts as a break, so
that a new construction is looked at by a person.
"""

from typing import Any

Json = dict[str, Any]

#: Say nothing about which events are valid.
WORDS = {"$schema", "$id", "title", "description", "definitions", "default"}
#: Limits, and whether more of it lets more through.
LIMITS = {"maxLength": True, "maximum": True, "minLength": False, "minimum": False}
KNOWN = {"type", "properties", "required", "items", "anyOf", "allOf", "enum", "const", "$ref"}
FIXED = {"pattern", "format", "contentEncoding", "additionalProperties", "if", "then"}


def breaks(old: Json, new: Json, *, also_for_readers: bool) -> list[str]:
    """Return what the new schema takes away, as sentences; empty when it only adds.

    What was valid must stay valid: senders go on as before, and what is stored can be read. Where
    Arrears is the one who speaks (`also_for_readers`), what it says must be valid by the old
    schema too: members stay, and no value is new.
    """
    return _Comparison(old, new, also_for_readers).compare(old, new, "event")


class _Comparison:
    def __init__(self, old: Json, new: Json, also_for_readers: bool) -> None:
        self._old = old.get("definitions", {})
        self._new = new.get("definitions", {})
        self._also_for_readers = also_for_readers

    def compare(self, old: Json, new: Json, path: str) -> list[str]:
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        unknown = (old.keys() | new.keys()) - WORDS - KNOWN - FIXED - LIMITS.keys()
        if unknown:
            return [f"{path}: compare {sorted(unknown)} by hand"]
        if "anyOf" in old or "anyOf" in new:
            return self._compare_alternatives(old, new, path)
        found = [
            f"{path}: {word} was {old.get(word)}, is {new.get(word)}"
            for word in sorted(FIXED | {"type"})
            if old.get(word) != new.get(word)
        ]
        found += self._compare_values(old, new, path)
        found += self._compare_limits(old, new, path)
        found += self._compare_members(old, new, path)
        if "items" in old or "items" in new:
            found += self.compare(old.get("items", {}), new.get("items", {}), f"{path}[]")
        for number, part in enumerate(old.get("allOf", [])):
            # Each part is about one type; parts for further types are additions.
            if _resolve_all(part, self._old) not in [
                _resolve_all(other, self._new) for other in new.get("allOf", [])
            ]:
                found += self._compare_parts(part, new.get("allOf", []), f"{path}&{number}")
        return found

    def _compare_parts(self, part: Json, others: list[Json], path: str) -> list[str]:
        for other in others:
            if other.get("if") == part.get("if"):
                return self.compare(part.get("then", {}), other.get("then", {}), path)
        return [f"{path}: what was said for {part.get('if')} is gone"]

    def _compare_values(self, old: Json, new: Json, path: str) -> list[str]:
        before, after = _values(old), _values(new)
        if before == after:
            return []
        if before is None or after is None:
            return [f"{path}: a list of values came or went"]
        found = [f"{path}: {value} is no longer allowed" for value in before if value not in after]
        if self._also_for_readers:
            found += [
                f"{path}: {value} is new to readers" for value in after if value not in before
            ]
        return found

    def _compare_limits(self, old: Json, new: Json, path: str) -> list[str]:
        found = []
        for limit, more_is_wider in LIMITS.items():
            before, after = old.get(limit), new.get(limit)
            if before == after:
                continue
            tighter = before is None or (
                after is not None and (after < before if more_is_wider else after > before)
            )
            if tighter or self._also_for_readers:
                found.append(f"{path}: {limit} was {before}, is {after}")
        return found

    def _compare_members(self, old: Json, new: Json, path: str) -> list[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        required = set(new.get("required", []))
        found = [f"{path}.{name}: it is gone" for name in before if name not in after]
        found += [
            f"{path}.{name}: it is required now"
            for name in sorted(required - set(old.get("required", [])))
        ]
        if self._also_for_readers:
            found += [
                f"{path}.{name}: it may be missing now"
                for name in old.get("required", [])
                if name not in required
            ]
        for name in before.keys() & after.keys():
            found += self.compare(before[name], after[name], f"{path}.{name}")
        return sorted(found)

    def _compare_alternatives(self, old: Json, new: Json, path: str) -> list[str]:
        before, after = old.get("anyOf", [old]), new.get("anyOf", [new])
        found = [
            f"{path}: an alternative is gone or narrower: {one}"
            for one in before
            if all(self.compare(one, other, path) for other in after)
        ]
        if self._also_for_readers:
            found += [
                f"{path}: an alternative is new to readers: {other}"
                for other in after
                if all(self.compare(one, other, path) for one in before)
            ]
        return found


def _values(schema: Json) -> list[Any] | None:
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def _resolved(schema: Json, definitions: Json) -> Json:
    if "$ref" not in schema:
        return schema
    resolved: Json = definitions[schema["$ref"].rpartition("/")[2]]
    return resolved


def _resolve_all(value: Any, definitions: Json) -> Any:
    if isinstance(value, dict):
        inner = _resolved(value, definitions)
        return {name: _resolve_all(one, definitions) for name, one in inner.items()}
    if isinstance(value, list):
        return [_resolve_all(one, definitions) for one in value]
    return value
