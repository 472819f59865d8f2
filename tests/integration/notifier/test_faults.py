"""Letters when the notifier, the mail server or a rival gets in the way."""

from typing import Any

from deploy.local.mailbox.receive import listen
from shared.contracts.escalation import Recipient

ACCOUNTS = 40


async def test_a_notifier_killed_while_a_letter_leaves_makes_it_unknown_and_sends_it_no_more(
    environment: Any, process: Any, running: Any, events: Any, mail: Any, database: Any, until: Any
) -> None:
    account = events.account()
    address = f"hold-{account[10:]}@aster.example"
    async with process(environment()) as killed:
        await events.publish(events.raised(account, recipient=Recipient(email=address)))

        async def is_sending() -> bool:
            query = "SELECT count(*) FROM notifier.letters WHERE status = 'sending'"
            return address in mail.named and bool(await database.fetchval(query))

        await until(is_sending)
        killed.kill()
        await killed.wait()
    mail.released.set()
    async with running(environment()) as notifier:
        letter = await notifier.letter(account, "unknown")
        await notifier.sweep()
    assert letter["reason"] == "the notifier ended while the letter was being sent"
    assert address not in mail.transmitted


async def test_a_crash_leaves_no_more_letters_unknown_than_there_are_connections(
    environment: Any, process: Any, running: Any, events: Any, mail: Any, until: Any
) -> None:
    mail.released.clear()
    accounts = [events.account() for _ in range(12)]
    addresses = [f"hold-{account[10:]}@aster.example" for account in accounts]

    async def are_named() -> bool:
        return len(set(addresses) & set(mail.named)) == 2

    async with process(environment(ARREARS_SMTP_CONNECTIONS="2")) as killed:
        await events.publish(
            *(
                events.raised(account, recipient=Recipient(email=address))
                for account, address in zip(accounts, addresses, strict=True)
            )
        )
        await until(are_named)
        killed.kill()
        await killed.wait()
    mail.released.set()
    async with running(environment()) as notifier:
        await notifier.rests()
        rows = [row for name in accounts for row in await notifier.rows("letters", name)]
    assert sorted(row["status"] for row in rows) == ["sent"] * 10 + ["unknown"] * 2
    assert len([name for name in mail.transmitted if name in addresses]) == 10


async def test_a_letter_that_the_mail_server_takes_its_time_over_keeps_only_its_account_waiting(
    environment: Any, running: Any, events: Any, mail: Any, until: Any
) -> None:
    mail.released.clear()
    account = events.account()
    slow = f"hold-{account[10:]}@aster.example"
    first, second = (
        events.raised(account, level=level, recipient=Recipient(email=slow))
        for level in ("dunning", "legal")
    )
    others = [events.raised(events.account()) for _ in range(5)]

    async def is_named() -> bool:
        return slow in mail.named

    async with running(environment(ARREARS_SMTP_CONNECTIONS="2")) as notifier:
        await events.publish(first, second)
        await until(is_named)
        await events.publish(*others)
        for other in others:
            await notifier.letter(other.account_id, "sent")
        assert slow not in mail.transmitted
        assert [row["status"] for row in await notifier.rows("letters", account)] == [
            "sending",
            "planned",
        ]
        mail.released.set()
        await notifier.rests()
    assert mail.transmitted.count(slow) == 2


async def test_a_letter_waits_for_a_mail_server_that_is_away(
    environment: Any, running: Any, events: Any, mail: Any, free_port: Any
) -> None:
    account = events.account()
    raised = events.raised(account)
    port = free_port()
    changes = {"ARREARS_SMTP_URL": f"smtp://127.0.0.1:{port}"}
    async with running(environment(**changes)) as notifier:
        await events.publish(raised)
        await notifier.is_not_ready("sender")
        (waiting,) = await notifier.rows("letters", account)
        server = await listen(mail, port)
        try:
            await notifier.letter(account, "sent")
        finally:
            server.close()
    assert waiting["status"] == "planned"
    assert "does not answer" in waiting["reason"]
    assert len(mail.to(raised.recipient.email)) == 1


async def test_two_notifiers_share_the_letters_and_send_each_once(
    environment: Any, running: Any, events: Any, mail: Any
) -> None:
    raised = [events.raised(events.account()) for _ in range(ACCOUNTS)]
    async with (
        running(environment(ARREARS_INSTANCE="a")) as first,
        running(environment(ARREARS_INSTANCE="b")) as second,
    ):
        await events.publish(*raised)
        await first.rests()
        await second.rests()
    assert [len(mail.to(event.recipient.email)) for event in raised] == [1] * ACCOUNTS


async def test_letters_beyond_the_days_limit_wait_for_the_next_day(
    environment: Any, running: Any, events: Any
) -> None:
    account = events.account()
    async with running(environment(ARREARS_LETTERS_PER_CUSTOMER_PER_DAY="2")) as notifier:
        await events.publish(*(events.raised(account, level=f"level_{n}") for n in range(3)))
        await notifier.rests()
        today = [row["status"] for row in await notifier.rows("letters", account)]
        moved = await notifier.api.put("/v1/clock", json={"now": "2026-02-16T00:30:00+08:00"})
        tomorrow = await notifier.rows("letters", account)
    assert today == ["sent", "sent", "planned"]
    assert moved.status_code == 200
    assert [row["status"] for row in tomorrow] == ["sent", "sent", "sent"]
    assert tomorrow[2]["sent_at"].startswith("2026-02-15T16:30")


async def test_a_clock_move_says_when_letters_could_not_be_looked_at(
    notifier: Any, events: Any, monitor: Any
) -> None:
    account = events.account()
    now = (await notifier.get("/v1/clock"))["now"]
    monitor.away = True
    try:
        await events.publish(events.raised(account))
        await notifier.reads_all()
        answer = await notifier.api.put("/v1/clock", json={"now": now})
    finally:
        monitor.away = False
    assert (answer.status_code, answer.json()["code"]) == (503, "transient")
    assert "the monitor answered 503" in answer.json()["detail"]
    await notifier.letter(account, "sent")
