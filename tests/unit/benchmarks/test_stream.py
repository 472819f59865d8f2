"""The bench's events: the mix, the seed, and that ingest and ledger take them as they are."""

from collections import Counter
from datetime import UTC, datetime

import msgspec
import pytest

from benchmarks.limits.batches import Event, delta_minor
from benchmarks.stream.mix import Stream, make_stream
from shared.contracts.catalogue import CATALOGUE
from shared.contracts.envelope import LedgerEvent

EVENTS = 20_000
INVOICE, PAYMENT = "invoice.issued.v1", "payment.received.v1"


@pytest.fixture(scope="module")
def stream() -> Stream:
    return make_stream(EVENTS)


def test_the_mix_is_that_of_an_ordinary_year(stream: Stream) -> None:
    kinds = Counter(one.type for one in stream.events)
    assert kinds[INVOICE] / EVENTS == pytest.approx(0.55, abs=0.03)
    assert kinds[PAYMENT] / EVENTS == pytest.approx(0.35, abs=0.03)
    assert set(kinds) <= set(CATALOGUE)


def test_every_event_is_valid_by_its_contract(stream: Stream) -> None:
    for one in stream.events[:2000]:
        contract = CATALOGUE[one.type]
        data = msgspec.convert(one.data, contract.struct)
        data.check()
        assert data.account_id == one.account_id


def test_the_same_seed_tells_the_same_events(stream: Stream) -> None:
    assert make_stream(EVENTS).events == stream.events
    assert make_stream(EVENTS, seed=2).events != stream.events


def test_a_limit_reads_off_each_event_what_it_adds_to_the_balance(stream: Stream) -> None:
    for one in stream.events:
        _key, value = one.record()
        assert delta_minor(msgspec.json.decode(value, type=Event)) == one.delta_minor


def test_a_record_is_the_canonical_event(stream: Stream) -> None:
    key, value = stream.events[0].record()
    event = msgspec.json.decode(value, type=LedgerEvent)
    assert event.accountid.encode() == key
    assert event.time == datetime(2026, 6, 1, tzinfo=UTC)
