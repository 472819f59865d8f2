"""Rows of the tables as SQLAlchemy gives them, to the core's values; and what every list asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
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


def in_(table: Any, keys: Sequence[tuple[int, str]]) -> Any:
    """Return the condition that a row is of one of these accounts."""
    return tuple_(table.c.partition, table.c.account_id).in_(keys)


def item_of(row: Row) -> Item:
    """Return an item from a row of its table."""
    return Item(
        invoice_id=row.invoice_id,
        instalment=row.instalment,
        currency=row.currency,
        amount=row.amount_minor,
        issued_on=row.issued_on,
        due_on=row.due_on,
        original_due_on=row.original_due_on,
        cleared=row.cleared_minor,
        credited=row.credited_minor,
        written_off=row.written_off_minor,
        disputed=row.disputed_minor,
        disputed_days=msgspec.convert(row.disputed_days, list[tuple[date, date | None]]),
        cycle=row.cycle,
        turns=row.turns,
        raised=msgspec.convert(row.raised, list[Raised]),
        next_attention_on=row.next_attention_on,
    )


def known_of(row: Row) -> Known:
    """Return what is known of an account from its row."""
    return Known(msgspec.convert(row.facts, Debtor), msgspec.convert(row.said, Said))
