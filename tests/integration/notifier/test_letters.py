"""Letters, from an escalation on Kafka to a mailbox."""

from typing import Any


async def test_a_dunning_escalation_becomes_one_sent_letter_and_one_open_task(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised)
    letter = await notifier.letter(account, "sent")
    task = await notifier.task(account, "open")
    assert letter["item_ids"] == ["INV-1/1"]
    assert letter["recipient"].startswith("C…@")
    assert (task["kind"], task["due_on"]) == ("dunning", "2026-02-22")
    (message,) = mail.to(raised.recipient.email)
    assert message["Message-ID"] == letter["message_id"]
    assert message["Subject"].startswith("Payment reminder: invoice INV-1 ")
