"""The present: anomalies, words on accounts, what still moves."""

from collections.abc import AsyncIterator
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from services.monitor.adapters.gauges import Gauges, items_left_to_retime
from services.monitor.adapters.reads.reads import Reads
from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from tests.integration.monitor.events import (
    blocked,
    covered,
    enforced,
    known,
    promised,
    said,
    written_off,
)
from tests.integration.monitor.shelf import PARTITION, Shelf, make_shelf
from tests.integration.monitor.world import invoice, payment

LATER: Final = DEFAULT_DOCUMENT.replace("after_days: 15", "after_days: 20")
OF_GRADE: Final = """\
policy: graded
applies_to: {grade: C}
levels:
  - {level: notice, after_days: 1, action: dunning_letter}
"""


@pytest.fixture
async def shelf(database_url: str) -> AsyncIterator[Shelf]:
    async with make_shelf(database_url) as shelf:
        await shelf.empty()
        yield shelf


async def test_anomalies_are_listed_by_what_they_are_about(shelf: Shelf) -> None:
    two = invoice("ODD", "O-1", "500.00", "2026-03-10")
    await shelf.fold(
        two,
        (two[0], {**two[1], "total": "600.00"}),
        payment("ODD", "OP-1", "10.00", allocations=[{"invoice_id": "NEVER", "amount": "10.00"}]),
        said(
            "payment.reversed",
            "ODD",
            reversal_id="R",
            payment_id="OP-9",
            reversed_on="2026-01-09",
            reason="bounced",
        ),
        said("dunning.unblocked", "ODD", block_id="B-9", unblocked_on="2026-01-09"),
        invoice("FINE", "F-1", "1.00", "2026-03-10"),
        on="2026-01-10",
    )
    rows = await shelf.rows("anomalies")
    assert {row["account_id"] for row in rows} == {"default:ODD"}
    assert sorted(row["subject"] for row in rows) == [
        "account",
        "invoice NEVER",
        "invoice O-1",
        "payment OP-9",
    ]
    pages = await shelf.pages("anomalies", limit=1)
    assert [row for page in pages for row in page] == rows
    assert await shelf.rows("anomalies", account_id="default:FINE") == []
    assert (await gauge(shelf, "anomalies", subject="invoices")) == 2
    await shelf.fold(invoice("ODD", "NEVER", "10.00", "2026-03-10"))
    assert "invoice NEVER" not in [row["subject"] for row in await shelf.rows("anomalies")]


async def test_one_number_at_two_customers_of_a_creditor_is_listed_at_both(shelf: Shelf) -> None:
    elsewhere = invoice("OTHERS", "N-1", "30.00", "2026-03-10")
    part = {"invoice_id": "N-2", "amount": "5.00"}
    await shelf.fold(
        invoice("FIRST", "N-1", "10.00", "2026-03-10"),
        invoice("SECOND", "N-1", "20.00", "2026-03-10"),
        invoice("FIRST", "N-2", "10.00", "2026-03-10"),
        (elsewhere[0], {**elsewhere[1], "creditor_id": "another"}),
        # Money that names another customer's invoice is no second invoice.
        payment("THIRD", "NP-1", "5.00", allocations=[part]),
        on="2026-01-10",
    )
    rows = await shelf.rows("anomalies")
    told = {row["account_id"]: row["sentence"] for row in rows if row["subject"] == "number N-1"}
    assert told == {
        f"default:{one}": f"invoice N-1 has come for {other} too: either number is wrong, "
        "or one of them was billed for the other"
        for one, other in (("FIRST", "SECOND"), ("SECOND", "FIRST"))
    }
    assert [row["subject"] for row in rows if "N-2" in row["subject"]] == ["invoice N-2"]
    assert (await gauge(shelf, "anomalies", subject="numbers")) == len(told)
    pages = await shelf.pages("anomalies", limit=1)
    assert [row for page in pages for row in page] == rows
    [row] = await shelf.rows("anomalies", account_id="default:FIRST")
    assert row["subject"] == "number N-1"


async def test_interest_paid_beyond_what_has_grown_is_listed_until_it_has_grown(
    shelf: Shelf,
) -> None:
    late = invoice("EAGER", "E-1", "3650.00", "2026-01-20")
    late = (late[0], {**late[1], "interest": {"annual_percent": "10"}})
    part = {"amount": "4.00", "claim": "interest"}
    await shelf.fold(
        late,
        payment("EAGER", "EP-1", "4.00", allocations=[{**part, "invoice_id": "E-1"}]),
        invoice("EAGER", "E-2", "10.00", "2026-03-10"),
        payment("EAGER", "EP-2", "4.00", allocations=[{**part, "invoice_id": "E-2"}]),
        on="2026-01-23",
    )
    beyond = [
        "payment EP-1 paid 4.00 CNY of interest on invoice E-1; 3.00 CNY has grown: 1.00 CNY is",
        "payment EP-2 paid 4.00 CNY of interest on invoice E-2; 0.00 CNY has grown: 4.00 CNY is",
    ]
    rows = await shelf.rows("anomalies")
    assert [row["sentence"].partition(" beyond it; ")[0] for row in rows] == beyond
    assert [row["subject"] for row in rows] == ["invoice E-1", "invoice E-2"]
    figures = [(row["accrued"], row["overpaid"]) for row in await shelf.rows("interest")]
    assert figures == [("3.00", "1.00"), ("0.00", "4.00")]
    assert (await gauge(shelf, "anomalies", subject="invoices")) == 0
    await shelf.sweep("2026-01-24")
    assert [row["subject"] for row in await shelf.rows("anomalies")] == ["invoice E-2"]


async def test_interest_waived_beyond_what_was_owed_is_listed(shelf: Shelf) -> None:
    waiver = {"waiver_id": "W", "waived_on": "2026-01-22", "amount": "4.00"}
    await shelf.fold(
        invoice("KIND", "K-1", "10.00", "2026-01-20"),
        said("interest.waived", "KIND", invoice_id="K-1", **waiver),
        on="2026-01-23",
    )
    [row] = await shelf.rows("anomalies")
    assert row["subject"] == "invoice K-1"
    assert row["sentence"].startswith("waiver W of 4.00 CNY on 2026-01-22: 0.00 CNY of interest")


async def test_interest_that_grew_before_each_agreement_on_more_time_is_kept_by_the_store(
    shelf: Shelf,
) -> None:
    late = invoice("LATE", "L-1", "3650.00", "2026-01-10")
    await shelf.fold((late[0], {**late[1], "interest": {"annual_percent": "10"}}), on="2026-01-05")
    for agreed_on, due_on in (("2026-01-13", "2026-01-20"), ("2026-01-24", "2026-03-31")):
        more = {"approved_by": "A. Lead", "agreed_on": agreed_on, "due_on": due_on}
        await shelf.fold(
            said("invoice.terms_extended", "LATE", invoice_id="L-1", **more), on=agreed_on
        )
    for then in ({}, {"as_of": "2026-01-25"}):
        [row] = await shelf.rows("interest", invoice_id="L-1", **then)
        assert row["accrued"] == "5.00"


async def test_lists_and_gauges_show_the_highest_level_not_the_last_one_raised(
    shelf: Shelf,
) -> None:
    insolvent = said("customer.insolvent", "H", filed_on="2026-01-12")
    due = invoice("H", "H-1", "500.00", "2026-01-10"), invoice("H", "H-2", "70.00", "2026-03-10")
    await shelf.fold(*due, insolvent, on="2026-01-12")
    await shelf.sweep("2026-01-26")
    names = [(row["invoice_id"], row["level"]) for row in await shelf.rows("escalations")]
    assert [level for name, level in names if name == "H-1"] == ["insurance_claim", "dunning"]
    for path in ("items", "invoices", "accounts"):
        row = (await shelf.rows(path, account_id="default:H"))[0]
        assert (path, row["level"]) == (path, "insurance_claim")
    assert await shelf.rows("items", level="dunning") == []
    labels = {"level": "insurance_claim", "currency": "CNY"}
    assert await gauge(shelf, "level_items", **labels) == 2.0
    past = await shelf.rows("items", account_id="default:H", as_of="2026-01-26")
    assert [row["level"] for row in past] == ["insurance_claim", "insurance_claim"]


async def gauge(shelf: Shelf, name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    reads = Reads(shelf.database.reads, shelf.documents, 1)
    progress = await shelf.progress(lambda: {PARTITION: shelf.owned.next_offset})
    await Gauges(shelf.database.reads, reads, registry).refresh(progress, shelf.now.timestamp())
    return registry.get_sample_value(f"arrears_monitor_{name}", labels)


async def test_words_on_accounts_are_listed_by_their_types(shelf: Shelf) -> None:
    await shelf.fold(
        known("W", group_id="G"),
        known("X", group_id="G"),
        covered("W", mep_days=10),
        invoice("W", "W-1", "500.00", "2026-01-10"),
        promised("W", "2026-01-20"),
        on="2026-01-05",
    )
    await shelf.sweep("2026-01-22")
    await shelf.fold(said("customer.insolvent", "X", filed_on="2026-01-22"), on="2026-01-22")
    await shelf.hear_itself()
    for kind in ("promise.broken.v1", "cover.stopped.v1", "account.defaulted.v1"):
        [word] = await shelf.rows("escalations", type=kind)
        assert word["account_id"] == "default:W"
    [account] = await shelf.rows("accounts", account_id="default:W")
    assert (account["broken_promises"], account["promises"][0]["status"]) == (1, "broken")
    assert account["covers_stopped"] == ["C-1"]
    assert account["cross_default"] == ["default:X: insolvent since 2026-01-22"]
    [other] = await shelf.rows("accounts", account_id="default:X")
    assert other["insolvent_on"] == "2026-01-22"
    problem = await shelf.refused("escalations", type="escalation.frobnicated.v1")
    assert problem["field"] == "type"
    assert "promise.kept.v1" in problem["detail"]


async def test_an_account_shows_its_policy_its_blocks_and_whether_it_is_enforced(
    shelf: Shelf,
) -> None:
    response = await shelf.client.post("/v1/policies", content=OF_GRADE)
    assert response.status_code == 201
    await shelf.fold(
        known("C", grade="C"),
        known("D", grade="D"),
        enforced("C", on=False, set_on="2026-01-09"),
        blocked("C", invoice_id="C-1"),
        on="2026-01-10",
    )
    [graded] = await shelf.rows("accounts", account_id="default:C")
    [other] = await shelf.rows("accounts", account_id="default:D")
    assert (graded["policy"], other["policy"]) == ("graded@1", "default@1")
    assert (graded["enforced"], other["enforced"]) == (False, True)
    assert [one["invoice_id"] for one in graded["blocks"]] == ["C-1"]


async def test_items_are_found_by_any_status(shelf: Shelf) -> None:
    await shelf.fold(
        *(invoice("Z", f"Z-{name}", "10.00", "2026-03-10") for name in "ABCD"),
        said("invoice.cancelled", "Z", invoice_id="Z-A", cancelled_on="2026-01-09"),
        written_off("Z", "Z-B"),
        payment("Z", "ZP", "10.00", allocations=[{"invoice_id": "Z-C", "amount": "10.00"}]),
        on="2026-01-30",
    )
    for status, name in (
        ("cancelled", "Z-A"),
        ("written_off", "Z-B"),
        ("cleared", "Z-C"),
        ("open", "Z-D"),
    ):
        for then in ({}, {"as_of": "2026-01-30"}):
            rows = await shelf.rows("items", status=status, **then)
            assert [row["invoice_id"] for row in rows] == [name], (status, then)


async def test_an_accounts_own_timer_is_work_due(shelf: Shelf) -> None:
    await shelf.fold(known("T"), promised("T", "2026-01-20"), on="2026-01-05")
    await shelf.sql("DELETE FROM monitor.outbox")
    ends = shelf.owned.next_offset

    async def due() -> int:
        return (await shelf.progress(lambda: {PARTITION: ends})).due

    assert await due() == 0
    # The promise's day is over; nobody has looked yet.
    await shelf.sql("UPDATE monitor.account_timers SET due_at = now() - interval '10 years'")
    assert await due() == 1
    await shelf.sweep("2026-01-21")
    assert await due() == 0


async def test_what_has_left_the_outbox_by_the_first_look_is_among_the_ends(shelf: Shelf) -> None:
    await shelf.fold(known("L"), on="2026-01-05")
    await shelf.sql(
        "INSERT INTO monitor.outbox (partition, topic, key, value, said_at)"
        " VALUES (0, 'receivables.ledger', 'k', 'v', now())"
    )
    asked = []

    def ends() -> dict[int, int]:
        asked.append(True)
        return {PARTITION: shelf.owned.next_offset + 1}

    progress = await shelf.progress(ends)
    assert (progress.outbox, progress.lag, asked) == (1, 1, [True])


async def test_items_that_newer_policies_await_are_counted_down(shelf: Shelf) -> None:
    await shelf.fold(
        *(invoice("R", f"R-{number}", "10.00", "2026-03-10") for number in range(3)),
        payment("R", "RP", "10.00", allocations=[{"invoice_id": "R-0", "amount": "10.00"}]),
        on="2026-01-05",
    )
    assert await items_left_to_retime(shelf.database.reads) == 0
    response = await shelf.client.post("/v1/policies", content=LATER)
    assert response.status_code == 201
    assert await items_left_to_retime(shelf.database.reads) == 2
    await shelf.sql(
        "UPDATE monitor.partitions SET retiming_versions = 2, retimed_account = 'default:R',"
        " retimed_invoice = 'R-1', retimed_instalment = 1"
    )
    assert await gauge(shelf, "retime_items_left") == 1
    # Begun under an older version: all of it is to be done again.
    await shelf.sql("UPDATE monitor.partitions SET retiming_versions = 1")
    assert await items_left_to_retime(shelf.database.reads) == 2
    await shelf.sweep("2026-01-06", retime=True)
    assert await items_left_to_retime(shelf.database.reads) == 0
