"""Letters whose customers become known, or change their address, after the escalation."""

import uuid
from typing import Any

from shared.contracts.escalation import UPDATED, Recipient

ATTEMPTS_MAX = 2
#: Longer than any test: what leaves all the same did not wait for the pause to end.
LONG_PAUSES = {
    "ARREARS_LETTER_RETRY_SECONDS_FIRST": "600",
    "ARREARS_LETTER_RETRY_SECONDS_MAX": "600",
}


async def test_a_letter_waits_for_an_address_and_leaves_when_the_monitor_knows_one(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=None)
    await events.publish(raised)
    letter = await notifier.letter(account, "planned")
    assert letter["reason"] == "waits for an e-mail address"
    assert (await notifier.task(account, "open"))["kind"] == "dunning"
    address = f"late-{account.partition(':')[2]}@customers.example"
    monitor.recipients[str(raised.escalation_id)] = {
        "name": "Late & Co",
        "email": address,
        "locale": "zh-CN",
    }
    sent = await notifier.letter(account, "sent")
    assert sent["locale"] == "zh-CN"
    assert mail.transmitted.count(address) == 1


async def test_a_letter_that_waits_for_an_address_is_nothing_due_and_is_in_every_sweep(
    environment: Any, running: Any, events: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=None)
    async with running(environment(**LONG_PAUSES)) as notifier:
        await events.publish(raised, events.raised(account, "INV-2", recipient=None))
        await notifier.rests()
        (waiting,) = await notifier.rows("letters", account)
        monitor.recipients[str(raised.escalation_id)] = {"email": "late@customers.example"}
        await notifier.sweep()
        # It may have been the other notifier's pass that took it.
        sent = await notifier.letter(account, "sent")
    assert (waiting["status"], waiting["recipient"]) == ("planned", None)
    assert waiting["item_ids"] == ["INV-1/1", "INV-2/1"]
    assert (sent["status"], sent["recipient"]) == ("sent", "l…@customers.example")


async def test_an_event_with_an_address_ends_the_wait_for_one(
    environment: Any, running: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=None)
    address = f"told-{account[10:]}@customers.example"
    async with running(environment(**LONG_PAUSES)) as notifier:
        await events.publish(raised)
        await notifier.rests()
        await events.publish(events.follow(raised, UPDATED, recipient=Recipient(email=address)))
        letter = await notifier.letter(account, "sent")
    assert letter["reason"] is None
    assert len(mail.to(address)) == 1


async def test_a_letter_that_waited_for_an_address_is_recalled_by_a_higher_level(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=None)
    await events.publish(raised)
    await notifier.letter(account, "planned")
    address = f"late-{account[10:]}@customers.example"
    legal = events.raised(
        account,
        escalation_id=uuid.uuid5(raised.escalation_id, "legal"),
        event_id=uuid.uuid5(raised.escalation_id, "legal raised"),
        level="legal",
        action="legal_handoff",
        supersedes=[raised.escalation_id],
        recipient=Recipient(email=address),
    )
    await events.publish(legal)
    letter = await notifier.letter(account, "recalled")
    assert letter["reason"].startswith("superseded: legal was raised on ")
    assert letter["item_ids"] == ["INV-1/1"]
    await notifier.rests()
    assert mail.to(address) == []


async def test_looks_at_a_letter_without_an_address_are_no_attempts_to_send_it(
    environment: Any, running: Any, events: Any, mail: Any, monitor: Any, until: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=None)
    name, address = str(raised.escalation_id), f"defer-{account[10:]}@customers.example"

    async def was_looked_at_often() -> bool:
        return bool(monitor.asked.count(name) > ATTEMPTS_MAX)

    async with running(environment(ARREARS_LETTER_ATTEMPTS_MAX=str(ATTEMPTS_MAX))) as notifier:
        await events.publish(raised)
        await until(was_looked_at_often)
        mail.deferrals[address] = ATTEMPTS_MAX - 1
        monitor.recipients[name] = {"email": address}
        await notifier.letter(account, "sent")
    assert mail.named.count(address) == ATTEMPTS_MAX


async def test_a_letter_sent_again_by_hand_goes_to_the_newest_address(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account, recipient=Recipient(email=f"refuse-{account[10:]}@a.example"))
    await events.publish(raised)
    letter = await notifier.letter(account, "failed")
    address = f"new-{account[10:]}@customers.example"
    monitor.recipients[str(raised.escalation_id)] = {"name": "紫苑", "email": address}
    path = f"/v1/letters/{letter['letter_id']}/resolve"
    assert (await notifier.api.post(path, json={"outcome": "resend"})).status_code == 200
    sent = await notifier.letter(account, "sent")
    assert (sent["recipient"], sent["message_id"]) == (
        "n…@customers.example",
        letter["message_id"],
    )
    assert len(mail.to(address)) == 1


async def test_a_customers_new_name_is_on_every_task_that_is_not_done(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    legal = events.raised(account, action="legal_handoff")
    await events.publish(legal, events.raised(account, "INV-2", action="phone_call"))
    await notifier.rests()
    named = Recipient(name="Aster & Sons", email=f"{account[10:]}@customers.example")
    await events.publish(events.follow(legal, UPDATED, recipient=named))
    await notifier.rests()
    tasks = await notifier.rows("tasks", account)
    assert [task["customer_name"] for task in tasks] == ["Aster & Sons"] * 2


async def test_a_letter_that_leaves_brings_the_newest_name_to_the_accounts_tasks(
    notifier: Any, events: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    monitor.recipients[str(raised.escalation_id)] = {
        "name": "Aster & Sons",
        "email": f"{account[10:]}@customers.example",
    }
    await events.publish(raised)
    await notifier.letter(account, "sent")
    assert (await notifier.task(account, "open"))["customer_name"] == "Aster & Sons"
