"""Letters, from an escalation on Kafka to a mailbox."""

from typing import Any

from shared.contracts.escalation import LIFTED, Recipient


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


async def test_an_event_told_three_times_makes_its_work_once(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised, raised)
    await notifier.letter(account, "sent")
    await events.publish(raised)
    await notifier.rests()
    assert len(await notifier.rows("letters", account)) == 1
    assert len(await notifier.rows("tasks", account)) == 1
    assert len(mail.to(raised.recipient.email)) == 1


async def test_items_that_reach_a_level_together_share_a_letter_and_a_task(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    first, second = events.raised(account, "INV-1"), events.raised(account, "INV-2")
    await events.publish(first, second)
    letter = await notifier.letter(account, "sent")
    assert letter["item_ids"] == ["INV-1/1", "INV-2/1"]
    assert (await notifier.task(account, "open"))["item_ids"] == ["INV-1/1", "INV-2/1"]
    assert len(mail.to(first.recipient.email)) == 1


async def test_a_letter_deferred_by_the_mail_server_is_tried_again_and_sent(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    address = f"defer-{account[10:]}@aster.example"
    mail.deferrals[address] = 2
    await events.publish(events.raised(account, recipient=Recipient(email=address)))
    await notifier.letter(account, "sent")
    assert mail.named.count(address) == 3
    assert len(mail.to(address)) == 1


async def test_a_letter_refused_for_good_is_failed_and_its_reason_hides_the_address(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    address = f"refuse-{account[10:]}@aster.example"
    await events.publish(events.raised(account, recipient=Recipient(email=address)))
    letter = await notifier.letter(account, "failed")
    assert letter["reason"] == "550 <r…@aster.example> unknown here"


async def test_a_letter_whose_dialogue_broke_after_the_last_dot_is_unknown_and_never_resent(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    address = f"drop-{account[10:]}@aster.example"
    await events.publish(events.raised(account, recipient=Recipient(email=address)))
    letter = await notifier.letter(account, "unknown")
    await notifier.sweep()
    assert mail.transmitted.count(address) == 1
    assert "lost while sending" in letter["reason"]


async def test_a_person_resolves_an_unknown_letter(notifier: Any, events: Any) -> None:
    account = events.account()
    address = f"drop-{account[10:]}@aster.example"
    await events.publish(events.raised(account, recipient=Recipient(email=address)))
    letter = await notifier.letter(account, "unknown")
    path = f"/v1/letters/{letter['letter_id']}/resolve"
    answer = await notifier.api.post(path, json={"outcome": "sent"})
    assert answer.json()["status"] == "sent"
    again = await notifier.api.post(path, json={"outcome": "sent"})
    assert (again.status_code, again.json()["code"]) == (409, "letter_not_unresolved")


async def test_a_letter_sent_again_by_hand_keeps_its_message_id(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    address = f"drop-{account[10:]}@aster.example"
    await events.publish(events.raised(account, recipient=Recipient(email=address)))
    letter = await notifier.letter(account, "unknown")
    path = f"/v1/letters/{letter['letter_id']}/resolve"
    mail.drops = False
    try:
        answer = await notifier.api.post(path, json={"outcome": "resend"})
        again = await notifier.letter(account, "sent")
    finally:
        mail.drops = True
    assert answer.status_code == 200
    (message,) = mail.to(address)
    assert message["Message-ID"] == letter["message_id"] == again["message_id"]


async def test_a_letter_to_be_sent_again_is_recalled_when_its_item_was_paid_since(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    address = f"drop-{account[10:]}@aster.example"
    raised = events.raised(account, recipient=Recipient(email=address))
    await events.publish(raised)
    letter = await notifier.letter(account, "unknown")
    await events.publish(events.follow(raised, LIFTED, open="0.00", why="paid"))
    await notifier.task(account, "closed")
    path = f"/v1/letters/{letter['letter_id']}/resolve"
    await notifier.api.post(path, json={"outcome": "resend"})
    await notifier.letter(account, "recalled")
    assert mail.transmitted.count(address) == 1


async def test_a_letter_for_what_was_paid_just_before_is_recalled(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    monitor.lifted.add(str(raised.escalation_id))
    await events.publish(raised)
    letter = await notifier.letter(account, "recalled")
    assert letter["reason"] == "paid"
    assert mail.to(raised.recipient.email) == []


async def test_an_item_paid_just_before_is_left_out_of_a_letter_about_others(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    paid, due = events.raised(account, "INV-PAID"), events.raised(account, "INV-DUE")
    monitor.lifted.add(str(paid.escalation_id))
    monitor.open[str(due.escalation_id)] = "400.00"
    await events.publish(paid, due)
    letter = await notifier.letter(account, "sent")
    assert letter["item_ids"] == ["INV-DUE/1"]
    (message,) = mail.to(due.recipient.email)
    plain = message.get_body(("plain",)).get_content()
    assert "INV-PAID" not in plain
    assert "CNY\u00a0400.00" in plain


async def test_no_letter_leaves_while_the_monitor_is_away(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    monitor.away = True
    try:
        await events.publish(raised)
        await notifier.reads_all()
        await notifier.is_not_ready("sender")
        progress = await notifier.get("/v1/progress")
        letters = await notifier.rows("letters", account)
    finally:
        monitor.away = False
    assert (letters[0]["status"], progress["due"]) == ("planned", 1)
    assert mail.to(raised.recipient.email) == []
    await notifier.letter(account, "sent")


async def test_a_letter_lifted_before_it_leaves_is_recalled_and_its_task_closed(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised, events.follow(raised, LIFTED, open="0.00", why="paid in full"))
    letter = await notifier.letter(account, "recalled")
    task = await notifier.task(account, "closed")
    assert letter["reason"] == "paid in full"
    assert (task["outcome"], task["note"], task["closed_on"]) == (
        "lifted",
        "paid in full",
        "2026-02-15",
    )
    await notifier.rests()
    assert mail.to(raised.recipient.email) == []


async def test_a_sent_letter_stays_sent_when_its_item_is_paid(notifier: Any, events: Any) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised)
    await notifier.letter(account, "sent")
    await events.publish(events.follow(raised, LIFTED, open="0.00", why="paid"))
    await notifier.task(account, "closed")
    (letter,) = await notifier.rows("letters", account)
    assert (letter["status"], letter["item_ids"]) == ("sent", ["INV-1/1"])


async def test_an_escalation_lifted_before_it_was_seen_raised_makes_no_work(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(events.follow(raised, LIFTED, open="0.00", why="paid"), raised)
    await notifier.rests()
    assert await notifier.rows("letters", account) == []
    assert await notifier.rows("tasks", account) == []


async def test_a_letter_shows_both_its_parts(notifier: Any, events: Any) -> None:
    account = events.account()
    recipient = Recipient(name="紫苑<b>公司", email=f"{account[10:]}@aster.example", locale="zh-CN")
    await events.publish(events.raised(account, recipient=recipient))
    letter = await notifier.letter(account, "sent")
    detail = await notifier.get(f"/v1/letters/{letter['letter_id']}")
    assert detail["subject"].startswith("付款提醒")
    assert "尊敬的紫苑<b>公司" in detail["plain"]
    assert "尊敬的紫苑&lt;b&gt;公司" in detail["html"]


async def test_a_name_with_line_ends_and_nul_adds_no_header(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    email = f"{account[10:]}@aster.example"
    recipient = Recipient(name="Evil\x00\r\nBcc: all@aster.example", email=email)
    await events.publish(events.raised(account, recipient=recipient))
    await notifier.letter(account, "sent")
    (message,) = mail.to(email)
    assert message["Bcc"] is None


async def test_records_nobody_can_read_hold_nothing_up(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish_raw(b"\xff\x00garbage", b"", b"{}", b'{"type":"escalation.raised.v1"}')
    await events.publish_raw(b'{"type":"escalation.sung.v1","data":{}}')
    await events.publish(events.raised(account, currency="XXQ"))
    await events.publish(events.raised(account, "INV-GOOD"))
    assert (await notifier.letter(account, "sent"))["item_ids"] == ["INV-GOOD/1"]
    await notifier.rests()
