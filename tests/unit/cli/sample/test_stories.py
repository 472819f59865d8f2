"""What happens in half a year of two hundred customers, and how often."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import date, timedelta
from typing import Any

import pytest

from cli.sample import Trade, generate

Data = dict[str, Any]
Chronicle = dict[str, list[Data]]


@pytest.fixture(name="told", scope="module")
def fixture_told() -> Chronicle:
    """Half a year, by type and in order of time, repetitions once."""
    told: Chronicle = defaultdict(list)
    for event in {(event.type, event.key): event for event in generate(Trade())}.values():
        told[event.type].append(event.data)
    return told


@pytest.fixture(name="overdue", scope="module")
def fixture_overdue(told: Chronicle) -> set[str]:
    """Invoices that were not paid in full by name on their due date, as issued or amended."""
    due: dict[str, date] = {}
    for data in [*told["invoice.issued.v1"], *told["invoice.amended.v1"]]:
        parts = data.get("schedule", [data])
        due[data["invoice_id"]] = min(date.fromisoformat(part["due_on"]) for part in parts)
    paid_in_time = {
        part["invoice_id"]
        for data in told["payment.received.v1"]
        for part in data.get("allocations", [])
        if date.fromisoformat(data["received_on"]) <= due[part["invoice_id"]]
    }
    last = Trade().start + timedelta(days=Trade().days - 1)
    return {invoice for invoice, day in due.items() if day < last} - paid_in_time


@pytest.mark.parametrize(
    ("event_type", "least", "most"),
    [
        ("invoice.disputed.v1", 0.012, 0.028),
        ("invoice.written_off.v1", 0.001, 0.005),
        ("invoice.terms_extended.v1", 0.005, 0.025),
        ("invoice.cancelled.v1", 0.005, 0.03),
        ("invoice.amended.v1", 0.01, 0.035),
        ("payment.reversed.v1", 0.015, 0.05),
        ("credit_note.cancelled.v1", 0.001, 0.01),
        ("interest.waived.v1", 0.001, 0.02),
    ],
)
def test_each_is_as_frequent_among_invoices_as_in_a_real_ledger(
    told: Chronicle, event_type: str, least: float, most: float
) -> None:
    assert least <= len(told[event_type]) / len(told["invoice.issued.v1"]) <= most


def test_about_a_tenth_of_the_overdue_invoices_is_promised(
    told: Chronicle, overdue: set[str]
) -> None:
    promised = {one for data in told["promise.made.v1"] for one in data.get("invoice_ids", [])}
    assert 0.06 <= len(promised & overdue) / len(overdue) <= 0.14


def promise_ends(told: Chronicle) -> Counter[str]:
    """Judge each promise for named invoices by the payments between its two days.

    A second look at the events, apart from how they were made.
    """
    withdrawn = {data["promise_id"] for data in told["promise.withdrawn.v1"]}
    last_on = max(data["received_on"] for data in told["payment.received.v1"])
    ends: Counter[str] = Counter()
    for promise in told["promise.made.v1"]:
        wanted = promise.get("invoice_ids")
        if promise["promise_id"] in withdrawn:
            ends["withdrawn"] += 1
        elif promise["promised_on"] > last_on:
            ends["open"] += 1
        elif wanted and len(wanted) == 1:
            payments = [
                data["received_on"]
                for data in told["payment.received.v1"]
                if promise["made_on"] < data["received_on"] <= promise["promised_on"]
                and any(part["invoice_id"] in wanted for part in data.get("allocations", []))
            ]
            if not payments:
                ends["broken"] += 1
            else:
                ends["kept by parts" if len(set(payments)) > 1 else "kept"] += 1
        ends["of several invoices"] += len(wanted or []) > 1
        ends["of the account"] += wanted is None
    return ends


@pytest.mark.parametrize(
    ("end", "least"),
    [
        ("kept", 15),
        ("kept by parts", 1),
        ("broken", 10),
        ("withdrawn", 2),
        ("of several invoices", 5),
        ("of the account", 5),
    ],
)
def test_promises_end_in_every_way(told: Chronicle, end: str, least: int) -> None:
    assert promise_ends(told)[end] >= least


def test_what_is_accepted_of_a_dispute_is_credited_and_the_rest_is_paid_late(
    told: Chronicle,
) -> None:
    resolved = {data["invoice_id"]: data for data in told["dispute.resolved.v1"]}
    outcomes = Counter(data["outcome"] for data in resolved.values())
    assert set(outcomes) == {"accepted", "rejected", "withdrawn"}
    assert len(resolved) < len(told["invoice.disputed.v1"])
    credited = {
        data["invoice_id"]: data["issued_on"]
        for data in told["credit_note.issued.v1"]
        if data.get("invoice_id") in resolved
    }
    last = (Trade().start + timedelta(days=Trade().days - 8)).isoformat()
    for invoice_id, data in resolved.items():
        follows = credited.get(invoice_id, "")
        if data["outcome"] == "accepted" and data["resolved_on"] < last:
            assert follows > data["resolved_on"]
        elif data["outcome"] != "accepted":
            assert not follows


def insured_insolvent(told: Chronicle) -> set[str]:
    covered = {data["customer_id"] for data in told["cover.updated.v1"]}
    return covered & {data["customer_id"] for data in told["customer.insolvent.v1"]}


def failing_groups(told: Chronicle) -> set[str]:
    """Groups of several, one of which owes and has paid nothing for two months."""
    groups = defaultdict(set)
    for data in told["customer.updated.v1"]:
        if "group_id" in data:
            groups[data["group_id"]].add(data["customer_id"])
    late = (Trade().start + timedelta(days=Trade().days - 60)).isoformat()
    active = {
        data["customer_id"] for data in told["payment.received.v1"] if data["received_on"] > late
    }
    owing = {data["customer_id"] for data in told["invoice.issued.v1"]}
    return {
        group_id
        for group_id, members in groups.items()
        if len(members) > 1 and members & (owing - active) and members & active
    }


def lapsed(told: Chronicle) -> set[str]:
    """Covers that end within the trade and are not followed by another."""
    end = (Trade().start + timedelta(days=Trade().days - 1)).isoformat()
    newest = {data["customer_id"]: data for data in told["cover.updated.v1"]}
    return {key for key, data in newest.items() if data.get("valid_to", end) < end}


def of(event_type: str, **members: Any) -> Callable[[Chronicle], list[Data]]:
    """Events whose data have the members; True stands for any value, None for no such member."""

    def found(told: Chronicle) -> list[Data]:
        return [
            data
            for data in told[event_type]
            if all(
                name in data if value is True else data.get(name) == value
                for name, value in members.items()
            )
        ]

    return found


def regraded(told: Chronicle) -> list[Data]:
    """Customers whose grade is another one in a later version."""
    first = {d["customer_id"]: d["grade"] for d in told["customer.updated.v1"] if d["version"] == 1}
    return [d for d in told["customer.updated.v1"] if d["grade"] != first[d["customer_id"]]]


def sold(told: Chronicle) -> list[Data]:
    """Customers that leave their group."""
    grouped = {d["customer_id"] for d in told["customer.updated.v1"] if "group_id" in d}
    return [
        data
        for data in told["customer.updated.v1"]
        if data["customer_id"] in grouped and "group_id" not in data
    ]


def cut_limits(told: Chronicle) -> list[Data]:
    """Covers whose limit is another one when the policy is told of again."""
    limits = defaultdict(set)
    for data in told["cover.updated.v1"]:
        limits[data["policy_no"]].add((data["limit"], data.get("discretionary_limit")))
    return [{"policy_no": number} for number, found in limits.items() if len(found) > 1]


def paid_interest(told: Chronicle) -> list[Data]:
    return [
        part
        for data in told["payment.received.v1"]
        for part in data.get("allocations", [])
        if part.get("claim") == "interest"
    ]


@pytest.mark.parametrize(
    ("find", "least"),
    [
        pytest.param(of("payment.reversed.v1", reason="bounced"), 20, id="bounced"),
        pytest.param(of("payment.reversed.v1", reason="chargeback"), 2, id="charged back"),
        pytest.param(of("payment.reversed.v1", reason="refund", amount=True), 5, id="refunded"),
        pytest.param(of("payment.reversed.v1", reason="mistake"), 3, id="booked twice"),
        pytest.param(of("payment.allocated.v1"), 30, id="money on account moved"),
        pytest.param(of("invoice.terms_extended.v1", due_on=True), 10, id="a later due date"),
        pytest.param(of("invoice.terms_extended.v1", schedule=True), 4, id="a payment plan"),
        pytest.param(of("invoice.written_off.v1", amount=True), 3, id="written off in part"),
        pytest.param(of("invoice.written_off.v1", amount=None), 2, id="written off whole"),
        pytest.param(of("invoice.write_off_reversed.v1"), 1, id="a write-off reversed"),
        pytest.param(of("invoice.disputed.v1", amount=None), 3, id="disputed whole"),
        pytest.param(of("invoice.disputed.v1", amount=True), 15, id="disputed in part"),
        pytest.param(of("invoice.disputed.v1", instalment=True), 1, id="an instalment disputed"),
        pytest.param(of("credit_note.issued.v1", invoice_id=None), 5, id="credit on account"),
        pytest.param(of("credit_note.cancelled.v1"), 5, id="a credit note cancelled"),
        pytest.param(of("dunning.blocked.v1", until=True), 4, id="blocks with an end"),
        pytest.param(of("dunning.blocked.v1", until=None), 4, id="blocks without an end"),
        pytest.param(of("dunning.blocked.v1", invoice_id=None), 2, id="blocks on the account"),
        pytest.param(of("dunning.unblocked.v1"), 4, id="blocks lifted"),
        pytest.param(of("dunning.enforcement_set.v1", enforced=False), 4, id="enforcement off"),
        pytest.param(of("dunning.enforcement_set.v1", enforced=True), 2, id="enforcement on"),
        pytest.param(of("invoice.issued.v1", interest=True), 300, id="interest agreed"),
        pytest.param(paid_interest, 5, id="interest paid"),
        pytest.param(of("cover.updated.v1", deductible_kind="each_claim"), 5, id="each claim's"),
        pytest.param(of("cover.updated.v1", deductible_kind="annual_aggregate"), 5, id="a year's"),
        pytest.param(of("cover.updated.v1", deductible_order="before"), 5, id="deducted before"),
        pytest.param(of("cover.updated.v1", deductible_order="after"), 5, id="deducted after"),
        pytest.param(of("cover.updated.v1", mep_from="invoice"), 20, id="MEP from the invoice"),
        pytest.param(of("cover.updated.v1", valid_to=None), 15, id="covers without an end"),
        pytest.param(of("cover.updated.v1", claim_limit_annual=True), 10, id="annual limits"),
        pytest.param(of("cover.updated.v1", discretionary_limit=True), 2, id="discretionary"),
        pytest.param(cut_limits, 2, id="limits lowered"),
        pytest.param(lapsed, 3, id="covers lapsed"),
        pytest.param(of("cover.withdrawn.v1"), 2, id="covers withdrawn"),
        pytest.param(insured_insolvent, 1, id="insured insolvents"),
        pytest.param(failing_groups, 2, id="groups with a default"),
        pytest.param(sold, 1, id="a member sold"),
        pytest.param(regraded, 10, id="grades lowered"),
        pytest.param(of("customer.updated.v1", segment="key-account"), 10, id="key accounts"),
        pytest.param(of("customer.updated.v1", segment="small-business"), 10, id="small ones"),
        pytest.param(of("customer.updated.v1", contacts=True), 40, id="contacts"),
    ],
)
def test_there_are_enough(
    told: Chronicle, find: Callable[[Chronicle], Collection[Any]], least: int
) -> None:
    assert len(find(told)) >= least
