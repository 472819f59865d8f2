"""The HTTP face: what it does not understand is refused, and not passed over."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Query
from prometheus_client import CollectorRegistry

from shared.clock import SystemClock
from shared.runtime.app import Progress, create_app
from shared.runtime.health import Health

router = APIRouter()


@router.get("/accounts/{account_id}/rows")
async def rows(
    account_id: str, limit: int = 10, item_id: Annotated[list[str] | None, Query()] = None
) -> dict[str, Any]:
    return {"account_id": account_id, "limit": limit, "item_id": item_id}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async def sweep() -> None:
        return None

    async def progress() -> Progress:
        return Progress(service="test", lag=0, outbox=0, due=0)

    app = create_app(
        name="test",
        token="secret",
        health=Health(),
        registry=CollectorRegistry(),
        clock=SystemClock(),
        routers=[router],
        sweep=sweep,
        progress=progress,
    )
    headers = {"Authorization": "Bearer secret"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers=headers
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("address", "parameter", "sentence"),
    [
        (
            "/v1/accounts/a/rows?asof=2026-01-01",
            "asof",
            "asof: /v1/accounts/a/rows has no such parameter; it takes limit, item_id",
        ),
        ("/v1/progress?as_of=2026-01-01", "as_of", "it takes none"),
        ("/v1/accounts/a/rows?limit=5&Limit=6", "Limit", "it takes limit, item_id"),
    ],
)
async def test_an_unknown_parameter_is_refused_with_those_there_are(
    client: httpx.AsyncClient, address: str, parameter: str, sentence: str
) -> None:
    response = await client.get(address)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_parameter")
    assert response.json()["field"] == parameter
    assert response.json()["detail"].endswith(sentence)


async def test_a_known_one_is_read_as_often_as_it_stands(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/accounts/a/rows?limit=5&item_id=x&item_id=y")
    assert response.json() == {"account_id": "a", "limit": 5, "item_id": ["x", "y"]}


async def test_without_the_token_nothing_is_told_of_parameters(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/accounts/a/rows?asof=x", headers={"Authorization": "no"})
    assert response.json()["code"] == "unauthorized"
