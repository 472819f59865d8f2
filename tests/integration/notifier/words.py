"""The monitor's words, made and published."""

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from shared.contracts.announcement import Announcement, announcement_id
from shared.contracts.catalogue import ESCALATIONS
from shared.contracts.escalation import RAISED, EscalationEvent, Recipient, event_id
from shared.kafka.producer import BatchProducer

RAISED_ON = date(2026, 2, 15)
NOON = datetime(2026, 2, 15, 4, 0, tzinfo=UTC)

Told = TypeVar("Told", bound=Announcement)


@dataclass(frozen=True)
class Events:
    """Makes the monitor's words and publishes them."""

    producer: BatchProducer

    def account(self) -> str:
        return f"default:C-{uuid.uuid4().hex[:10]}"

    def raised(self, account_id: str, invoice_id: str = "INV-1", **changes: Any) -> EscalationEvent:
        creditor_id, _, customer_id = account_id.partition(":")
        escalation = uuid.uuid4()
        due_on = RAISED_ON - timedelta(days=15)
        values: dict[str, Any] = {
            "event_id": event_id(escalation, RAISED),
            "type": RAISED,
            "escalation_id": escalation,
            "item_id": f"{invoice_id}/1",
            "account_id": account_id,
            "creditor_id": creditor_id,
            "customer_id": customer_id,
            "invoice_id": invoice_id,
            "instalment": 1,
            "level": "dunning",
            "action": "dunning_letter",
            "skipped": [],
            "cycle": 1,
            "days_overdue": 15,
            "amount": "1250.00",
            "open": "1250.00",
            "currency": "CNY",
            "due_on": due_on,
            "issued_on": due_on - timedelta(days=30),
            "raised_on": RAISED_ON,
            "time": NOON,
            "policy": "default@1",
            "why": "15 days overdue",
            "recipient": Recipient(name="Aster Ltd", email=f"{customer_id}@aster.example"),
        }
        return EscalationEvent(**{**values, **changes})

    def follow(self, event: EscalationEvent, event_type: str, **changes: Any) -> EscalationEvent:
        name = event_id(event.escalation_id, event_type, uuid.uuid4().hex)
        return msgspec.structs.replace(event, type=event_type, event_id=name, **changes)

    def about(self, account_id: str, struct: type[Told], word: str, **changes: Any) -> Told:
        """Make a word about a whole account."""
        creditor_id, _, customer_id = account_id.partition(":")
        values: dict[str, Any] = {
            "event_id": announcement_id(account_id, word, uuid.uuid4().hex),
            "type": word,
            "account_id": account_id,
            "creditor_id": creditor_id,
            "customer_id": customer_id,
            "said_on": RAISED_ON,
            "time": NOON,
            "why": f"{word} is said",
        }
        return struct(**{**values, **changes})

    async def publish(self, *events: EscalationEvent | Announcement) -> None:
        await self.producer.send(ESCALATIONS, [(e.account_id.encode(), wire(e)) for e in events])

    async def publish_raw(self, *values: bytes) -> None:
        await self.producer.send(ESCALATIONS, [(b"default:garbage", value) for value in values])


def wire(event: EscalationEvent | Announcement) -> bytes:
    envelope = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": "arrears/monitor",
        "type": event.type,
        "time": event.time,
        "subject": event.account_id,
        "datacontenttype": "application/json",
        "data": event,
    }
    return msgspec.json.encode(envelope)
