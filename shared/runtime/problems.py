"""Errors over HTTP: problem+json (RFC 9457) with a code for machines and a sentence for people."""

from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from shared.errors import (
    ArrearsError,
    ConflictingStateError,
    NotFoundError,
    RejectedError,
    TransientError,
)
from shared.postgres.pool import is_lost

log = structlog.get_logger(__name__)

_STATUS: Final[dict[type[ArrearsError], int]] = {
    RejectedError: 422,
    NotFoundError: 404,
    ConflictingStateError: 409,
    TransientError: 503,
}
UNAUTHORIZED: Final = 401
_CODES: Final = {UNAUTHORIZED: "unauthorized", 404: "not_found", 405: "method_not_allowed"}


def problem(status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Return one problem document."""
    body = {"type": f"urn:arrears:{code}", "title": code.replace("_", " "), "status": status}
    headers = {"WWW-Authenticate": "Bearer"} if status == UNAUTHORIZED else None
    return JSONResponse(
        {**body, "code": code, "detail": detail, **more},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def install(app: FastAPI) -> None:
    """Answer every failure of the app with a problem document."""

    @app.exception_handler(ArrearsError)
    async def _known(_request: Request, error: ArrearsError) -> JSONResponse:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
        more = {"field": error.field} if isinstance(error, RejectedError) and error.field else {}
        return problem(status, error.code, error.message, **more)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        problems = [
            f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"
            for detail in error.errors()
        ]
        return problem(422, "invalid_request", "; ".join(problems))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, f"http_{error.status_code}")
        return problem(error.status_code, code, str(error.detail))

    @app.exception_handler(OperationalError)
    @app.exception_handler(InterfaceError)
    @app.exception_handler(PoolTimeoutError)
    @app.exception_handler(OSError)
    async def _away(_request: Request, error: Exception) -> JSONResponse:
        log.warning(
            "A request met an absent dependency.", action="request_waits", reason=str(error)
        )
        return problem(503, "unavailable", "a dependency is away; try again shortly")

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> JSONResponse:
        log.error(
            "A request failed.", action="request_failed", path=request.url.path, exc_info=error
        )
        return problem(500, "internal_error", "the service failed; its log has the details")

    @app.exception_handler(DBAPIError)
    async def _database(request: Request, error: DBAPIError) -> JSONResponse:
        return await (_away if is_lost(error) else _bug)(request, error)
