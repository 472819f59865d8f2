"""Pages by cursor: a page says where the next one begins, so that new rows never shift it."""

import base64
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.errors import RejectedError

PAGE_ROWS_DEFAULT: Final = 100
PAGE_ROWS_MAX: Final = 1000

Cursor = Annotated[str | None, Query(description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX, description="Rows a page.")]

Row = TypeVar("Row")


class Page(BaseModel, Generic[Row]):
    """Rows, and the cursor of the next page where there is one."""

    rows: list[Row]
    next: str | None = None


async def read_page(
    engine: AsyncEngine,
    query: "Select[Any]",
    keys: "Sequence[ColumnElement[Any]]",
    *,
    cursor: str | None,
    limit: int,
    shape: Callable[[Any], Row],
) -> Page[Row]:
    """Read one page in the order of `keys`, which together name a row and are all selected."""
    if cursor:
        query = query.where(tuple_(*keys) > tuple_(*read_cursor(cursor, len(keys))))
    async with engine.connect() as connection:
        rows = (await connection.execute(query.order_by(*keys).limit(limit + 1))).all()
    page = Page[Row](rows=[shape(row) for row in rows[:limit]])
    if len(rows) > limit:
        last = rows[limit - 1]
        page.next = write_cursor([getattr(last, str(key.key)) for key in keys])
    return page


def write_cursor(values: Sequence[Any]) -> str:
    """Return the cursor of what comes after a key."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode()


def read_cursor(cursor: str, length: int) -> list[Any]:
    """Return the key that a cursor stands for; refuses what is no cursor of the list."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except ValueError:
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise bad_cursor()
    return values


def bad_cursor() -> RejectedError:
    """Return the refusal of what is no cursor of a list."""
    message = "cursor: this is no cursor of this list; use the `next` of the page before"
    return RejectedError(message, code="bad_cursor", field="cursor")
