"""How a stack is: each part's process, address and health, and what still moves."""

import asyncio
from pathlib import Path
from typing import Any

from cli.api.client import SERVICES, Client, connect
from cli.api.clocks import read_clock, time_zone_if_told
from cli.api.settling import measure
from cli.errors import AwayError, RefusedError
from deploy.local.readiness import can_connect, why_http_not_ready
from deploy.local.stack import Process, read_stack


async def read_status(data: Path) -> tuple[list[dict[str, Any]], str | None]:
    """Return one row for each part, and the time zone in which people read the clocks, if known.

    A row has name, pid, address, ready and reason; those of services have lag, outbox, due and
    clock too.
    """
    stack = read_stack(data)
    async with connect(data) as client:
        time_zone, *rows = await asyncio.gather(
            time_zone_if_told(client), *(_row(client, part) for part in stack.processes)
        )
        return rows, time_zone


async def _row(client: Client, part: Process) -> dict[str, Any]:
    row: dict[str, Any] = {"name": part.name, "pid": part.pid, "address": part.address}
    if part.smtp_address:
        row["smtp_address"] = part.smtp_address
    reason = await _why_not_ready(part)
    row |= {"ready": reason is None, "reason": reason}
    if part.name in SERVICES:
        row |= await _service(client, part.name)
    return row


async def _why_not_ready(part: Process) -> str | None:
    if part.address.startswith("http"):
        return await why_http_not_ready(part.address)
    host, _, port = part.address.rpartition(":")
    if port.isdigit() and await can_connect(host, int(port)):
        return None
    return f"nothing listens on {part.address}"


async def _service(client: Client, name: str) -> dict[str, Any]:
    """Return what moves in a service, and its clock; nothing is known of one that is away."""
    unknown = {"lag": None, "outbox": None, "due": None, "clock": None, "manual": None}
    try:
        progress = await measure(client, name)
        clock = await read_clock(client, name)
    except (AwayError, RefusedError):
        return unknown
    if progress.away:
        return unknown
    return {
        "lag": progress.lag,
        "outbox": progress.outbox,
        "due": progress.due,
        "clock": clock.now.isoformat(),
        "manual": clock.manual,
    }
