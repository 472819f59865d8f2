"""From an invoice event to letters, cases and claims, and back when the money comes."""

from datetime import timedelta
from typing import Any

DUE = 10
AMOUNT = "1250.00"


def days(number: int) -> timedelta:
    return timedelta(days=number)


async def test_an_unpaid_invoice_becomes_a_letter_a_legal_case_and_a_claim(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(DUE)
    await world.publish(debtor.known(), debtor.covered(today), debtor.billed(AMOUNT, today, due))

    await world.go_to(due + days(14))
    assert await world.levels(debtor.invoice_id) == []
    assert await world.letters(debtor.customer_id) == []

    await world.go_to(due + days(15))
    assert await world.said_of(debtor.invoice_id) == [("dunning", 15)]
    (letter,) = await world.letters(debtor.customer_id)
    assert (letter["status"], letter["item_ids"]) == ("sent", [f"{debtor.invoice_id}/1"])
    (mail,) = await world.mails(letter["message_id"])
    assert mail["recipients"] == [f"ap{debtor.number}@example.com"]
    for part in (mail["text"], mail["html"]):
        assert debtor.invoice_id in part
        assert "1,250.00" in part

    await world.go_to(due + days(30))
    assert await world.said_of(debtor.invoice_id) == [("dunning", 15), ("legal", 30)]
    assert ("legal", "open") in await world.tasks(debtor.customer_id)

    await world.go_to(due + days(60))
    assert (await world.said_of(debtor.invoice_id))[2:] == [("insurance_claim", 60)]
    assert ("insurance_claim", "open") in await world.tasks(debtor.customer_id)
    tasks = await world.client.all_rows(
        "notifier",
        "/v1/tasks",
        {"account_id": f"default:{debtor.customer_id}", "kind": "insurance_claim"},
    )
    claim = tasks[0]["figures"][0]["claim"]
    assert (claim["amount"], claim["currency"]) == ("1125.00", "CNY")

    await world.go_to(due + days(70))
    assert len(await world.levels(debtor.invoice_id)) == 3
    assert len(await world.letters(debtor.customer_id)) == 1
    assert len(await world.mails(letter["message_id"])) == 1


async def test_a_chinese_customer_is_written_to_in_chinese(world: Any, debtor: Any) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known("zh-CN"), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(15))
    (letter,) = await world.letters(debtor.customer_id)
    (mail,) = await world.mails(letter["message_id"])
    assert any("\u4e00" <= character <= "\u9fff" for character in mail["subject"])
    assert any("\u4e00" <= character <= "\u9fff" for character in mail["text"])


async def test_an_invoice_paid_before_the_fifteenth_day_is_never_dunned(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known(), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(14))
    await world.publish(debtor.pays(AMOUNT, due + days(14)))
    await world.go_to(due + days(15))
    await world.go_to(due + days(35))
    assert await world.levels(debtor.invoice_id) == []
    assert await world.letters(debtor.customer_id) == []
    assert await world.tasks(debtor.customer_id) == []


async def test_an_invoice_paid_on_day_twenty_never_gets_to_legal_and_its_task_closes(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known(), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(15))
    await world.go_to(due + days(20))
    assert await world.tasks(debtor.customer_id) == [("dunning", "open")]
    await world.publish(debtor.pays(AMOUNT, due + days(20)))
    assert await world.tasks(debtor.customer_id) == [("dunning", "closed")]
    assert await world.levels(debtor.invoice_id, "lifted") == ["dunning"]
    await world.go_to(due + days(32))
    assert await world.levels(debtor.invoice_id) == ["dunning"]
    (item,) = await world.items(debtor.invoice_id)
    assert (item["open"], item["status"]) == ("0.00", "cleared")


async def test_a_payment_that_bounces_on_day_forty_brings_the_invoice_back_at_its_level(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known(), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(10))
    await world.publish(debtor.pays(AMOUNT, due + days(10)))
    await world.go_to(due + days(40))
    assert await world.levels(debtor.invoice_id) == []
    await world.publish(debtor.bounces(due + days(40)))
    # Forty days overdue: legal is raised at once, and dunning is named as passed over.
    assert await world.said_of(debtor.invoice_id) == [("legal", 40)]
    (raised,) = await world.client.all_rows(
        "monitor", "/v1/escalations", {"invoice_id": debtor.invoice_id}
    )
    assert raised["skipped"] == ["dunning"]
    assert await world.tasks(debtor.customer_id) == [("legal", "open")]
    (item,) = await world.items(debtor.invoice_id)
    assert (item["open"], item["level"]) == (AMOUNT, "legal")


async def test_a_bounce_after_dunning_begins_a_second_cycle(world: Any, debtor: Any) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known(), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(15))
    await world.publish(debtor.pays(AMOUNT, due + days(15)))
    assert await world.levels(debtor.invoice_id, "lifted") == ["dunning"]
    await world.go_to(due + days(18))
    await world.publish(debtor.bounces(due + days(18)))
    assert await world.said_of(debtor.invoice_id) == [("dunning", 15), ("dunning", 18)]
    assert [letter["status"] for letter in await world.letters(debtor.customer_id)] == ["sent"] * 2


async def test_each_instalment_has_its_own_age(world: Any, debtor: Any) -> None:
    today = await world.today()
    first, second = today + days(1), today + days(13)
    schedule = [
        {"due_on": first.isoformat(), "amount": "600.00"},
        {"due_on": second.isoformat(), "amount": "650.00"},
    ]
    bill = debtor.billed(AMOUNT, today, first)
    bill["data"] |= {"schedule": schedule}
    del bill["data"]["due_on"]
    await world.publish(debtor.known(), bill)
    await world.go_to(first + days(15))
    raised = await world.client.all_rows(
        "monitor", "/v1/escalations", {"invoice_id": debtor.invoice_id}
    )
    assert [(row["item_id"], row["open"]) for row in raised] == [
        (f"{debtor.invoice_id}/1", "600.00")
    ]
    await world.publish(debtor.pays("600.00", first + days(15)))
    await world.go_to(second + days(15))
    raised = await world.client.all_rows(
        "monitor",
        "/v1/escalations",
        {"invoice_id": debtor.invoice_id, "type": "escalation.raised.v1"},
    )
    assert [row["item_id"] for row in raised] == [
        f"{debtor.invoice_id}/1",
        f"{debtor.invoice_id}/2",
    ]
    assert [item["open"] for item in await world.items(debtor.invoice_id)] == ["0.00", "650.00"]


async def test_a_part_payment_changes_the_figures_and_lifts_nothing(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(1)
    await world.publish(debtor.known(), debtor.billed(AMOUNT, today, due))
    await world.go_to(due + days(15))
    await world.publish(debtor.pays("250.00", due + days(15)))
    assert await world.levels(debtor.invoice_id, "updated") == ["dunning"]
    assert await world.levels(debtor.invoice_id, "lifted") == []
    tasks = await world.client.all_rows(
        "notifier", "/v1/tasks", {"account_id": f"default:{debtor.customer_id}"}
    )
    assert [task["figures"][0]["open"] for task in tasks] == ["1000.00"]


async def test_events_that_come_twice_and_out_of_order_change_nothing_more(
    world: Any, debtor: Any
) -> None:
    today = await world.today()
    due = today + days(1)
    bill, payment = debtor.billed(AMOUNT, today, due), debtor.pays("1000.00", today)
    await world.publish(payment)
    await world.publish(bill, payment, bill)
    await world.publish(payment, bill)
    (item,) = await world.items(debtor.invoice_id)
    assert (item["amount"], item["cleared"], item["open"]) == (AMOUNT, "1000.00", "250.00")
    (account,) = await world.client.all_rows(
        "monitor", "/v1/accounts", {"account_id": f"default:{debtor.customer_id}"}
    )
    (sums,) = account["currencies"]
    assert (sums["invoiced"], sums["open"], sums["unapplied"]) == (AMOUNT, "250.00", "0.00")
