"""Lists are followed to their end, failures become sentences, and absence is waited for."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cli.api import client as api
from cli.api.client import Client
from cli.errors import AwayError, FailedError, RefusedError


def numbers(total: int) -> Callable[[str, httpx.Request], httpx.Response]:
    """Serve a list of numbers, two a page at the most."""

    def answer(_service: str, request: httpx.Request) -> httpx.Response:
        start = int(request.url.params.get("cursor", 0))
        size = min(2, int(request.url.params["limit"]))
        rows = [{"n": n} for n in range(start, min(total, start + size))]
        following = str(start + size) if start + size < total else None
        return httpx.Response(200, json={"rows": rows, "next": following})

    return answer


@pytest.mark.parametrize(
    ("total", "limit", "read"),
    [
        pytest.param(0, None, 0, id="an empty list"),
        pytest.param(2, None, 2, id="one page"),
        pytest.param(5, None, 5, id="several pages"),
        pytest.param(5, 3, 3, id="a limit inside of a page"),
        pytest.param(5, 4, 4, id="a limit at a page's end"),
        pytest.param(3, 10, 3, id="a limit beyond the list"),
    ],
)
async def test_a_list_is_read_to_its_end_or_its_limit(
    client_of: Any, total: int, limit: int | None, read: int
) -> None:
    client: Client = client_of(numbers(total))
    rows = [row async for row in client.rows("monitor", "/v1/items", {}, limit)]
    assert [row["n"] for row in rows] == list(range(read))


async def test_every_request_carries_the_token(client_of: Any) -> None:
    def answer(_service: str, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"token": request.headers["authorization"]})

    assert await client_of(answer).get("ingest", "/v1/clock") == {
        "token": "Bearer token-of-the-test"
    }


async def test_a_service_that_does_not_answer_is_named_with_its_address(
    client_of: Any, script: Any
) -> None:
    client = client_of(script(monitor=[httpx.ConnectError("refused")]))
    with pytest.raises(AwayError, match="monitor does not answer at http://monitor"):
        await client.get("monitor", "/v1/items")


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        pytest.param(
            409,
            {"code": "already_replayed", "detail": "it was replayed"},
            RefusedError,
            "^it was replayed$",
            id="a problem says why",
        ),
        pytest.param(
            422,
            {"code": "bad_policy", "detail": "must be a number", "line": 4, "path": "levels.0"},
            RefusedError,
            r"^line 4, levels.0: must be a number$",
            id="a policy's fault has a line and a path",
        ),
        pytest.param(
            503, {"detail": "the database is away"}, AwayError, "the database", id="unavailable"
        ),
        pytest.param(500, None, RefusedError, "answered 500", id="no problem document"),
        pytest.param(401, ["odd"], RefusedError, "answered 401", id="a body that is no object"),
    ],
)
async def test_a_refusal_becomes_one_sentence(
    client_of: Any, script: Any, *, status: int, body: Any, kind: type[Exception], message: str
) -> None:
    answer = httpx.Response(status, json=body) if body else httpx.Response(status, text="oops")
    with pytest.raises(kind, match=message):
        await client_of(script(monitor=[answer])).get("monitor", "/v1/policies")


async def test_a_service_that_comes_back_is_waited_for(client_of: Any, script: Any) -> None:
    answers = script(monitor=[httpx.ConnectError("refused"), httpx.Response(503), {"now": "x"}])
    answer = await client_of(answers).patiently(
        "PUT", "monitor", "/v1/clock", json={}, seconds_max=1.0
    )
    assert answer == {"now": "x"}
    assert answers.asked == ["monitor"] * 3


async def test_the_wait_for_a_service_has_an_end(
    client_of: Any, script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "RETURN_SECONDS_MAX", 0.2)
    client = client_of(script(monitor=[httpx.ConnectError("refused")]))
    with pytest.raises(AwayError, match="monitor does not answer"):
        await client.patiently("PUT", "monitor", "/v1/clock", json={}, seconds_max=1.0)


async def test_what_was_refused_is_not_asked_again(client_of: Any, script: Any) -> None:
    answers = script(monitor=[httpx.Response(409, json={"detail": "backwards"})])
    with pytest.raises(RefusedError, match="backwards"):
        await client_of(answers).patiently("PUT", "monitor", "/v1/clock", json={}, seconds_max=1.0)
    assert answers.asked == ["monitor"]


async def test_a_service_that_the_stack_does_not_have_is_no_trace() -> None:
    with pytest.raises(FailedError, match="this stack has no monitor"):
        await Client({}, "token").get("monitor", "/v1/items")


async def test_an_answer_of_lines_is_read_as_it_comes(client_of: Any) -> None:
    asked: list[httpx.Request] = []

    def answer(_service: str, request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, text='{"n":1}\n{"n":2}\n')

    lines = client_of(answer).lines("monitor", "/v1/x", content=b"a: 1", content_type="text/yaml")
    assert [line async for line in lines] == [{"n": 1}, {"n": 2}]
    assert asked[0].headers["accept"] == api.LINES


async def test_a_refusal_comes_before_any_line(client_of: Any) -> None:
    def answer(_service: str, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"code": "bad_policy", "detail": "line 1: no"})

    lines = client_of(answer).lines("monitor", "/v1/x", content=b"", content_type="text/yaml")
    with pytest.raises(RefusedError, match="line 1: no"):
        await anext(lines)


async def test_a_service_that_goes_away_between_lines_is_away(client_of: Any) -> None:
    def answer(_service: str, _request: httpx.Request) -> httpx.Response:
        message = "gone"
        raise httpx.ReadError(message)

    lines = client_of(answer).lines("monitor", "/v1/x", content=b"", content_type="text/yaml")
    with pytest.raises(AwayError, match="see: arrears status"):
        await anext(lines)
