"""The made-up trade: the same for a seed, accepted by the contracts, and full of trouble."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from cli.sample import Trade, generate
from cli.sample.billing.disputes import DISPUTED, RESOLVED
from cli.sample.events import Event
from cli.sample.parties.characters import CHARACTERS
from shared.contracts.catalogue import CATALOGUE, topic_of
from shared.contracts.envelope import CloudEvent
from shared.money import to_minor

SMALL = Trade(customers=40, days=120, seed=3)


@pytest.fixture(name="half_year", scope="module")
def fixture_half_year() -> list[Event]:
    return list(generate(Trade()))


def lines(events: Iterable[Event]) -> list[bytes]:
    return [event.as_line() for event in events]


def once(events: Iterable[Event]) -> list[Event]:
    """Drop the repetitions."""
    return list({(event.type, event.key): event for event in events}.values())


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert lines(generate(SMALL)) == lines(generate(SMALL))


def test_another_seed_gives_another_trade() -> None:
    other = Trade(customers=40, days=120, seed=4)
    assert lines(generate(SMALL)) != lines(generate(other))


def test_more_customers_change_no_other_customers_history() -> None:
    def of_the_first(trade: Trade) -> list[bytes]:
        found = once(generate(trade))
        return lines(event for event in found if event.data["customer_id"] == "C-0001")

    more = Trade(customers=80, days=120, seed=3)
    assert of_the_first(more) == of_the_first(SMALL)
    assert len(of_the_first(SMALL)) > 1


def test_the_contracts_accept_every_event(half_year: list[Event]) -> None:
    for event in half_year:
        envelope = msgspec.json.decode(event.as_line(), type=CloudEvent)
        assert envelope.specversion == "1.0"
        assert isinstance(envelope.data, msgspec.Raw)
        msgspec.json.decode(envelope.data, type=CATALOGUE[event.type].struct).check()


def test_events_come_in_order_of_time_and_within_the_days(half_year: list[Event]) -> None:
    times = [event.at for event in half_year]
    assert times == sorted(times)
    assert {time.utcoffset() for time in times} == {timedelta(hours=8)}
    assert min(times).date() == date(2026, 1, 5)
    assert max(times).date() <= date(2026, 1, 5) + timedelta(days=179)


def test_every_type_of_the_catalogue_takes_part(half_year: list[Event]) -> None:
    assert {event.type for event in half_year} == set(CATALOGUE)


def test_a_name_is_used_for_one_content_and_some_are_repeated(half_year: list[Event]) -> None:
    by_name: dict[tuple[str, str], set[bytes]] = {}
    for event in half_year:
        envelope = msgspec.json.decode(event.as_line())
        by_name.setdefault((envelope["source"], envelope["id"]), set()).add(event.as_line())
    assert all(len(contents) == 1 for contents in by_name.values())
    repeated = len(half_year) - len(by_name)
    assert 10 <= repeated <= 60


def test_addresses_are_under_domains_kept_for_examples(half_year: list[Event]) -> None:
    addresses = {event.data["email"] for event in half_year if "email" in event.data}
    assert len(addresses) >= 200
    assert {address.partition("@")[2] for address in addresses} == {"example.com", "example.org"}


def test_customers_are_of_several_countries_and_currencies(half_year: list[Event]) -> None:
    invoices = [event.data for event in half_year if event.type == "invoice.issued.v1"]
    currencies = Counter(data["currency"] for data in invoices)
    assert set(currencies) == {"CNY", "EUR", "USD", "JPY"}
    assert currencies["CNY"] > sum(currencies.values()) / 2
    customers = [event.data for event in half_year if event.type == "customer.updated.v1"]
    assert {data["locale"] for data in customers} == {"zh-CN", "en"}


def test_two_thirds_of_the_customers_are_covered(half_year: list[Event]) -> None:
    covered = {e.data["customer_id"] for e in half_year if e.type == "cover.updated.v1"}
    assert 120 <= len(covered) <= 155


def late_days(events: list[Event]) -> list[int]:
    """Return for each invoice paid in one piece by name how late it was; unpaid ones are left out.

    A second look at the events, apart from how they were made.
    """
    due: dict[str, date] = {}
    found = []
    for event in events:
        data: dict[str, Any] = event.data
        if "due_on" in data:
            due[data["invoice_id"]] = date.fromisoformat(data["due_on"])
        for part in data.get("allocations", []) if "received_on" in data else []:
            if part["invoice_id"] in due:
                paid = date.fromisoformat(data["received_on"])
                found.append((paid - due[part["invoice_id"]]).days)
    return found


def test_many_pay_in_time_and_enough_pay_too_late(half_year: list[Event]) -> None:
    days = late_days(once(half_year))
    in_time = sum(late <= 0 for late in days) / len(days)
    dunned = sum(late >= 15 for late in days) / len(days)
    legal = sum(late >= 30 for late in days) / len(days)
    assert 0.25 <= in_time <= 0.7
    assert 0.1 <= dunned <= 0.4
    assert 0.03 <= legal <= 0.25


def test_some_invoices_are_never_paid_long_enough_for_a_claim(half_year: list[Event]) -> None:
    end = date(2026, 1, 5) + timedelta(days=179)
    touched = {
        part["invoice_id"] for event in half_year for part in event.data.get("allocations", [])
    }
    touched |= {
        event.data["invoice_id"]
        for event in half_year
        if event.type in {"invoice.cancelled.v1", "invoice.written_off.v1", "credit_note.issued.v1"}
        and "invoice_id" in event.data
    }
    overdue = [
        event.data["invoice_id"]
        for event in once(half_year)
        if event.type == "invoice.issued.v1"
        and "due_on" in event.data
        and event.data["invoice_id"] not in touched
        and (end - date.fromisoformat(event.data["due_on"])).days >= 60
    ]
    assert len(overdue) >= 30


@pytest.mark.parametrize(
    ("what", "least"),
    [
        ("on account", 50),
        ("several invoices", 20),
        ("more than was owed", 10),
        ("instalments", 50),
        ("one instalment named", 50),
    ],
)
def test_payments_come_in_every_shape(half_year: list[Event], what: str, least: int) -> None:
    counts: Counter[str] = Counter()
    for event in half_year:
        data = event.data
        if event.type == "payment.received.v1":
            parts = data.get("allocations", [])
            named = sum(to_minor(part["amount"], data["currency"]) for part in parts)
            counts["on account"] += not parts
            counts["several invoices"] += len({part["invoice_id"] for part in parts}) > 1
            counts["one instalment named"] += any("instalment" in part for part in parts)
            counts["more than was owed"] += 0 < named < to_minor(data["amount"], data["currency"])
        counts["instalments"] += "schedule" in data
    assert counts[what] >= least


def test_disputes_speak_for_themselves_where_the_catalogue_knows_them() -> None:
    types = {*CATALOGUE, DISPUTED, RESOLVED}
    told = Counter(event.type for event in generate(SMALL, types))
    silent = Counter(event.type for event in generate(SMALL, ()))
    assert told[DISPUTED] >= told[RESOLVED] > 0
    assert silent[DISPUTED] == silent[RESOLVED] == 0
    assert topic_of(DISPUTED) == "receivables.invoices"


def test_the_shares_of_characters_are_of_a_hundred() -> None:
    assert sum(character.share for character in CHARACTERS) == 100


def test_one_customer_on_one_day_is_a_trade_too() -> None:
    found = list(generate(Trade(customers=1, days=1)))
    assert found
    assert {event.at.date() for event in found} == {date(2026, 1, 5)}
