"""Debts that a fault tells of itself: a customer, one overdue invoice, its payment."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from shared.contracts.catalogue import topic_of
from tests.faults.striking.course import Course
from tests.faults.system import PARTITIONS
from tests.faults.telling.upstream import publish
from tests.faults.telling.workload import Message

#: Beyond the first level, which makes a letter, and before the second.
OVERDUE_DAYS: Final = 20
#: Beyond what any policy here leaves alone.
AMOUNT: Final = "900000.00"


async def tell(course: Course, messages: Sequence[Message]) -> None:
    """Publish at once."""
    servers = course.system.kafka.bootstrap_servers
    await publish(servers, messages, PARTITIONS, pause_seconds=0)


def owed(
    customer_id: str, today: date, *, overdue_days: int = OVERDUE_DAYS, creditor_id: str = "default"
) -> list[Message]:
    """Return a customer, and an invoice of his that is so long overdue."""
    due_on = today - timedelta(days=overdue_days)
    return [
        _event(
            "customer.updated.v1",
            customer_id,
            creditor_id=creditor_id,
            version=1,
            name=f"Payer {customer_id}",
            email=f"{customer_id.lower()}@example.com",
        ),
        _event(
            "invoice.issued.v1",
            customer_id,
            creditor_id=creditor_id,
            invoice_id=f"I-{customer_id}",
            currency="CNY",
            total=AMOUNT,
            issued_on=(due_on - timedelta(days=1)).isoformat(),
            due_on=due_on.isoformat(),
        ),
    ]


def payment(customer_id: str, today: date) -> Message:
    """Return what pays that invoice."""
    return _event(
        "payment.received.v1",
        customer_id,
        payment_id=f"P-{customer_id}",
        amount=AMOUNT,
        currency="CNY",
        received_on=today.isoformat(),
        allocations=[{"invoice_id": f"I-{customer_id}", "amount": AMOUNT}],
    )


def _event(event_type: str, customer_id: str, **data: Any) -> Message:
    envelope = {
        "specversion": "1.0",
        "id": f"{event_type}/{customer_id}",
        "source": "faults",
        "type": event_type,
        "data": {"customer_id": customer_id, **data},
    }
    return Message(topic_of(event_type), customer_id.encode(), json.dumps(envelope).encode())
