"""Policy documents as YAML text: read with the line of whatever is wrong, and remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import yaml

from services.monitor.domain.policy.document import read_policy
from services.monitor.domain.policy.policies import Policies, in_turn, select
from services.monitor.domain.policy.policy import Policy
from shared.errors import RejectedError

DOCUMENT_BYTES_MAX: Final = 64 * 1024


class PolicyDocuments:
    """Reads documents; a version, once read, is never read again."""

    def __init__(self) -> None:
        self._read: dict[tuple[int, str], Policy] = {}
        self._history: tuple[list[tuple[int, str, datetime]], Policies] | None = None

    def select(self, documents: Sequence[tuple[int, str]]) -> Policies:
        """Return the policies of (version, text) pairs, the newest of each."""
        return select([self._remembered(version, text) for version, text in documents])

    def history(self, documents: Sequence[tuple[int, str, datetime]]) -> Policies:
        """Return the policies of (version, text, instant it was set), in the order of time."""
        asked = list(documents)
        known = self._history
        if known is None or known[0] != asked:
            versions = [(since, self._remembered(one, text)) for one, text, since in asked]
            known = self._history = (asked, in_turn(versions))
        return known[1]

    def read(self, text: str, version: int) -> Policy:
        """Read a document; a `RejectedError` says line and path."""
        if len(text.encode()) > DOCUMENT_BYTES_MAX:
            message = f"the policy is larger than {DOCUMENT_BYTES_MAX} bytes"
            raise RejectedError(message, code="bad_policy")
        node, document = _parse(text)
        try:
            return read_policy(document, version)
        except RejectedError as error:
            line = _line_of(node, error.field or "")
            message = f"line {line}: {error.message}"
            raise RejectedError(message, code=error.code, field=error.field) from None

    def refuse_overlap(self, policy: Policy, others: Sequence[tuple[int, str]]) -> None:
        """Refuse a second policy for the same accounts, and another scope for a known name."""
        for version, text in others:
            other = self._remembered(version, text)
            if (other.scope == policy.scope) != (other.name == policy.name):
                message = (
                    f"applies_to: {policy.name!r} and {other.name!r} would be for the same "
                    "accounts; set a new version under the existing name"
                    if other.scope == policy.scope
                    else f"applies_to: {policy.name!r} is for others already; choose another name"
                )
                raise RejectedError(message, code="bad_policy", field="applies_to")

    def _remembered(self, version: int, text: str) -> Policy:
        policy = self._read.get((version, text))
        if policy is None:
            policy = self._read[version, text] = self.read(text, version)
        return policy


def _parse(text: str) -> tuple[yaml.Node | None, Any]:
    loader = yaml.SafeLoader(text)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            message = "a policy is written without YAML aliases (*name)"
            raise RejectedError(message, code="bad_policy")
        node = loader.get_single_node()
        if node is not None:
            _refuse_twice(node)
        return node, None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "is no YAML"
        message = f"line {line}: {problem}"
        raise RejectedError(message, code="bad_policy") from None
    except (ValueError, TypeError, RecursionError) as error:
        message = f"the policy is no YAML document: {error}"
        raise RejectedError(message, code="bad_policy") from None
    finally:
        loader.dispose()


def _refuse_twice(node: yaml.Node) -> None:
    """Refuse a key that stands twice in one mapping, of which YAML would drop the first."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                message = f"line {key.start_mark.line + 1}: {key.value}: stands twice"
                raise RejectedError(message, code="bad_policy", field=str(key.value))
            seen.add(str(key.value))
            _refuse_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_twice(child)


def _line_of(node: yaml.Node | None, path: str) -> int:
    """Return the line at which a path such as `levels[1].after_days` stands, or ends to exist."""
    line = 1
    for part in path.replace("[", ".[").split("."):
        if node is None or not part:
            break
        line = node.start_mark.line + 1
        child: yaml.Node | None = None
        if part.startswith("[") and isinstance(node, yaml.SequenceNode):
            index = int(part[1:-1])
            child = node.value[index] if index < len(node.value) else None
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, child = key.start_mark.line + 1, value
        node = child
        if child is not None:
            line = max(line, child.start_mark.line + 1) if part.startswith("[") else line
    return line
