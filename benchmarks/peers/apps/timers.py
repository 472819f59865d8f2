"""procrastinate for timers: one job for each item, scheduled at the moment its level is reached.

As its documentation has it: `batch_defer_async` with `schedule_at`, a worker with `concurrency`
that deletes what has succeeded, LISTEN/NOTIFY left on. A job looks at the item again and raises if
it is still open. Source: procrastinate, docs/howto/basics and docs/howto/production.
"""

import time
from datetime import UTC, datetime
from typing import Final

import procrastinate
import uvloop
from psycopg_pool import AsyncConnectionPool

from benchmarks.peers.apps.due import LEVELS
from benchmarks.peers.told import Order, Outcome, order, tell

SCHEMA: Final = """
CREATE TABLE items (item_id bigint PRIMARY KEY, open_minor bigint NOT NULL);
CREATE TABLE raised (
    item_id bigint, level text, open_minor bigint NOT NULL, PRIMARY KEY (item_id, level)
);
"""
FILL: Final = "INSERT INTO items SELECT number, 125000 FROM generate_series(1, %s) AS number"
#: An item that was paid in the meantime raises nothing; one that was raised is not raised again.
RAISE: Final = """
INSERT INTO raised SELECT item_id, %s, open_minor FROM items WHERE item_id = %s AND open_minor > 0
ON CONFLICT DO NOTHING
"""
#: More do not help where two cores do all of it.
CONCURRENCY: Final = 10
DEFER_JOBS_MAX: Final = 1_000


async def main(told: Order) -> Outcome:
    """Defer a job for each item, then time a worker until none is left."""
    connector = procrastinate.PsycopgConnector(conninfo=told.database_url, max_size=CONCURRENCY)
    app = procrastinate.App(connector=connector)
    pool = AsyncConnectionPool(
        told.database_url, min_size=CONCURRENCY, max_size=CONCURRENCY, open=False
    )

    @app.task(queue="timers")
    async def reach(item_id: int, level: str) -> None:
        async with pool.connection() as connection:
            await connection.execute(RAISE, (level, item_id))

    async with app.open_async(), pool:
        await app.schema_manager.apply_schema_async()
        async with pool.connection() as connection:
            await connection.execute(SCHEMA)
            await connection.execute(FILL, (told.number,))
        level = LEVELS[0][0]
        timer = reach.configure(schedule_at=datetime(2026, 6, 1, tzinfo=UTC))
        for first in range(1, told.number + 1, DEFER_JOBS_MAX):
            last = min(first + DEFER_JOBS_MAX, told.number + 1)
            await timer.batch_defer_async(
                *({"item_id": number, "level": level} for number in range(first, last))
            )
        began = time.perf_counter()
        await app.run_worker_async(
            queues=["timers"],
            wait=False,
            concurrency=CONCURRENCY,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
        seconds = time.perf_counter() - began
        async with pool.connection() as connection:
            (raised,) = await (
                await connection.execute("SELECT count(*) FROM raised")
            ).fetchone() or (0,)
    if raised != told.number:
        message = f"{raised} of {told.number} items were raised"
        raise RuntimeError(message)
    return Outcome(number=raised, seconds=seconds)


if __name__ == "__main__":
    tell(uvloop.run(main(order())))
