"""The HTTP face every service has: health, metrics, the clock, and `/v1` behind a bearer token."""

import hmac
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC
from typing import Any, Final

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import AwareDatetime, BaseModel
from starlette.exceptions import HTTPException

from shared.clock import Clock
from shared.errors import RejectedError
from shared.runtime import problems
from shared.runtime.health import Health

#: Of every path that needs the token.
PREFIX: Final = "/v1"


class ClockReading(BaseModel):
    """The time a service goes by."""

    now: AwareDatetime
    manual: bool


class ClockMove(BaseModel):
    """An instant to move a manual clock to."""

    now: AwareDatetime


class Progress(BaseModel):
    """What still moves in a service; all zero means that it rests.

    `lag`: records of its input topics it has not yet finished with; `outbox`: facts it has not yet
    published; `due`: work whose time has come.
    """

    service: str
    lag: int
    outbox: int
    due: int


def create_app(
    *,
    name: str,
    token: str,
    health: Health,
    registry: CollectorRegistry,
    clock: Clock,
    routers: Sequence[APIRouter],
    sweep: Callable[[], Awaitable[None]],
    progress: Callable[[], Awaitable[Progress]],
) -> FastAPI:
    """Build a service's app.

    `sweep` returns when all work that is due at the clock's time is done; `progress` measures anew.
    """
    app = FastAPI(
        title=f"Arrears {name}",
        version="1",
        # The page at /docs would load its scripts from somebody else's network.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    problems.install(app)
    bearer = HTTPBearer(auto_error=False, description="The token of the installation.")

    async def authorised(
        request: Request,
        credentials: HTTPAuthorizationCredentials | None = Depends(bearer),  # noqa: B008
    ) -> None:
        given = credentials.credentials if credentials else ""
        if not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(
                problems.UNAUTHORIZED, "send the header: Authorization: Bearer TOKEN"
            )
        if "\x00" in request.url.path or "%00" in request.url.query:
            message = "the address holds a NUL character, which no stored text can"
            raise RejectedError(message, code="nul_character")

    @app.get("/livez", tags=["operations"])
    async def livez() -> dict[str, str]:
        return {"service": name}

    @app.get("/readyz", tags=["operations"])
    async def readyz() -> JSONResponse:
        body = {"service": name, "ready": health.ready, "parts": health.parts}
        return JSONResponse(body, status_code=200 if health.ready else 503)

    @app.get("/metrics", tags=["operations"])
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    protected = APIRouter(
        prefix=PREFIX, dependencies=[Depends(authorised), Depends(_only_known(app))]
    )
    protected.include_router(_clock_router(clock, sweep))

    @protected.get("/openapi.json", include_in_schema=False)
    async def describe() -> JSONResponse:
        return JSONResponse(app.openapi())

    @protected.get("/progress", tags=["operations"])
    async def read_progress() -> Progress:
        return await progress()

    for router in routers:
        protected.include_router(router)
    app.include_router(protected)
    return app


def _only_known(app: FastAPI) -> Callable[[Request], Awaitable[None]]:
    """Refuse a parameter that would be passed over, such as `as_of` where only today is told."""
    parameters: dict[tuple[str, str], list[str]] = {}

    async def understood(request: Request) -> None:
        if not request.query_params:
            return
        if not parameters:
            parameters.update(_query_parameters(app.openapi()))
        known = parameters.get((request.scope["route"].path, request.method), [])
        for given in request.query_params:
            if given not in known:
                there = f"it takes {', '.join(known)}" if known else "it takes none"
                message = f"{given}: {request.url.path} has no such parameter; {there}"
                raise RejectedError(message, code="unknown_parameter", field=given)

    return understood


def _query_parameters(description: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Return the names of the query parameters of each (path below `PREFIX`, method)."""
    return {
        (path.removeprefix(PREFIX), method.upper()): [
            one["name"] for one in operation.get("parameters", []) if one["in"] == "query"
        ]
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
    }


def _clock_router(clock: Clock, sweep: Callable[[], Awaitable[None]]) -> APIRouter:
    router = APIRouter(tags=["operations"])

    @router.get("/clock")
    async def read_clock() -> ClockReading:
        return ClockReading(now=clock.now(), manual=clock.is_manual)

    @router.put("/clock")
    async def move_clock(move: ClockMove) -> ClockReading:
        clock.move(move.now.astimezone(UTC))
        await sweep()
        return ClockReading(now=clock.now(), manual=clock.is_manual)

    return router
