"""Tasks, from an escalation on Kafka to a person's outcome."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from shared.contracts.escalation import LIFTED, UPDATED, Claim


async def test_a_legal_hand_over_is_a_task_with_figures_and_history(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    dunning = events.raised(account)
    await events.publish(dunning)
    letter = await notifier.letter(account, "sent")
    legal = events.raised(
        account, level="legal", action="legal_handoff", days_overdue=30, skipped=["final"]
    )
    await events.publish(legal)
    await notifier.rests()
    (task,) = (await notifier.get("/v1/tasks", account_id=account, kind="legal"))["rows"]
    (figures,) = task["figures"]
    assert (task["due_on"], figures["open"], figures["days_overdue"]) == (
        "2026-03-01",
        "1250.00",
        30,
    )
    assert figures["skipped"] == ["final"]
    (before,) = figures["history"]
    assert (before["level"], before["letter_sent_at"][:10]) == ("dunning", letter["sent_at"][:10])


async def test_a_claim_is_a_task_with_its_amount_and_arithmetic(notifier: Any, events: Any) -> None:
    account = events.account()
    claim = Claim(
        why=["1250.00 x 90 %", "= 1125.00"],
        policy_no="P-7",
        insurer="Harbour",
        amount="1125.00",
        currency="CNY",
        insured="1250.00",
        changed_on=date(2026, 4, 5),
        was="2250.00",
        notify_by=date(2026, 2, 20),
        eligible_on=date(2026, 7, 30),
        mep_on=date(2026, 4, 1),
    )
    await events.publish(
        events.raised(account, level="insurance_claim", action="insurance_claim", claim=claim)
    )
    task = await notifier.task(account, "open")
    assert (task["kind"], task["due_on"]) == ("insurance_claim", "2026-02-20")
    assert task["manual_review"] is False
    assert task["figures"][0]["claim"] == {
        "policy_no": "P-7",
        "insurer": "Harbour",
        "amount": "1125.00",
        "currency": "CNY",
        "insured": "1250.00",
        "changed_on": "2026-04-05",
        "was": "2250.00",
        "manual_review": False,
        "notify_by": "2026-02-20",
        "eligible_on": "2026-07-30",
        "mep_on": "2026-04-01",
        "discretionary": False,
        "why": ["1250.00 x 90 %", "= 1125.00"],
    }
    assert await notifier.rows("letters", account) == []


async def test_an_overdue_notice_is_a_task_due_on_the_last_day_of_the_first_of_its_items(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    told = Claim(why=["x 90 %"], policy_no="P-7", insured="900.00", currency="CNY")
    words = [
        events.raised(
            account,
            invoice_id=name,
            level="overdue_notice",
            action="insurance_notice",
            claim=replace(told, notify_by=notify_by),
        )
        for name, notify_by in (("N-1", date(2026, 3, 1)), ("N-2", date(2026, 2, 17)))
    ]
    await events.publish(*words)
    await notifier.rests()
    task = await notifier.task(account, "open")
    assert (task["kind"], task["due_on"]) == ("insurance_notice", "2026-02-17")
    assert [one["claim"]["insured"] for one in task["figures"]] == ["900.00"] * 2
    assert sorted(one["claim"]["notify_by"] for one in task["figures"]) == [
        "2026-02-17",
        "2026-03-01",
    ]
    assert await notifier.rows("letters", account) == []


async def test_a_claim_that_is_told_anew_after_its_task_is_done_has_another(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    first = Claim(why=["x 90 %"], policy_no="P-7", amount="900.00", currency="CNY")
    raise_ = events.raised(account, level="claim", action="insurance_claim", claim=first)
    await events.publish(raise_)
    done = await notifier.task(account, "open")
    path = f"/v1/tasks/{done['task_id']}/complete"
    await notifier.api.post(path, json={"outcome": "claimed"})
    anew = replace(first, amount="540.00", was="900.00", changed_on=date(2026, 4, 5))
    await events.publish(events.follow(raise_, UPDATED, claim=anew, said_on=date(2026, 4, 5)))
    await notifier.rests()
    task = await notifier.task(account, "open")
    assert task["task_id"] != done["task_id"]
    [figures] = task["figures"]
    assert (figures["claim"]["amount"], figures["claim"]["was"]) == ("540.00", "900.00")


async def test_a_claim_without_figures_is_for_manual_review(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish(events.raised(account, action="insurance_claim"))
    task = await notifier.task(account, "open")
    assert (task["manual_review"], task["figures"][0]["claim"]["manual_review"]) == (True, True)


async def test_a_claim_that_needs_a_person_says_why(notifier: Any, events: Any) -> None:
    account = events.account()
    claim = Claim(why=["the cover TC-100 ended on 2025-12-31"], manual_review=True)
    await events.publish(events.raised(account, action="insurance_claim", claim=claim))
    task = await notifier.task(account, "open")
    assert task["manual_review"] is True
    assert task["figures"][0]["claim"]["why"] == ["the cover TC-100 ended on 2025-12-31"]


async def test_an_action_to_do_nothing_makes_no_work(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish(events.raised(account, action="do_nothing"))
    await notifier.rests()
    assert await notifier.rows("letters", account) == []
    assert await notifier.rows("tasks", account) == []


async def test_an_action_of_a_policys_own_opens_a_task_of_its_name(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    await events.publish(events.raised(account, action="phone_call"))
    assert (await notifier.task(account, "open"))["kind"] == "phone_call"


async def test_figures_follow_the_open_amount(notifier: Any, events: Any) -> None:
    account = events.account()
    raised = events.raised(account, action="legal_handoff")
    await events.publish(
        raised, events.follow(raised, UPDATED, open="50.00", days_overdue=17, why="part paid")
    )
    await notifier.rests()
    figures = (await notifier.task(account, "open"))["figures"][0]
    assert (figures["open"], figures["days_overdue"]) == ("50.00", 17)


async def test_an_old_update_told_again_does_not_turn_the_figures_back(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    raised = events.raised(account, action="legal_handoff")
    old, new = (events.follow(raised, UPDATED, open=amount) for amount in ("80.00", "50.00"))
    await events.publish(raised, old, new)
    await notifier.rests()
    await events.publish(old)
    await notifier.rests()
    assert (await notifier.task(account, "open"))["figures"][0]["open"] == "50.00"


async def test_a_taken_task_takes_no_further_items(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish(events.raised(account, "INV-1", action="legal_handoff"))
    first = await notifier.task(account, "open")
    await notifier.api.post(f"/v1/tasks/{first['task_id']}/take", json={"assignee": "mei"})
    await events.publish(events.raised(account, "INV-2", action="legal_handoff"))
    second = await notifier.task(account, "open")
    assert (second["item_ids"], second["task_id"] != first["task_id"]) == (["INV-2/1"], True)


async def test_a_task_closes_when_its_last_item_is_lifted_and_not_before(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    first, second = (events.raised(account, name, action="legal_handoff") for name in "AB")
    await events.publish(first, second)
    task = await notifier.task(account, "open")
    await notifier.api.post(f"/v1/tasks/{task['task_id']}/take", json={"assignee": "mei"})
    await events.publish(events.follow(first, LIFTED, open="0.00", why="paid"))
    await notifier.rests()
    half = await notifier.get(f"/v1/tasks/{task['task_id']}")
    await events.publish(events.follow(second, LIFTED, open="0.00", why="cancelled"))
    closed = await notifier.task(account, "closed")
    assert half["status"] == "taken"
    assert [item["standing"] for item in half["figures"]] == [False, True]
    assert (closed["outcome"], closed["note"], closed["assignee"]) == ("lifted", "cancelled", "mei")


async def test_a_completed_task_stays_completed_when_its_item_is_lifted(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    raised = events.raised(account, action="legal_handoff")
    await events.publish(raised)
    task = await notifier.task(account, "open")
    path = f"/v1/tasks/{task['task_id']}"
    done = {"outcome": "handed over", "note": "file 12"}
    await notifier.api.post(f"{path}/complete", json=done)
    await events.publish(events.follow(raised, LIFTED, open="0.00", why="paid"))
    await notifier.rests()
    kept = await notifier.get(path)
    assert (kept["status"], kept["outcome"], kept["note"]) == (
        "completed",
        "handed over",
        "file 12",
    )


async def test_a_task_in_other_hands_cannot_be_taken_and_a_done_one_not_completed(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    await events.publish(events.raised(account, action="legal_handoff"))
    path = f"/v1/tasks/{(await notifier.task(account, 'open'))['task_id']}"
    codes = [
        (await notifier.api.post(f"{path}/{what}", json=body)).json().get("code", "ok")
        for what, body in (
            ("take", {"assignee": "mei"}),
            ("take", {"assignee": "mei"}),
            ("take", {"assignee": "jun"}),
            ("complete", {"outcome": "paid"}),
            ("complete", {"outcome": "paid"}),
            ("complete", {"outcome": "other"}),
            ("take", {"assignee": "mei"}),
        )
    ]
    assert codes == ["ok", "ok", "task_taken", "ok", "ok", "task_done", "task_done"]


NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"/v1/tasks/{NOBODY}", None, 404, "not_found"),
        ("GET", f"/v1/letters/{NOBODY}", None, 404, "not_found"),
        ("GET", "/v1/tasks/7", None, 422, "invalid_request"),
        ("GET", "/v1/tasks?status=lost", None, 422, "invalid_request"),
        ("GET", "/v1/tasks?cursor=nonsense", None, 422, "bad_cursor"),
        ("POST", f"/v1/tasks/{NOBODY}/take", {"assignee": "mei"}, 404, "not_found"),
        ("POST", f"/v1/tasks/{NOBODY}/take", {"assignee": "  "}, 422, "invalid_request"),
        ("POST", f"/v1/tasks/{NOBODY}/complete", {}, 422, "invalid_request"),
        ("POST", f"/v1/letters/{NOBODY}/resolve", {"outcome": "sent"}, 404, "not_found"),
        ("POST", f"/v1/letters/{NOBODY}/resolve", {"outcome": "x"}, 422, "invalid_request"),
    ],
)
async def test_what_cannot_be_answered_is_a_problem_with_a_code(
    notifier: Any, method: str, path: str, body: Any, status: int, code: str
) -> None:
    answer = await notifier.api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_lists_come_in_pages_that_together_hold_every_row_once(
    notifier: Any, events: Any
) -> None:
    account = events.account()
    # Different days, so that no task takes another's item.
    await events.publish(
        *(
            events.raised(account, f"INV-{n}", action=f"visit_{n}", level=f"level {n}")
            for n in range(5)
        )
    )
    await notifier.rests()
    kinds, cursor = [], ""
    while True:
        params = {"account_id": account, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = await notifier.get("/v1/tasks", **params)
        kinds += [row["kind"] for row in page["rows"]]
        cursor = page["next"]
        if not cursor:
            break
    assert kinds == [f"visit_{n}" for n in range(5)]


async def test_work_is_counted(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish(events.raised(account, action="audit"), events.raised(account, "INV-2"))
    await notifier.letter(account, "sent")
    work = await notifier.get("/v1/work")
    assert {"kind": "audit", "status": "open", "n": 1} in work["tasks"]
    assert work["letters"]["sent"] >= 1


async def test_metrics_show_events_and_batches(notifier: Any, events: Any) -> None:
    account = events.account()
    await events.publish(events.raised(account))
    await notifier.letter(account, "sent")
    text = (await notifier.api.get("/metrics")).text
    assert 'arrears_notifier_events_total{type="escalation.raised.v1"}' in text
    assert "arrears_notifier_batch_seconds_count" in text
    assert "arrears_notifier_oldest_unprocessed_seconds 0.0" in text
