"""The AsyncAPI document: every topic as a channel, who sends and who receives what on it.

Source: AsyncAPI 3.1.0, and version 0.5.0 of its Kafka bindings.
"""

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from shared.contracts.announcement import (
    COVER_RESUMED,
    COVER_STOPPED,
    PROMISE_ANNULLED,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.catalogue import (
    CATALOGUE,
    COMMANDS,
    CUSTOMERS,
    ESCALATIONS,
    INBOUND_TOPICS,
    INVOICES,
    LEDGER,
    PAYMENTS,
    REJECTED,
)
from shared.contracts.envelope import JSON, STRUCTURED
from shared.contracts.escalation import (
    HELD,
    LIFTED,
    RAISED,
    RESUMED,
    UPDATED,
    EscalationEvent,
)
from shared.contracts.group import CURED, DEFAULTED

Json = dict[str, Any]

#: Grows with each addition to a contract.
CONTRACTS_VERSION: Final = "1.2.0"
BINDING_VERSION: Final = "0.5.0"
#: JSON Schema's draft 7 is the one that every AsyncAPI tool reads.
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-07"
#: What the monitor says to others: the struct of each type.
OUTBOUND: Final[dict[str, type[Struct]]] = {
    **dict.fromkeys((RAISED, UPDATED, HELD, RESUMED, LIFTED), EscalationEvent),
    **dict.fromkeys((PROMISE_KEPT, PROMISE_BROKEN), PromiseOutcome),
    PROMISE_ANNULLED: PromiseAnnulment,
    **dict.fromkeys((COVER_STOPPED, COVER_RESUMED), CoverStanding),
    **dict.fromkeys((DEFAULTED, CURED), DefaultStanding),
}

_TITLES: Final = {
    INVOICES: "What billing systems say of invoices and credit notes",
    PAYMENTS: "What banks and cashiers say of money received",
    CUSTOMERS: "What is known of customers, and what insurers cover",
    COMMANDS: "What staff decide; any type may come here",
    LEDGER: "Every accepted event in its canonical form, keyed by account",
    REJECTED: "Everything that was refused, with the reason and the bytes",
    ESCALATIONS: "What the monitor says of items and accounts, keyed by account",
}
_KEYS: Final = {
    LEDGER: "The account, `<creditor_id>:<customer_id>`.",
    ESCALATIONS: "The account, `<creditor_id>:<customer_id>`.",
    REJECTED: "The 16 bytes of the refusal's id.",
}
_INFO: Final = (
    "Inbound topics take CloudEvents 1.0 in structured mode, as described here, or in Kafka's "
    "binary mode, where the attributes are `ce_` headers and the value is `data`. Arrears itself "
    "writes structured JSON without record headers. Contracts change by addition only: leave "
    "unknown members alone."
)


def document() -> Json:
    """Return the document; payloads refer to the JSON Schemas that stand beside it."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Arrears",
            "version": CONTRACTS_VERSION,
            "description": _INFO,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": STRUCTURED,
        "channels": {topic: _channel(topic) for topic in _TITLES},
        "operations": {
            **{_operation_name(topic): _operation(topic, "receive") for topic in INBOUND_TOPICS},
            **{_operation_name(topic): _operation(topic, "send") for topic in _KEYS},
        },
        "components": {"messages": {name: _message(name) for name in _all_messages()}},
    }


def messages_of(topic: str) -> tuple[str, ...]:
    """Return the names of the messages on a topic; each has a schema of that name."""
    if topic in {LEDGER, REJECTED}:
        return (topic,)
    if topic == ESCALATIONS:
        return tuple(OUTBOUND)
    own = tuple(contract.type for contract in CATALOGUE.values() if contract.topic == topic)
    return own or tuple(CATALOGUE)


def _all_messages() -> Iterable[str]:
    return dict.fromkeys(name for topic in _TITLES for name in messages_of(topic))


def _channel(topic: str) -> Json:
    # Nothing is deleted by age: the owner of the installation decides on retention.
    configuration = {"cleanup.policy": ["delete"], "retention.ms": -1}
    return {
        "address": topic,
        "title": _TITLES[topic],
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in messages_of(topic)
        },
        "bindings": {
            "kafka": {
                "topic": topic,
                "topicConfiguration": configuration,
                "bindingVersion": BINDING_VERSION,
            }
        },
    }


def _operation_name(topic: str) -> str:
    verb = "take" if topic in INBOUND_TOPICS else "say"
    return f"{verb}.{topic.rpartition('.')[2]}"


def _operation(topic: str, action: str) -> Json:
    operation: Json = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "summary": _TITLES[topic],
        "messages": [
            {"$ref": f"#/channels/{topic}/messages/{name}"} for name in messages_of(topic)
        ],
    }
    if action == "receive":
        group = {"type": "string", "const": "arrears-ingest"}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": BINDING_VERSION}}
    return operation


def _message(name: str) -> Json:
    message: Json = {
        "name": name,
        "contentType": JSON if name == REJECTED else STRUCTURED,
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"$ref": f"./{name}.json"}},
    }
    topic = ESCALATIONS if name in OUTBOUND else name
    if topic in _KEYS:
        key = {"type": "string", "description": _KEYS[topic]}
        message["bindings"] = {"kafka": {"key": key, "bindingVersion": BINDING_VERSION}}
    return message
