"""FastStream with one transaction for each event: what a team writes first.

As its documentation has it: a subscriber with a group and `AckPolicy.NACK_ON_ERROR`, so that the
offset is committed after each message. The rows are written with asyncpg, no ORM between, which is
the faster way. Source: FastStream, docs/docs/en/kafka/ack.md.
"""

import asyncio
from datetime import date

import asyncpg
import uvloop
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from benchmarks.peers.apps.account import Data, decode, minor
from benchmarks.peers.apps.rows import (
    ADD_FUNDS,
    ADD_ITEM,
    ADD_MET,
    ADD_NAMED,
    CLAIM,
    FREE_FUNDS,
    ONE_ITEM,
    OPEN_ITEMS,
    PAY,
    SCHEMA,
    SPEND,
    TAKE_FUNDS,
    TAKE_MET,
    TAKE_NAMED,
)
from benchmarks.peers.told import Order, order

Connection = asyncpg.Connection


async def main(told: Order) -> None:
    """Fold so many events of the topic, each in a transaction of its own, and end."""
    connection = await asyncpg.connect(told.database_url)
    await connection.execute(SCHEMA)
    broker = KafkaBroker(told.bootstrap_servers, logger=None)
    done = asyncio.Event()
    seen = 0

    async def raw(message: KafkaMessage) -> bytes:
        return bytes(message.body)

    @broker.subscriber(
        told.topic,
        group_id=told.name,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=raw,
    )
    async def folding(body: bytes) -> None:
        nonlocal seen
        async with connection.transaction():
            await _fold(connection, body)
        seen += 1
        if seen == told.number:
            done.set()

    async with broker:
        await broker.start()
        await done.wait()
    await connection.close()


async def _fold(connection: Connection, body: bytes) -> None:
    event = decode(body)
    account_id, data = event.accountid, event.data
    if not await connection.fetchval(CLAIM, event.eventname, account_id, body.decode()):
        return
    if event.type == "invoice.issued.v1":
        total_minor = minor(data.total, data.currency)
        due_on = date.fromisoformat(data.due_on)
        await connection.execute(
            ADD_ITEM, account_id, data.invoice_id, due_on, data.currency, total_minor
        )
        await _meet_named(connection, account_id, data.invoice_id)
        await _clear(connection, account_id, data.currency)
    elif event.type == "payment.received.v1":
        await _receive(connection, account_id, data.payment_id, data)
    elif event.type == "credit_note.issued.v1":
        await _receive(connection, account_id, data.credit_note_id, data)
    elif event.type == "payment.reversed.v1":
        await connection.execute(TAKE_FUNDS, account_id, data.payment_id)
        for row in await connection.fetch(TAKE_MET, account_id, data.payment_id):
            await connection.execute(PAY, account_id, row["invoice_id"], -row["amount_minor"])


async def _receive(connection: Connection, account_id: str, funds_id: str, data: Data) -> None:
    named = [(part.invoice_id, part.amount) for part in data.allocations or ()]
    if data.invoice_id:
        named.append((data.invoice_id, data.amount))
    amounts = [(invoice_id, minor(amount, data.currency)) for invoice_id, amount in named]
    free_minor = minor(data.amount, data.currency) - sum(amount for _, amount in amounts)
    await connection.execute(ADD_FUNDS, account_id, funds_id, data.currency, free_minor)
    for invoice_id, amount_minor in amounts:
        await connection.execute(ADD_NAMED, account_id, funds_id, invoice_id, amount_minor)
        await _meet_named(connection, account_id, invoice_id)
    await _clear(connection, account_id, data.currency)


async def _meet_named(connection: Connection, account_id: str, invoice_id: str) -> None:
    open_minor = await connection.fetchval(ONE_ITEM, account_id, invoice_id)
    if open_minor is None:
        return
    for funds_id, amount_minor in await connection.fetch(TAKE_NAMED, account_id, invoice_id):
        met_minor = min(amount_minor, open_minor)
        open_minor -= met_minor
        await connection.execute(SPEND, account_id, funds_id, met_minor - amount_minor)
        if met_minor:
            await connection.execute(PAY, account_id, invoice_id, met_minor)
            await connection.execute(ADD_MET, account_id, funds_id, invoice_id, met_minor)


async def _clear(connection: Connection, account_id: str, currency: str) -> None:
    funds = await connection.fetch(FREE_FUNDS, account_id, currency)
    if not funds:
        return
    found = await connection.fetch(OPEN_ITEMS, account_id, currency)
    items: dict[str, int] = {row["invoice_id"]: row["open_minor"] for row in found}
    for funds_id, all_free_minor in funds:
        free_minor = all_free_minor
        for invoice_id, open_minor in items.items():
            met_minor = min(free_minor, open_minor)
            if met_minor:
                items[invoice_id] -= met_minor
                free_minor -= met_minor
                await connection.execute(PAY, account_id, invoice_id, met_minor)
                await connection.execute(SPEND, account_id, funds_id, met_minor)
                await connection.execute(ADD_MET, account_id, funds_id, invoice_id, met_minor)


if __name__ == "__main__":
    uvloop.run(main(order()))
