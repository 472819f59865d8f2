"""Rows of the tables as SQLAlchemy gives them, to the core's values; and what every list asks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Select, Text, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters.rows import debtor_from, item_from, said_from
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.ports import Known
from shared.kafka.producer import partition_of
from shared.postgres.paging import Page, read_page

Row = Any


def filtered(
    query: "Select[Any]", table: Any, filters: dict[str, str | None], partitions: int
) -> "Select[Any]":
    """Return a query for rows of these values; None asks for any.

    An account's rows are in one of the ledger's `partitions`, by which the tables are ordered.
    """
    for name, value in filters.items():
        if value is not None:
            query = query.where(table.c[name] == value)
    account_id = filters.get("account_id")
    if account_id is not None:
        query = query.where(table.c.partition == partition_of(account_id.encode(), partitions))
    return query


async def page_of(
    engine: AsyncEngine, query: "Select[Any]", keys: Sequence[Any], cursor: str | None, limit: int
) -> Page[Row]:
    """Return a page of rows as they are."""
    return await read_page(engine, query, keys, cursor=cursor, limit=limit, shape=lambda row: row)


def in_(table: Any, keys: Sequence[tuple[Any, ...]], *names: str) -> Any:
    """Return the condition that the named columns, else partition and account, are of these keys.

    The keys, of which there is one at least, go in as arrays: a statement with a parameter for each
    of them would be a new one every time.
    """
    columns = [table.c[name] for name in names or ("partition", "account_id")]
    arrays = [
        func.unnest(literal(list(values), ARRAY(column.type)))
        for column, values in zip(columns, zip(*keys, strict=True), strict=True)
    ]
    return tuple_(*columns).in_(select(*arrays))


def with_texts(table: Any) -> list[Any]:
    """Return a table's columns, JSON as the text it is: `adapters.rows` decodes it into structs."""
    return [
        cast(column, Text).label(column.key) if isinstance(column.type, JSON) else column
        for column in table.c
    ]


def item_of(row: Row) -> Item:
    """Return an item from a row of its table."""
    return item_from(row._asdict())


def known_of(row: Row) -> Known:
    """Return what is known of an account from its row."""
    return Known(debtor_from(row.facts), said_from(row.said))
