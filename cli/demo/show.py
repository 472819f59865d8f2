"""The demonstration from its start to its end, by the same functions as the commands."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Final

import msgspec

from cli.api.client import Client, connect
from cli.api.clocks import read_time_zone
from cli.demo.figures import read_figures
from cli.demo.folder import prepare_folder
from cli.demo.replay import Day, days_of, replay
from cli.demo.report import print_next, print_report
from cli.errors import FailedError
from cli.publishing import connect_publisher
from cli.sample import Trade, generate
from cli.show.output import print_line, progress_bar, say
from deploy.local.stack import Stack, UpOptions, until_signal
from services.monitor.rebuild import check

#: Where no bar is drawn, a line tells every so many days that it goes on.
DAYS_A_LINE: Final = 30
INTERRUPTED: Final = 130


async def run_demo(data: Path, *, once: bool, trade: Trade) -> int:
    """Run the demonstration and return the exit status: 0 when everything is as it must be."""
    await asyncio.to_thread(prepare_folder, data)
    stack = Stack(UpOptions(data=data, clock="manual", at=trade.start), say)
    status: int | None = None
    with until_signal(stack, say):
        async with stack:
            status = await _play_and_report(stack, data, trade, once=once)
            if not once:
                print_line("\nEverything stays up until Ctrl-C.")
                await asyncio.Event().wait()
    return INTERRUPTED if status is None else status


async def _play_and_report(stack: Stack, data: Path, trade: Trade, *, once: bool) -> int:
    async with connect(data) as client:
        await _require_empty(client)
        events = await _play(client, stack, trade)
        figures = await read_figures(client)
    with progress_bar() as bar:
        task = bar.add_task("rebuilding from the journal", total=None)
        differences = await check(
            stack.file.database_url(),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    print_report(figures, events, differences)
    print_next(figures, stack.file, data, once=once)
    problems = figures.problems()
    for problem in problems:
        say(f"not as it must be: {problem}")
    return 1 if problems or differences else 0


async def _play(client: Client, stack: Stack, trade: Trade) -> Counter[str]:
    """Replay the trade behind a bar; return how many events of each type were published."""
    types: Counter[str] = Counter()
    time_zone = await read_time_zone(client)
    async with connect_publisher(stack.file.kafka_bootstrap_servers) as publisher:
        with progress_bar() as bar:
            task = bar.add_task("half a year of trade", total=trade.days)

            def report(day: Day) -> None:
                types.update(msgspec.json.decode(line)["type"] for line in day.lines)
                passed = (day.day - trade.start).days + 1
                bar.update(task, completed=passed, description=f"{day.day}")
                if bar.disable and passed % DAYS_A_LINE == 0:
                    say(f"{day.day}: {sum(types.values())} events")

            await replay(client, publisher, _every_day(trade), time_zone, report)
    return types


def _every_day(trade: Trade) -> list[Day]:
    """Give each day of the trade, also those without events: something may fall due on them."""
    busy = {day.day: day for day in days_of(generate(trade))}
    days = (trade.start + timedelta(days=number) for number in range(trade.days))
    return [busy.get(day, Day(day=day, lines=())) for day in days]


async def _require_empty(client: Client) -> None:
    """Refuse servers of the user's own that hold something: the demonstration is no guest."""
    summary = await client.get("monitor", "/v1/summary")
    if summary["events"]:
        message = (
            f"the database already holds {summary['events']} events; the demonstration needs an "
            "empty one: unset ARREARS_DATABASE_URL and KAFKA_BOOTSTRAP_SERVERS"
        )
        raise FailedError(message)
