"""Break the product on purpose, one rule at a time, and show that the harness finds each.

`python -m tests.faults.breaks [NAME…]` copies the sources, spoils one statement, and runs the
faults that this rule is there for. Ends with status 1 when a break was not found.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("cli", "deploy", "services", "shared", "tests", "pyproject.toml")
#: Runs of the chosen faults before a break counts as not found.
RUNS_MAX: Final = 4
SEED: Final = 11
SECONDS_MAX: Final = 600.0


@dataclass(frozen=True, slots=True)
class Break:
    """One rule that is broken: a text in a file, and what stands there instead."""

    name: str
    file: str
    #: (what stands there, what is put there), each found exactly once.
    changes: tuple[tuple[str, str], ...]
    #: The fault that must find it.
    fault: str


BREAKS: Final = (
    Break(
        "the epoch is not checked",
        "services/monitor/adapters/statements.py",
        (
            (
                (
                    "WHERE p.partition = m.partition AND p.epoch = m.epoch AND "
                    "p.next_offset = m.expected"
                ),
                "WHERE p.partition = m.partition",
            ),
            (
                "WHERE partition = $1 AND epoch = $2 AND stopped_reason IS NULL FOR UPDATE",
                (
                    "WHERE partition = $1 AND $2 > 0 "
                    "-- epoch = $2 AND stopped_reason IS NULL FOR UPDATE"
                ),
            ),
        ),
        "a late",
    ),
    Break(
        "offsets are committed before the events are published",
        "services/ingest/handlers/inbound.py",
        (
            (
                "            outcomes = await door",
                "            await source.done()\n            outcomes = await door",
            ),
            ("            await source.done()\n", ""),
        ),
        "ingest killed before produce",
    ),
    Break(
        "outbox rows are deleted before the broker has them",
        "services/monitor/handlers/relay.py",
        (
            (
                "        for topic, group in groupby",
                (
                    "        if rows:\n            await store.sent(rows)\n"
                    "        for topic, group in groupby"
                ),
            ),
        ),
        "monitor killed before produce",
    ),
    Break(
        "a letter whose fate is unknown is sent again",
        "services/notifier/adapters/letter_store.py",
        (
            (
                "SET status = 'unknown', reason =",
                "SET status = 'planned', claimed_by = NULL, claimed_until = NULL, reason =",
            ),
        ),
        "notifier killed at the 250",
    ),
    Break(
        "what the journal has is folded again",
        "services/monitor/handlers/batch.py",
        (("    seen = set(known)\n", "    seen = set[uuid.UUID]()\n"),),
        "said three times",
    ),
    Break(
        "a letter leaves without asking whether it is still due",
        "services/notifier/domain/dispatch.py",
        (("        if answer.standing:\n", "        if answer is not None:\n"),),
        "paid meanwhile",
    ),
    Break(
        "a refusal is told to nobody",
        "services/ingest/handlers/refused.py",
        (("            await self._publisher.publish(\n", "            _ = (\n"),),
        "as much poison as events",
    ),
    Break(
        "records that are gone are skipped",
        "shared/kafka/positions.py",
        (("    if position < first:\n", "    position = max(position, first)\n    if False:\n"),),
        "receivables.invoices truncated",
    ),
    Break(
        "a topic that was made anew is read on from its end",
        "shared/kafka/positions.py",
        (("    if position > end:\n", "    position = min(position, end)\n    if False:\n"),),
        "receivables.escalations made anew",
    ),
    Break(
        "a restored database is not noticed before letters leave",
        "services/notifier/adapters/positions.py",
        (
            (
                "AND said.committed > greatest(",
                "AND false AND said.committed > greatest(",
            ),
        ),
        "an old backup restored",
    ),
    Break(
        "a restored monitor says nothing of it",
        "shared/kafka/positions.py",
        (("committed if committed > position else None", "None"),),
        "an old backup restored",
    ),
    Break(
        "the relay sends the newest first",
        "services/monitor/adapters/queries.py",
        (("ORDER BY partition, seq LIMIT $2", "ORDER BY partition, seq DESC LIMIT $2"),),
        "an outbox that nobody has emptied",
    ),
    Break(
        "a record without a value is dropped in silence",
        "services/ingest/handlers/refused.py",
        (
            (
                "[one for one in kept if one is not None]",
                "[one for one in kept if one is not None and one.raw]",
            ),
        ),
        "a flood of bad events",
    ),
)


def spoil(folder: Path, one: Break) -> None:
    """Put a break into a copy of the sources; raises `ValueError` when its text is not there."""
    file = folder / one.file
    text = file.read_text(encoding="utf-8")
    for before, after in one.changes:
        if before not in text:
            message = f"{one.name}: {one.file} has no {before!r}"
            raise ValueError(message)
        # The last place: an earlier change may have put the text in front of it.
        head, _, tail = text.rpartition(before)
        text = head + after + tail
    file.write_text(text, encoding="utf-8")


async def is_found(one: Break) -> bool:
    """Run the break's faults on a spoiled copy; returns whether a run failed."""
    with tempfile.TemporaryDirectory(prefix="arrears-break-") as name:
        folder = Path(name)
        for path in COPIED:
            source = ROOT / path
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / path, ignore=ignored)
            else:
                shutil.copy(source, folder / path)
        spoil(folder, one)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults", "--seed", str(SEED), "--until-failed"),
            *("--only", one.fault, "--most", str(RUNS_MAX), "--folder", str(folder / "evidence")),
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(folder)},
        )
        async with asyncio.timeout(SECONDS_MAX):
            return await process.wait() == 1


async def found(breaks: Sequence[Break]) -> list[bool]:
    """Try the breaks one after the other."""
    return [await is_found(one) for one in breaks]


def main() -> None:
    """Try the breaks that are named, or all."""
    wanted = sys.argv[1:]
    breaks = [one for one in BREAKS if not wanted or any(word in one.name for word in wanted)]
    results = asyncio.run(found(breaks))
    for one, was_found in zip(breaks, results, strict=True):
        sys.stdout.write(f"{'found' if was_found else 'NOT FOUND'}: {one.name}\n")
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
