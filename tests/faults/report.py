"""What a campaign leaves: a line for each run, a table for all, and a folder for each failure."""

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import asyncpg

from tests.faults.run import Result
from tests.faults.system import System

#: Every table that holds evidence.
TABLES: Final = (
    *(f"ingest.{name}" for name in ("names", "rejected")),
    *(
        f"monitor.{name}"
        for name in (
            *("partitions", "journal", "invoices", "items", "funds", "clearings", "balances"),
            *("accounts", "groups", "timers", "account_timers", "escalations", "outbox"),
        )
    ),
    *(f"notifier.{name}" for name in ("inbox", "letters", "tasks", "escalations", "matters")),
)


def line_of(result: Result) -> str:
    """Return one line for a person who watches."""
    verdict = "FAILED" if result.violations else "ok" if result.strikes else "ok, did not strike"
    return (
        f"{verdict:<6} {result.plan.name}: {result.events} events, {result.strikes} strikes, "
        f"ready after {result.ready_seconds:.1f} s, {result.seconds:.1f} s in all"
    )


def table_of(results: Sequence[Result]) -> str:
    """Return the table of a campaign, in Markdown."""
    rows: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        rows[result.plan.fault.row].append(result)
    lines = [
        "| fault | runs | faults injected | events | violations | ready again within |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    lines += [_row(name, found) for name, found in rows.items()]
    lines.append(_row("**all**", results))
    return "\n".join(lines)


def _row(name: str, results: Sequence[Result]) -> str:
    strikes = sum(result.strikes for result in results)
    events = sum(result.events for result in results)
    failed = sum(bool(result.violations) for result in results)
    ready = max((result.ready_seconds for result in results), default=0.0)
    return f"| {name} | {len(results)} | {strikes} | {events} | {failed} | {ready:.1f} s |"


def commit() -> str:
    """Return the commit that is checked out, marked where files differ from it."""
    words = ("git", "describe", "--always", "--dirty", "--exclude=*")
    answer = subprocess.run(words, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


async def keep_evidence(system: System, result: Result, first: int, folder: Path) -> Path:
    """Write everything about a failed run into a folder of its own and return that."""
    plan = result.plan
    place = folder / f"run-{plan.seed}-{plan.number}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shutil.copytree(system.folder / "logs", place / "logs")
    again = (
        f"python -m tests.faults --runs {plan.number} --first {first} --seed {plan.seed}"
        f"{' --short' if plan.is_short else ''}"
    )
    told = {
        "run": plan.name,
        "row": plan.fault.row,
        "seed": plan.seed,
        "commit": commit(),
        "repeat": again,
        "notes": result.notes,
        "violations": result.violations,
    }
    (place / "run.json").write_text(json.dumps(told, indent=2, default=str), encoding="utf-8")
    if result.evidence is not None:
        text = json.dumps(_plain(result.evidence), indent=1, default=str)
        (place / "evidence.json").write_text(text, encoding="utf-8")
    await dump_tables(system, place)
    return place


async def dump_tables(system: System, place: Path) -> None:
    """Write every table that holds evidence, a line of JSON for each row."""
    for table in TABLES:
        with (place / f"{table}.jsonl").open("w", encoding="utf-8") as file:
            try:
                async for row in system.rows(f"SELECT to_jsonb(t)::text AS row FROM {table} AS t"):
                    file.write(f"{row['row']}\n")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                (place / "database-away.txt").write_text(repr(error), encoding="utf-8")
                return


def _plain(evidence: Any) -> dict[str, list[str]]:
    """Return the evidence as lists of lines."""
    return {
        name: [str(one) for one in (value.items() if isinstance(value, dict) else value)]
        for name in evidence.__slots__
        if isinstance(value := getattr(evidence, name), dict | list)
    }
