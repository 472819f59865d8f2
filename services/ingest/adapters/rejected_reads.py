"""Reads of what was refused, by SQLAlchemy Core."""

import base64
import uuid
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.ingest.adapters.tables import rejected
from services.ingest.api.rejected import RejectedEvent, RejectedRow
from shared.errors import NotFoundError
from shared.postgres.paging import Page, read_page

#: All but the bytes, whose number is known without reading them.
_COLUMNS: Final = (
    *(column for column in rejected.columns if column.name != "raw"),
    func.octet_length(rejected.c.raw).label("size_bytes"),
)


class PostgresRejectedReads:
    """Refusals as the API shows them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def page(
        self,
        *,
        code: str | None,
        status: str | None,
        topic: str | None,
        cursor: str | None,
        limit: int,
    ) -> Page[RejectedRow]:
        """Return one page, in the order of refusal."""
        wanted = {"code": code, "status": status, "topic": topic}
        query = select(*_COLUMNS).where(
            *(rejected.c[name] == value for name, value in wanted.items() if value is not None)
        )
        keys = [rejected.c.seq]
        return await read_page(self._engine, query, keys, cursor=cursor, limit=limit, shape=_row_of)

    async def one(self, rejected_id: uuid.UUID) -> RejectedEvent:
        """Return one with its bytes; raises `NotFoundError`."""
        query = select(*_COLUMNS, rejected.c.raw).where(rejected.c.rejected_id == rejected_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            message = f"there is no refused event {rejected_id}; list them with GET /v1/rejected"
            raise NotFoundError(message)
        raw = bytes(row.raw)
        return RejectedEvent(
            **_row_of(row).model_dump(),
            raw_base64=base64.b64encode(raw).decode(),
            raw_text=_text_of(raw),
        )


def _row_of(row: Any) -> RejectedRow:
    return RejectedRow.model_validate(dict(row._mapping))  # noqa: SLF001  # SQLAlchemy's own name


def _text_of(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
