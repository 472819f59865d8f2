"""Rest is two whole passes of zeros; everything else is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from cli.api.client import SERVICES, Client
from cli.api.settling import ANSWER_SECONDS_MIN, Progress, settle

REST = {"lag": 0, "outbox": 0, "due": 0}
LAG = {"lag": 3, "outbox": 0, "due": 0}
OUTBOX = {"lag": 0, "outbox": 2, "due": 0}
DUE = {"lag": 0, "outbox": 0, "due": 1}
AWAY = httpx.ConnectError("refused")
FLOW = ["ingest", "monitor", "notifier"]


async def test_rest_is_two_passes_in_the_flows_order(client_of: Any, script: Any) -> None:
    answers = script(ingest=[REST], monitor=[REST], notifier=[REST])
    assert await settle(client_of(answers), seconds_max=1.0) == []
    assert answers.asked == FLOW * 2


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param(
            {"ingest": [LAG, REST], "monitor": [REST], "notifier": [REST]},
            ["ingest", *FLOW, *FLOW],
            id="a pass ends at the first that moves",
        ),
        pytest.param(
            {"ingest": [REST], "monitor": [OUTBOX, REST], "notifier": [REST]},
            ["ingest", "monitor", *FLOW, *FLOW],
            id="an outbox moves",
        ),
        pytest.param(
            {"ingest": [REST], "monitor": [REST], "notifier": [REST, DUE, REST]},
            [*FLOW, *FLOW, *FLOW, *FLOW],
            id="movement in the second pass starts the count anew",
        ),
        pytest.param(
            {"ingest": [REST], "monitor": [AWAY, REST], "notifier": [REST]},
            ["ingest", "monitor", *FLOW, *FLOW],
            id="a service that is away moves",
        ),
    ],
)
async def test_only_whole_passes_after_the_last_movement_count(
    client_of: Any, script: Any, answers: dict[str, list[Any]], asked: list[str]
) -> None:
    said = script(**answers)
    assert await settle(client_of(said), seconds_max=5.0) == []
    assert said.asked == asked


async def test_after_the_time_everything_that_moves_is_named(client_of: Any, script: Any) -> None:
    answers = script(ingest=[LAG], monitor=[REST], notifier=[AWAY])
    moving = await settle(client_of(answers), seconds_max=0.0)
    assert [progress.service for progress in moving] == ["ingest", "notifier"]
    assert str(moving[0]) == "ingest: lag 3"
    assert "notifier does not answer" in str(moving[1])


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Take every connection and answer nothing."""
    over = asyncio.Event()

    async def keep_silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    try:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())
    finally:
        over.set()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("seconds_max", [0.0, 1.5])
async def test_a_service_that_hangs_does_not_outlast_the_time(seconds_max: float) -> None:
    loop = asyncio.get_running_loop()
    async with silent_server() as address:
        client = Client(dict.fromkeys(SERVICES, address), "token")
        began = loop.time()
        moving = await settle(client, seconds_max=seconds_max)
        took = loop.time() - began
        await client.close()
    # Two more looks of the shortest kind, and as much again for a machine under load.
    assert took < seconds_max + 4 * ANSWER_SECONDS_MIN
    assert [progress.service for progress in moving] == list(SERVICES)
    assert "notifier has not answered in" in str(moving[-1])


async def test_a_service_that_is_away_is_named_once(client_of: Any, script: Any) -> None:
    refusal = httpx.Response(503, json={"detail": "the database does not answer"})
    answers = script(ingest=[refusal], monitor=[REST], notifier=[REST])
    moving = await settle(client_of(answers), seconds_max=0.0)
    assert [str(progress) for progress in moving] == ["ingest: the database does not answer"]


async def test_who_watches_hears_what_moves(client_of: Any, script: Any) -> None:
    heard: list[str] = []
    answers = script(ingest=[LAG, REST], monitor=[REST], notifier=[REST])
    await settle(
        client_of(answers), seconds_max=1.0, report=lambda progress: heard.append(str(progress))
    )
    assert heard == ["ingest: lag 3"]


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (Progress(service="monitor", lag=1, outbox=2, due=3), "monitor: lag 1, outbox 2, due 3"),
        (Progress(service="monitor"), "monitor: at rest"),
        (Progress(service="monitor", away="monitor is gone"), "monitor is gone"),
    ],
)
def test_progress_reads_as_a_sentence(progress: Progress, text: str) -> None:
    assert str(progress) == text
