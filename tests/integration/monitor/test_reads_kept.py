"""A day that is past now is told as it was told when it was today."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.integration.monitor.events import (
    blocked,
    disputed,
    enforced,
    known,
    promised,
    said,
    unblocked,
)
from tests.integration.monitor.past import PATHS, without_timers
from tests.integration.monitor.shelf import Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment


@pytest.fixture(scope="module")
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.fold(known("ANYBODY"), on="2026-02-10")
        yield shelf


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_said_ahead_counts_in_the_past_as_it_did_in_the_present(
    shelf: Shelf, path: str
) -> None:
    """As of today is today; and so is that day, asked for later."""
    customer = f"AHEAD-{path}"
    account_id, invoice_id = f"default:{customer}", f"A-{path}"
    asked = {"account_id": account_id}
    first = shelf.now.date() + timedelta(days=2)
    ahead = str(first + timedelta(days=5))
    await shelf.fold(
        known(customer),
        invoice(customer, invoice_id, "90.00", "2026-01-10", interest={"annual_percent": "10"}),
        payment(
            customer,
            f"AP-{path}",
            "40.00",
            received_on=ahead,
            allocations=[{"invoice_id": invoice_id, "amount": "40.00"}],
        ),
        disputed(customer, invoice_id, disputed_on=ahead, amount="10.00"),
        promised(customer, ahead, made_on="2026-01-15", promise_id=f"AW-{path}"),
        blocked(customer, blocked_on=ahead),
        unblocked(customer, unblocked_on=str(first + timedelta(days=9))),
        enforced(customer, on=False, set_on=str(first)),
        enforced(customer, on=True, set_on=ahead),
        on=str(first),
    )
    stored = await shelf.rows(path, **asked)
    assert stored
    assert without_timers(await shelf.rows(path, as_of=str(first), **asked)) == without_timers(
        stored
    )
    await shelf.fold(payment(customer, f"AQ-{path}", "50.00", received_on="2026-01-20"), on=ahead)
    assert await shelf.rows(path, **asked) != stored
    known_by = f"{first}T23:59:59+08:00"
    then = await shelf.rows(path, as_of=str(first), known_by=known_by, **asked)
    assert without_timers(then) == without_timers(stored)


async def test_money_counts_towards_promises_by_the_journal_as_it_does_by_the_rows(
    shelf: Shelf,
) -> None:
    """Met, credited, taken back, paid for interest, and paid beyond what is open."""
    asked = {"account_id": "default:MONEY"}
    named = [{"invoice_id": "B-1", "amount": "30.00"}]
    for_interest = [{"invoice_id": "B-1", "amount": "1.00", "claim": "interest"}]
    await shelf.fold(
        known("MONEY"),
        invoice("MONEY", "B-1", "90.00", "2026-02-12", interest={"annual_percent": "10"}),
        invoice("MONEY", "B-2", "50.00", "2026-02-14"),
        promised("MONEY", "2026-03-20", made_on="2026-02-13", promise_id="W-ALL", amount="61.00"),
        promised(
            "MONEY", "2026-03-21", made_on="2026-02-13", promise_id="W-ONE", invoice_ids=["B-1"]
        ),
        payment("MONEY", "BP-1", "30.00", received_on="2026-02-15", allocations=named),
        payment("MONEY", "BP-2", "1.00", received_on="2026-02-16", allocations=for_interest),
        payment("MONEY", "BP-3", "130.00", received_on="2026-02-17"),
        said(
            "payment.reversed",
            "MONEY",
            payment_id="BP-1",
            reversal_id="R-1",
            amount="10.00",
            reversed_on="2026-02-18",
            reason="mistake",
        ),
    )
    stored = await shelf.rows("promises", **asked)
    assert [(one["promise_id"], one["paid"]) for one in stored] == [
        ("W-ALL", "61.00"),
        ("W-ONE", "90.00"),
    ]
    today = str(shelf.now.date() + timedelta(days=1))
    assert await shelf.rows("promises", as_of=today, **asked) == stored


async def test_a_past_day_known_then_is_what_was_stored_on_it(shelf: Shelf) -> None:
    await shelf.fold(
        known("LATER"),
        invoice("LATER", "L-1", "70.00", "2026-02-12"),
        payment("LATER", "LP-1", "20.00", received_on="2026-02-11"),
        on="2026-02-11",
    )
    stored = await shelf.rows("accounts", account_id="default:LATER")
    await shelf.fold(
        payment("LATER", "LP-2", "50.00", received_on="2026-02-01"),
        said("invoice.cancelled", "LATER", invoice_id="L-1", cancelled_on="2026-02-10"),
        on="2026-02-20",
    )
    then = await shelf.rows(
        "accounts",
        account_id="default:LATER",
        as_of="2026-02-11",
        known_by="2026-02-11T23:59:59+08:00",
    )
    assert then == stored
    assert await shelf.rows("accounts", account_id="default:LATER") != stored


async def test_promises_stay_kept_where_their_money_is_moved_elsewhere(shelf: Shelf) -> None:
    customer = "MOVED"
    made = {"made_on": "2026-02-10", "promised_on": "2026-02-20"}
    of_one = {"amount": "100.00", "currency": "CNY", "invoice_ids": ["MV-1"]}
    await shelf.fold(
        known(customer),
        invoice(customer, "MV-1", "100.00", "2026-01-31"),
        said("promise.made", customer, promise_id="ONE", **made, **of_one),
        said("promise.made", customer, promise_id="TWO", **made, invoice_ids=["MV-1"]),
        said("promise.made", customer, promise_id="ALL", **made),
        on="2026-02-10",
    )
    await shelf.fold(payment(customer, "MP", "100.00", received_on="2026-02-11"), on="2026-02-11")
    to_other = [{"invoice_id": "MV-2", "amount": "100.00"}]
    moved = {"payment_id": "MP", "allocated_on": "2026-03-02", "allocations": to_other}
    await shelf.fold(
        invoice(customer, "MV-2", "100.00", "2026-06-30"),
        said("payment.allocated", customer, **moved),
        on="2026-03-02",
    )
    await shelf.sweep("2026-03-03")
    asked = {"account_id": f"default:{customer}"}
    for then in ({}, {"as_of": "2026-03-03"}):
        found = await shelf.rows("promises", **asked, **then)
        assert {one["promise_id"]: one["status"] for one in found} == dict.fromkeys(
            ("ONE", "TWO", "ALL"), "kept"
        )
        assert [one["paid"] for one in found if one["promise_id"] == "ONE"] == ["100.00"]
    back = {"reversal_id": "MR", "payment_id": "MP", "reason": "refund", "amount": "40.00"}
    await shelf.fold(
        said("payment.reversed", customer, reversed_on="2026-03-04", **back), on="2026-03-04"
    )
    for then in ({}, {"as_of": "2026-03-04"}):
        found = await shelf.rows("promises", **asked, **then)
        told = {one["promise_id"]: (one["status"], one["paid"]) for one in found}
        assert told["ONE"] == ("partially_kept", "60.00"), then


async def test_one_refund_of_money_that_was_moved_breaks_one_promise(shelf: Shelf) -> None:
    customer, names = "SHARED", ("SH-1", "SH-2")
    made = {"made_on": "2026-02-10", "promised_on": "2026-02-20"}
    of_one = {"amount": "100.00", "currency": "CNY"}
    await shelf.fold(
        known(customer),
        *(invoice(customer, one, "100.00", "2026-01-31") for one in names),
        *(
            said("promise.made", customer, promise_id=one, **made, **of_one, invoice_ids=[one])
            for one in names
        ),
        payment(customer, "SP", "200.00", received_on="2026-02-11"),
        on="2026-03-05",
    )
    to_other = [{"invoice_id": "SH-3", "amount": "200.00"}]
    moved = {"payment_id": "SP", "allocated_on": "2026-03-05", "allocations": to_other}
    back = {"reversal_id": "SR", "payment_id": "SP", "reason": "refund", "amount": "100.00"}
    await shelf.fold(
        invoice(customer, "SH-3", "200.00", "2026-06-30"),
        said("payment.allocated", customer, **moved),
        said("payment.reversed", customer, reversed_on="2026-03-05", **back),
    )
    asked = {"account_id": f"default:{customer}"}
    for then in ({}, {"as_of": "2026-03-05"}):
        found = await shelf.rows("promises", **asked, **then)
        told = {one["promise_id"]: (one["status"], one["paid"]) for one in found}
        assert told == {"SH-1": ("kept", "100.00"), "SH-2": ("broken", "0.00")}, then


async def test_a_credit_told_ahead_counts_for_a_promise_since_it_was_told(shelf: Shelf) -> None:
    customer = "TOLD"
    made = {"made_on": "2026-01-02", "promised_on": "2026-01-04"}
    note = {"credit_note_id": "TN", "amount": "40.00", "currency": "CNY", "invoice_id": "T-1"}
    await shelf.fold(
        known(customer),
        invoice(customer, "T-1", "100.00", "2026-01-03"),
        said("promise.made", customer, promise_id="T", **made, invoice_ids=["T-1"]),
        payment(customer, "TP", "60.00", received_on="2026-01-03"),
        said("credit_note.issued", customer, issued_on="2026-01-06", **note),
        on="2026-03-05",
    )
    asked = {"account_id": f"default:{customer}"}
    for then in ({}, {"as_of": "2026-03-05"}):
        (found,) = await shelf.rows("promises", **asked, **then)
        assert found["status"] == "kept", then
