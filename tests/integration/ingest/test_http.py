"""Events over HTTP, and what was refused, listed, mended and replayed."""

import base64
import json
import uuid
from typing import Any

import httpx
import pytest

from services.ingest.api.events import BODY_BYTES_MAX
from services.ingest.domain.bindings import BATCH_EVENTS_MAX
from shared.contracts.envelope import BATCH, JSON, STRUCTURED
from tests.integration.ingest.world import World


async def post(world: World, content: Any, content_type: str, **headers: str) -> httpx.Response:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await world.clients["one"].post(
        "/v1/events", content=raw, headers={"content-type": content_type, **headers}
    )


async def test_a_structured_event_is_on_the_ledger_when_the_answer_comes(running: World) -> None:
    response = await post(running, running.event("http-1"), f"{STRUCTURED}; charset=utf-8")
    await running.read()
    assert response.status_code == 202
    assert response.json() == {"accepted": 1, "duplicates": 0, "refused": []}
    assert running.ledger_ids() == ["http-1"]


async def test_a_binary_event_has_its_attributes_in_percent_encoded_headers(
    running: World,
) -> None:
    event = running.event("http%20binary")
    headers = {f"ce-{name}": event[name] for name in ("specversion", "id", "source", "type")}
    response = await post(running, event["data"], JSON, **headers)
    await running.read()
    assert response.status_code == 202
    [(_partition, _key, ledger_event)] = running.ledger
    assert ledger_event.id == "http binary"


async def test_an_event_without_a_time_gets_the_moment_of_acceptance(running: World) -> None:
    await post(running, running.event("timeless", time=None), STRUCTURED)
    await running.read()
    now = (await running.clients["one"].get("/v1/clock")).json()["now"]
    [(_partition, _key, event)] = running.ledger
    assert event.time.isoformat()[:13] == now[:13]


async def test_a_batch_in_part_refused_says_which_and_keeps_them(running: World) -> None:
    first = running.event("b-1")
    batch = [first, running.event("b-2", data={"total": "1.001"}), first]
    response = await post(running, batch, BATCH)
    body = response.json()
    [refused] = body["refused"]
    assert (response.status_code, body["accepted"], body["duplicates"]) == (207, 1, 1)
    assert (refused["index"], refused["code"], refused["field"]) == (
        1,
        "too_many_decimals",
        "data.total",
    )
    assert [row["rejected_id"] for row in await running.rows(code="too_many_decimals")] == [
        refused["rejected_id"]
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (b"[1", BATCH, "not_json"),
        (b"", STRUCTURED, "null_value"),
        (b"<a/>", "application/xml", "unsupported_content_type"),
        (b"{}", STRUCTURED, "missing_attribute"),
        ({"specversion": "0.3", "id": "1", "source": "s", "type": "t"}, JSON, "unsupported_"),
    ],
)
async def test_what_is_all_refused_answers_422_and_is_kept(
    running: World, content: Any, content_type: str, code: str
) -> None:
    response = await post(running, content, content_type)
    [refused] = response.json()["refused"]
    kept = await running.clients["one"].get(f"/v1/rejected/{refused['rejected_id']}")
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    assert response.status_code == 422
    assert refused["code"].startswith(code)
    assert base64.b64decode(kept.json()["raw_base64"]) == raw
    assert kept.json()["raw_text"] == raw.decode()
    assert kept.json()["topic"] == "http"


async def test_a_body_or_batch_over_its_limit_is_refused_before_anything_is_taken(
    running: World,
) -> None:
    before = len(await running.rows())
    long_body = await post(running, b" " * (BODY_BYTES_MAX + 1), STRUCTURED)
    long_batch = await post(running, [{}] * (BATCH_EVENTS_MAX + 1), BATCH)
    assert (long_body.status_code, long_batch.status_code) == (413, 413)
    assert long_batch.json()["code"] == "batch_too_large"
    assert len(await running.rows()) == before


async def test_the_bearer_token_is_required_and_never_kept(running: World) -> None:
    anonymous = await running.clients["one"].post(
        "/v1/events", content=b"?", headers={"Authorization": "Bearer wrong", "Cookie": "a=b"}
    )
    response = await post(running, b"?", STRUCTURED, Cookie="a=b")
    [refused] = response.json()["refused"]
    kept = await running.clients["one"].get(f"/v1/rejected/{refused['rejected_id']}")
    assert anonymous.status_code == 401
    assert kept.json()["headers"] == {"content-type": STRUCTURED}


async def refuse(world: World, event_id: str, **data: Any) -> str:
    """Publish an event to Kafka that is refused; return the id it is kept under."""
    await world.publish(world.event(event_id, data=data))
    await world.rest()
    return str(world.rejected[-1].rejected_id)


async def replay(world: World, rejected_id: str, mended: Any = None) -> httpx.Response:
    content = json.dumps(mended).encode() if mended else b""
    return await world.clients["one"].post(f"/v1/rejected/{rejected_id}/replay", content=content)


async def test_a_mended_replay_goes_through_under_the_same_id(running: World) -> None:
    rejected_id = await refuse(running, "mend", currency="RMB")
    response = await replay(running, rejected_id, running.event("mend"))
    await running.read()
    again = await replay(running, rejected_id, running.event("mend"))
    [row] = [row for row in await running.rows() if row["rejected_id"] == rejected_id]
    assert response.json() == {"rejected_id": rejected_id, "status": "replayed"}
    assert running.ledger_ids() == ["mend"]
    assert (row["status"], row["replayed_at"] is None) == ("replayed", False)
    assert (again.status_code, again.json()["code"]) == (409, "already_replayed")


async def test_a_replay_that_is_refused_again_waits_with_the_new_reason(running: World) -> None:
    rejected_id = await refuse(running, "stubborn", currency="RMB")
    as_it_was = await replay(running, rejected_id)
    mended_badly = await replay(running, rejected_id, running.event("s", data={"total": "0"}))
    [row] = [row for row in await running.rows() if row["rejected_id"] == rejected_id]
    assert (as_it_was.status_code, as_it_was.json()["code"]) == (422, "unknown_currency")
    assert mended_badly.json()["field"] == "data.total"
    assert (row["status"], row["code"]) == ("waiting", "amount_not_positive")


async def test_a_refusal_in_binary_mode_is_replayed_in_binary_mode(running: World) -> None:
    event = running.event("after-release")
    headers = {f"ce_{name}": event[name] for name in ("specversion", "id", "source", "type")}
    raw = [(name, text.encode()) for name, text in headers.items()]
    await running.publish(json.dumps(event["data"]).encode(), headers=[*raw, ("ce_time", b"?")])
    await running.rest()
    rejected_id = running.rejected[-1].rejected_id
    await running.sql(
        f"UPDATE ingest.rejected SET headers = headers - 'ce_time' "
        f"WHERE rejected_id = '{rejected_id}'"
    )
    response = await replay(running, str(rejected_id))
    await running.read()
    assert response.status_code == 200
    assert running.ledger_ids() == ["after-release"]


async def test_an_unknown_rejected_id_is_not_found(running: World) -> None:
    response = await replay(running, str(uuid.uuid4()))
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_the_list_is_paged_and_filtered(running: World) -> None:
    await running.publish(b"page", b"page", b"page", running.event("x", type="nothing.v1"))
    await running.rest()
    client = running.clients["one"]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "2", "code": "not_json", "status": "waiting", "cursor": cursor}
        page = (await client.get("/v1/rejected", params=params)).json()
        assert {row["code"] for row in page["rows"]} <= {"not_json"}
        found += [row["rejected_id"] for row in page["rows"]]
        cursor = page["next"]
    everything = await running.rows(code="not_json", status="waiting")
    assert found == [row["rejected_id"] for row in everything]
