"""Numbers that two invoices of a creditor have, at two customers: no account can see it alone."""

from typing import Any, Final

from sqlalchemy import Select, Text, func, literal, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.expression import ColumnElement

from services.monitor.adapters import tables
from services.monitor.adapters.reads.rows import filtered

#: What parts the creditor from the customer in an account's id.
_COLON: Final = ":"


def doubled_numbers(account_id: str | None, partitions: int) -> "Select[Any]":
    """Ask for each invoice whose number another customer's has, in the columns of anomalies."""
    one, other = tables.invoices.alias("one"), tables.invoices.alias("other")
    customers = func.string_agg(
        func.split_part(other.c.account_id, _COLON, 2),
        aggregate_order_by(literal(", "), other.c.account_id),
    )
    sentence = (
        literal("invoice ")
        + one.c.invoice_id
        + " has come for "
        + customers
        + " too: either number is wrong, or one of them was billed for the other"
    )
    keys = (one.c.partition, one.c.account_id, one.c.invoice_id)
    query = (
        select(
            one.c.partition,
            one.c.account_id,
            (literal("number ") + one.c.invoice_id).label("subject"),
            null().cast(Text).label("invoice_id"),
            func.json_build_array(sentence).cast(Text).label("sentences"),
        )
        .join(other, other.c.invoice_id == one.c.invoice_id)
        .where(
            other.c.account_id != one.c.account_id,
            _creditor(other) == _creditor(one),
            _has_come(one),
            _has_come(other),
        )
        .group_by(*keys)
    )
    if account_id is None:
        # The index alone tells the few numbers that are there twice.
        every = tables.invoices.c.invoice_id
        query = query.where(
            one.c.invoice_id.in_(select(every).group_by(every).having(func.count() > 1))
        )
    return filtered(query, one, {"account_id": account_id}, partitions)


def _creditor(table: Any) -> ColumnElement[str]:
    return func.split_part(table.c.account_id, _COLON, 1)


def _has_come(table: Any) -> ColumnElement[bool]:
    """Say whether the invoice itself is there: money alone may have named it."""
    found: ColumnElement[bool] = table.c.facts["currency"].as_string().is_not(None)
    return found
