"""What a soak tells: a line for each fault, a table at the end, all evidence where it failed."""

import json
import shutil
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.faults.report import commit, dump_tables
from tests.faults.soak.memory import JUDGED_SECONDS_MIN, SLOPES, Sample, Slope
from tests.faults.soak.nemesis import Blow
from tests.faults.soak.outcome import Outcome
from tests.faults.system import ALWAYS, System

#: Samples at the beginning, in the middle and at the end that make one figure.
AROUND: Final = 15


def blow_line(blow: Blow) -> str:
    """Return one line for a person who watches."""
    verdict = "FAILED" if blow.violations else "ok" if blow.strikes else "ok, did not strike"
    return (
        f"{verdict:<6} {blow.number} {blow.fault.row}: {blow.fault.name}: {blow.strikes} strikes "
        f"in {blow.ended_at - blow.began_at:.1f} s, ready after {blow.ready_seconds:.1f} s"
        + "".join(f"; {one}" for one in blow.violations)
    )


def table_of(outcome: Outcome) -> str:
    """Return the tables of a soak, in Markdown."""
    slowest = max((blow.ready_seconds for blow in outcome.blows), default=0.0)
    violations = sum(len(sentences) for sentences in outcome.violations.values())
    cells = {
        "minutes": f"{outcome.order.minutes:g}",
        "events": f"{outcome.told:,}",
        "top rate": f"{outcome.top_rate:,.0f}/s",
        "asked for": f"{outcome.rate:,.0f}/s",
        "told": f"{outcome.told_rate:,.0f}/s",
        "days passed": f"{outcome.days:,}",
        "mails": f"{outcome.letters:,}",
        "faults": f"{len(outcome.blows)}",
        "violations": f"{violations}",
        "slowest recovery": f"{slowest:.1f} s",
        "ready after the last": f"{outcome.ready_seconds:.1f} s",
        "at rest after": f"{outcome.phases.get('rest', 0.0):.0f} s",
    }
    lines = [
        f"| {' | '.join(cells)} |",
        f"|{'---:|' * len(cells)}",
        f"| {' | '.join(cells.values())} |",
        "",
        "| fault | times | faults injected | failed | ready again within |",
        "|---|---:|---:|---:|---:|",
    ]
    rows: dict[str, list[Blow]] = defaultdict(list)
    for blow in outcome.blows:
        rows[blow.fault.row].append(blow)
    lines += [_row(row, blows) for row, blows in sorted(rows.items())]
    lines += ["", *_memory_lines(outcome)]
    return "\n".join(lines)


def _row(row: str, blows: Sequence[Blow]) -> str:
    strikes = sum(blow.strikes for blow in blows)
    failed = sum(bool(blow.violations) for blow in blows)
    ready = max(blow.ready_seconds for blow in blows)
    return f"| {row} | {len(blows)} | {strikes} | {failed} | {ready:.1f} s |"


def _memory_lines(outcome: Outcome) -> list[str]:
    lines = [
        "| service | lives | MiB at start | middle | end | most | while it lived | over the soak |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in ALWAYS:
        if samples := outcome.memory.samples.get(name):
            lives = len({one.pid for one in samples})
            start, middle, end = (_around(samples, part) for part in (0.0, 0.5, 1.0))
            most = max(one.mib for one in samples)
            slopes = " | ".join(_said(measure(samples)) for _how, measure, _most in SLOPES)
            lines.append(
                f"| {name} | {lives} | {start:.0f} | {middle:.0f} | {end:.0f} | {most:.0f} | "
                f"{slopes} |"
            )
    return lines


def _around(samples: Sequence[Sample], part: float) -> float:
    """Return the median of the samples around a place, so that one young process says little."""
    at = int((len(samples) - 1) * part)
    first = max(0, min(at - AROUND // 2, len(samples) - AROUND))
    found = sorted(one.mib for one in samples[first : first + AROUND])
    return found[len(found) // 2]


def _said(slope: Slope | None) -> str:
    if slope is None:
        return "too short to tell"
    judged = "" if slope.seconds >= JUDGED_SECONDS_MIN else ", not judged"
    return f"{slope.mib_per_minute:+.1f} MiB/min over {slope.seconds:.0f} s{judged}"


async def keep_evidence(system: System, outcome: Outcome, folder: Path) -> Path:
    """Write everything about a failed soak into its folder and return what says it all."""
    shutil.copytree(system.folder / "logs", folder / "logs", dirs_exist_ok=True)
    rate = f" --rate {outcome.order.rate:g}" if outcome.order.rate else ""
    told = {
        "commit": commit(),
        "repeat": f"python -m tests.faults --soak {outcome.order.minutes:g} --seed "
        f"{outcome.order.seed}{rate}",
        "violations": outcome.violations,
        "faults": [
            {
                "name": blow.fault.name,
                "began_at": blow.began_at,
                "ended_at": blow.ended_at,
                "ready_seconds": blow.ready_seconds,
                "notes": blow.notes,
                "violations": blow.violations,
            }
            for blow in outcome.blows
        ],
        "memory": {
            name: [asdict(one) for one in samples]
            for name, samples in outcome.memory.samples.items()
        },
    }
    file = folder / "soak.json"
    file.write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")
    await dump_tables(system, folder)
    return file
