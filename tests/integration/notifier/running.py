"""A running notifier, in this process or its own, and what is waited for of it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from services.notifier.main import build
from services.notifier.settings import NotifierSettings
from shared.runtime.loops import wait_for_stop
from shared.runtime.serve import serve

TOKEN = "a-token-of-the-tests"
WAIT_SECONDS_MAX = 30.0

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found]], seconds: float = WAIT_SECONDS_MAX) -> Found:
    """Return what `look` finds as soon as it finds something, within a limit."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await look()):
        assert asyncio.get_running_loop().time() < deadline, "what was waited for never came"
        await wait_for_stop(asyncio.Event(), 0.02)
    return found


@dataclass
class Notifier:
    """A running notifier, seen from outside."""

    api: httpx.AsyncClient
    settings: NotifierSettings

    async def get(self, path: str, **params: str) -> Any:
        response = await self.api.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()

    async def rows(self, what: str, account_id: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (await self.get(f"/v1/{what}", account_id=account_id))["rows"]
        return rows

    async def letter(self, account_id: str, *statuses: str) -> dict[str, Any]:
        """Return the account's newest letter once it is in one of the states."""

        async def look() -> dict[str, Any] | None:
            rows = await self.rows("letters", account_id)
            return rows[-1] if rows and rows[-1]["status"] in statuses else None

        return (await until(look)) or {}

    async def task(self, account_id: str, *statuses: str) -> dict[str, Any]:
        """Return the account's newest task once it is in one of the states."""

        async def look() -> dict[str, Any] | None:
            rows = await self.rows("tasks", account_id)
            return rows[-1] if rows and rows[-1]["status"] in statuses else None

        return (await until(look)) or {}

    async def rests(self) -> None:
        """Return when nothing moves any more."""

        async def look() -> bool:
            progress = await self.get("/v1/progress")
            return (progress["lag"], progress["due"]) == (0, 0)

        await until(look)

    async def reads_all(self) -> None:
        """Return when all events are read, whatever the letters wait for."""

        async def look() -> bool:
            return bool((await self.get("/v1/progress"))["lag"] == 0)

        await until(look)

    async def is_not_ready(self, part: str) -> None:
        """Return when the service says why a part does not work."""

        async def look() -> bool:
            return bool((await self.api.get("/readyz")).json()["parts"][part] != "ok")

        await until(look)

    async def sweep(self) -> None:
        """Move the clock to where it stands, which makes a pass over the letters."""
        now = (await self.get("/v1/clock"))["now"]
        assert (await self.api.put("/v1/clock", json={"now": now})).status_code == 200


@asynccontextmanager
async def run_here(environment: dict[str, str]) -> AsyncIterator[Notifier]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        settings = NotifierSettings()
    stop = asyncio.Event()
    service = asyncio.create_task(serve(build(settings), stop))
    try:
        async with _client(settings.notifier_port) as api:
            await _ready(api)
            yield Notifier(api, settings)
    finally:
        stop.set()
        await service


@asynccontextmanager
async def run_apart(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.notifier.main"),
        cwd=Path(__file__).parents[3],
        env={"PATH": os.environ["PATH"], **environment},
    )
    try:
        async with _client(int(environment["ARREARS_NOTIFIER_PORT"])) as api:
            await _ready(api)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _client(port: int) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30)


async def _ready(api: httpx.AsyncClient) -> None:
    async def look() -> bool:
        try:
            return (await api.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    await until(look, 60.0)
