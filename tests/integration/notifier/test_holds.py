"""Work on hold, from the monitor's words on Kafka to what leaves and what waits."""

import re
from datetime import date, timedelta
from typing import Any

from shared.contracts.escalation import HELD, LIFTED, RESUMED, UPDATED, Interest, Recipient

PROMISE = {"held_by": "promise P-17", "held_until": date(2026, 3, 1)}
ATTEMPTS_MAX = 2


async def test_a_held_letter_waits_with_its_reason_and_leaves_when_it_is_resumed(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised, events.follow(raised, HELD, **PROMISE))
    await notifier.rests()
    (letter,) = await notifier.rows("letters", account)
    task = await notifier.task(account, "open")
    assert letter["status"] == "planned"
    assert letter["reason"] == "on hold by promise P-17 until 2026-03-01"
    assert (task["on_hold"], task["held_by"], task["held_on"], task["held_until"]) == (
        True,
        "promise P-17",
        "2026-02-15",
        "2026-03-01",
    )
    assert mail.to(raised.recipient.email) == []
    later = raised.time + timedelta(days=3)
    await events.publish(events.follow(raised, RESUMED, time=later))
    await notifier.letter(account, "sent")
    task = await notifier.task(account, "open")
    assert (task["on_hold"], task["held_by"], task["due_on"]) == (False, None, "2026-02-25")
    assert len(mail.to(raised.recipient.email)) == 1


async def test_a_held_item_is_left_out_of_the_letter_and_gets_one_of_its_own_later(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    held, due = events.raised(account, "INV-HELD"), events.raised(account, "INV-DUE")
    await events.publish(held, events.follow(held, HELD, **PROMISE), due)
    first = await notifier.letter(account, "sent")
    task = await notifier.task(account, "open")
    assert first["item_ids"] == ["INV-DUE/1"]
    assert (task["on_hold"], [item["held_by"] for item in task["figures"]]) == (
        False,
        [None, "promise P-17"],
    )
    await events.publish(events.follow(held, RESUMED))
    await notifier.rests()
    _, second = await notifier.rows("letters", account)
    assert (second["status"], second["item_ids"]) == ("sent", ["INV-HELD/1"])
    plain = [message.get_body(("plain",)).get_content() for message in mail.to(due.recipient.email)]
    assert ["INV-HELD" in text for text in plain] == [False, True]


async def test_a_planned_letter_is_shown_as_it_would_leave(notifier: Any, events: Any) -> None:
    account = events.account()
    held, due = (events.raised(account, name, recipient=None) for name in ("INV-HELD", "INV-DUE"))
    await events.publish(held, due, events.follow(held, HELD, **PROMISE))
    await notifier.rests()
    letter = await notifier.letter(account, "planned")
    detail = await notifier.get(f"/v1/letters/{letter['letter_id']}")
    assert letter["item_ids"] == ["INV-DUE/1"]
    assert "INV-HELD" not in detail["plain"]


async def test_what_the_monitor_holds_before_its_word_comes_waits_without_an_attempt(
    environment: Any, running: Any, events: Any, mail: Any, monitor: Any, until: Any, database: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    name = str(raised.escalation_id)
    monitor.more[name] = {"held": True, "held_by": "promise P-17"}

    async def was_asked_often() -> bool:
        return bool(monitor.asked.count(name) > ATTEMPTS_MAX + 1)

    async with running(environment(ARREARS_LETTER_ATTEMPTS_MAX=str(ATTEMPTS_MAX))) as notifier:
        await events.publish(raised)
        await until(was_asked_often)
        query = "SELECT attempts FROM notifier.letters WHERE account_id = $1"
        assert await database.fetchval(query, account) == 0
        assert (await notifier.letter(account, "planned"))["reason"].startswith("an item of it")
        assert mail.to(raised.recipient.email) == []
        del monitor.more[name]
        letter = await notifier.letter(account, "sent")
    assert letter["reason"] is None


async def test_an_item_the_monitor_holds_is_not_lost_when_its_word_comes_late(
    notifier: Any, events: Any, monitor: Any, until: Any
) -> None:
    account = events.account()
    held, due = events.raised(account, "INV-HELD"), events.raised(account, "INV-DUE")
    name = str(held.escalation_id)
    monitor.more[name] = {"held": True}

    async def was_asked() -> bool:
        return name in monitor.asked

    await events.publish(held, due)
    await until(was_asked)
    await events.publish(events.follow(held, HELD, **PROMISE))
    assert (await notifier.letter(account, "sent"))["item_ids"] == ["INV-DUE/1"]
    del monitor.more[name]
    await events.publish(events.follow(held, RESUMED))
    await notifier.rests()
    letters = await notifier.rows("letters", account)
    assert [row["item_ids"] for row in letters] == [["INV-DUE/1"], ["INV-HELD/1"]]


async def test_a_hold_told_before_its_raise_or_after_its_end_survives(
    notifier: Any, events: Any, mail: Any
) -> None:
    early, late = events.account(), events.account()
    first, second = events.raised(early), events.raised(late)
    await events.publish(events.follow(first, HELD, **PROMISE))
    await notifier.rests()
    await events.publish(first, first)
    ended = events.follow(second, LIFTED, open="0.00", why="paid")
    await events.publish(second, ended, events.follow(second, HELD, **PROMISE))
    await notifier.rests()
    (waiting,) = await notifier.rows("letters", early)
    assert (waiting["status"], waiting["held_by"]) == ("planned", "promise P-17")
    (task,) = await notifier.rows("tasks", early)
    assert (task["on_hold"], task["item_ids"]) == (True, ["INV-1/1"])
    (closed,) = await notifier.rows("tasks", late)
    assert (closed["status"], closed["on_hold"]) == ("closed", False)
    assert mail.to(first.recipient.email) == []


async def test_an_older_word_on_a_hold_that_comes_late_changes_nothing(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    raised = events.raised(account, action="legal_handoff")
    hour = timedelta(hours=1)
    await events.publish(raised, events.follow(raised, HELD, time=raised.time, **PROMISE))
    await notifier.rests()
    await events.publish(events.follow(raised, RESUMED, time=raised.time + 2 * hour))
    await notifier.rests()
    await events.publish(events.follow(raised, HELD, time=raised.time + hour, **PROMISE))
    await notifier.rests()
    assert (await notifier.task(account, "open"))["on_hold"] is False


async def test_a_held_letter_is_recalled_when_its_item_is_lifted(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised, events.follow(raised, HELD, **PROMISE))
    await notifier.rests()
    await events.publish(events.follow(raised, LIFTED, open="0.00", why="paid"))
    letter = await notifier.letter(account, "recalled")
    task = await notifier.task(account, "closed")
    assert (letter["reason"], letter["held_by"]) == ("paid", None)
    assert (task["on_hold"], task["outcome"]) == (False, "lifted")


async def test_a_letter_sent_again_by_hand_while_its_item_is_held_waits_for_the_end_of_the_hold(
    notifier: Any, events: Any, mail: Any, until: Any
) -> None:
    account = events.account()
    address = f"drop-{account[10:]}@aster.example"
    raised = events.raised(account, recipient=Recipient(email=address))
    await events.publish(raised)
    letter = await notifier.letter(account, "unknown")
    await events.publish(events.follow(raised, HELD, **PROMISE))
    await notifier.rests()

    async def is_on_hold() -> bool:
        return (await notifier.letter(account, "planned"))["held_by"] == "promise P-17"

    mail.drops = False
    try:
        path = f"/v1/letters/{letter['letter_id']}/resolve"
        await notifier.api.post(path, json={"outcome": "resend"})
        await until(is_on_hold)
        assert mail.to(address) == []
        await events.publish(events.follow(raised, RESUMED))
        await notifier.letter(account, "sent")
    finally:
        mail.drops = True
    assert len(mail.to(address)) == 1


async def test_a_letter_asks_for_what_is_not_in_dispute_and_for_the_interest_of_its_day(
    notifier: Any, events: Any, mail: Any, monitor: Any
) -> None:
    account = events.account()
    owed = Interest(accrued="3.00", open="2.50", currency="CNY", why=["10 % for 3 days"])
    told = events.raised(account, "INV-TOLD", disputed="1000.00", interest=owed)
    asked = events.raised(account, "INV-ASKED")
    monitor.more[str(asked.escalation_id)] = {"disputed": "250.00"}
    monitor.more[str(told.escalation_id)] = {"disputed": "1000.00"}
    for one, open_text in ((asked, "1.75"), (told, "2.90")):
        fresh = {"accrued": "3.00", "open": open_text, "currency": "CNY", "why": ["fresh"]}
        monitor.interest[str(one.escalation_id)] = fresh
    await events.publish(told, asked)
    await notifier.letter(account, "sent")
    (message,) = mail.to(told.recipient.email)
    plain = message.get_body(("plain",)).get_content().replace("\u00a0", " ")
    [day] = re.findall(r"^Date: (.+?)\r?$", plain, re.MULTILINE)
    assert [line.strip() for line in plain.splitlines() if "CNY" in line] == [
        "Open amount: CNY 1,000.00",
        "In dispute, not included: CNY 250.00",
        f"Interest on late payment to {day}: CNY 1.75",
        "Open amount: CNY 250.00",
        "In dispute, not included: CNY 1,000.00",
        f"Interest on late payment to {day}: CNY 2.90",
        "Total: CNY 1,254.65",
    ]
    figures = (await notifier.task(account, "open"))["figures"]
    (shown,) = (item for item in figures if item["item_id"] == "INV-TOLD/1")
    assert (shown["disputed"], shown["interest"]["open"]) == ("1000.00", "2.50")


async def test_a_dispute_of_all_that_is_open_keeps_a_letter_until_it_is_settled(
    notifier: Any, events: Any, mail: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    await events.publish(raised, events.follow(raised, UPDATED, disputed="1250.00"))
    await notifier.rests()
    waiting = await notifier.letter(account, "planned")
    await events.publish(events.follow(raised, UPDATED, disputed="0.00"))
    await notifier.letter(account, "sent")
    assert waiting["reason"] == "on hold by dispute of all that is open"
    assert len(mail.to(raised.recipient.email)) == 1
