"""Events go to their topics by type, in order per customer; what cannot be read is named."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import pytest

from cli.publishing import (
    BAD_LINES_MAX,
    HEADERS,
    RECORD_OVERHEAD_BYTES,
    Outgoing,
    Published,
    Publisher,
    UnreadableError,
    read_event,
)
from shared.errors import TransientError


class FakeProducer:
    """Keeps what it is sent; refuses everything for a topic that is named as lost."""

    def __init__(self, lost: str | None = None) -> None:
        self.lost = lost
        self.sent: list[tuple[str, bytes, bytes]] = []
        self.headers: set[tuple[tuple[str, bytes], ...]] = set()

    async def send(
        self,
        topic: str,
        records: Iterable[tuple[bytes, bytes]],
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        if topic == self.lost:
            message = f"Kafka did not take records for {topic}"
            raise TransientError(message)
        self.headers.add(tuple(headers))
        self.sent += [(topic, key, value) for key, value in records]


def publisher(producer: FakeProducer, line_bytes_max: int = 1_000) -> Publisher:
    return Publisher(cast("Any", producer), line_bytes_max + RECORD_OVERHEAD_BYTES)


@pytest.mark.parametrize(
    ("line", "topic", "key"),
    [
        pytest.param(
            b'{"type":"invoice.issued.v1","data":{"customer_id":"C1"}}',
            "receivables.invoices",
            b"C1",
            id="an invoice goes by its customer",
        ),
        pytest.param(
            b'{"type":"payment.received.v1","id":"p1","data":{"customer_id":"\\u4e0a"}}',
            "receivables.payments",
            "上".encode(),
            id="a customer of any letters",
        ),
        pytest.param(
            b'{"type":"cover.updated.v1","id":"c1","data":{}}',
            "receivables.customers",
            b"c1",
            id="without a customer by its id",
        ),
        pytest.param(b'{"type":"x"}', "receivables.commands", b"", id="nothing known but a type"),
        pytest.param(
            b'{"type":"invoice.folded.v9","data":[1]}',
            "receivables.invoices",
            b"",
            id="an unknown type goes by its family",
        ),
        pytest.param(
            b'{"type":"payment.received.v1","id":7,"data":{"customer_id":8}}',
            "receivables.payments",
            b"",
            id="ids that are no strings are ingest's to judge",
        ),
    ],
)
def test_an_event_finds_its_topic_and_key(line: bytes, topic: str, key: bytes) -> None:
    assert read_event(line) == Outgoing(topic=topic, key=key, value=line)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"invoice", "no JSON", id="not JSON"),
        pytest.param(b'{"type":"a"', "no JSON", id="half an object"),
        pytest.param(b"\xff\xfe", "no JSON", id="binary"),
        pytest.param(b'{"type":"\xff"}', "no JSON", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "no JSON", id="nested beyond reason"),
        pytest.param(b"[1]", "no JSON object", id="a list"),
        pytest.param(b"null", "no JSON object", id="null"),
        pytest.param(b'{"id":"1"}', 'attribute "type"', id="no type"),
        pytest.param(b'{"type":""}', 'attribute "type"', id="an empty type"),
        pytest.param(b'{"type":1}', 'attribute "type"', id="a type that is a number"),
    ],
)
def test_a_line_that_is_no_event_says_why(line: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_event(line)


async def test_events_keep_their_order_within_a_topic_and_bad_lines_their_numbers() -> None:
    producer = FakeProducer()
    lines = [
        b'{"type":"invoice.issued.v1","id":"1"}',
        b"",
        b"garbage",
        b'{"type":"payment.received.v1","id":"2"}',
        b'  {"type":"invoice.amended.v1","id":"3"}  ',
    ]
    done = await publisher(producer).publish_all(lines)
    assert done.published == 3
    assert [(bad.line, bad.reason.partition(":")[0]) for bad in done.bad] == [(3, "no JSON")]
    assert [(topic, key) for topic, key, _ in producer.sent] == [
        ("receivables.invoices", b"1"),
        ("receivables.invoices", b"3"),
        ("receivables.payments", b"2"),
    ]
    assert producer.sent[1][2] == lines[4].strip()
    assert producer.headers == {HEADERS}


async def test_a_line_larger_than_the_broker_takes_is_named_and_not_sent() -> None:
    producer = FakeProducer()
    large = b'{"type":"a","id":"' + b"x" * 1_000 + b'"}'
    done = await publisher(producer).publish_all([large, b'{"type":"a"}'])
    assert done.published == 1
    assert [bad.line for bad in done.bad] == [1]
    assert "larger than the 1512 bytes" in done.bad[0].reason


async def test_only_so_many_bad_lines_are_kept_but_all_are_counted() -> None:
    done = await publisher(FakeProducer()).publish_all([b"x"] * (BAD_LINES_MAX + 5))
    assert (len(done.bad), done.bad_count) == (BAD_LINES_MAX, BAD_LINES_MAX + 5)


async def test_a_broker_that_takes_no_more_is_an_error_and_not_a_count() -> None:
    with pytest.raises(TransientError):
        await publisher(FakeProducer(lost="receivables.invoices")).publish_all(
            [b'{"type":"invoice.issued.v1"}']
        )


def test_the_json_of_a_publication_names_line_and_reason() -> None:
    assert Published(published=2).as_json() == {"published": 2, "bad": []}
