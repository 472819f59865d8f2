"""Runs the bench: `python -m benchmarks [--quick] [--only PART]`; see `README.md`."""

import argparse
import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks import catalogue
from benchmarks.frame import machine
from benchmarks.frame.folding import Folding
from benchmarks.frame.repetitions import medians, repeat
from benchmarks.frame.servers import Servers, opened
from benchmarks.frame.size import FULL, QUICK, Size
from benchmarks.frame.telling import table, write_json, write_plot
from benchmarks.letters.subjects import LOOP, NOTIFIER, prepare_letters
from benchmarks.peers.contenders import Peers, gather
from benchmarks.peers.raising import Raising
from benchmarks.stream.mix import make_stream

RESULTS: Final = Path(__file__).with_name("results")
SHORT_TOPIC: Final = "bench.short"


def say(line: str) -> None:
    """Tell whoever waits."""
    print(line, flush=True)  # noqa: T201


async def bench(size: Size, only: str, folder: Path) -> None:
    """Measure, judge and tell."""
    started = perf_counter()
    about: dict[str, Any] = {
        "machine": machine.machine_line(),
        "load_before": machine.load_line(),
        "fsync_milliseconds": round(machine.fsync_milliseconds(folder), 3),
        "commit": machine.commit_line(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "repetitions": size.repetitions,
        "events": size.events,
    }
    peers = gather()
    about["peers_absent"] = dict(peers.absent)
    say("\n".join(f"{name}: {value}" for name, value in about.items()))
    async with opened(folder / "servers") as servers:
        figures = await _fold(servers, size, only, peers)
        figures |= await _sweep(servers, size, only)
        figures |= await _send(servers, size, only)
    for subject, name, value, spread in medians(figures):
        say(f"{subject}: {name.replace('_', ' ')} {value:,.6g} ± {spread:.0%}")
    verdicts = [one for bar in catalogue.BARS if (one := bar.judge(figures)) is not None]
    say(table(verdicts))
    about["seconds"] = round(perf_counter() - started)
    if size == FULL and not only:
        write_json(RESULTS / "latest.json", verdicts, figures, about)
        caption = f"{about['machine']}; {size.repetitions} repetitions; {about['at']}"
        write_plot(RESULTS / "latest.svg", verdicts, caption)
    else:
        say("Nothing is written: this was not the whole bench.")


async def _fold(
    servers: Servers, size: Size, only: str, peers: Peers
) -> dict[str, dict[str, list[float]]]:
    short_warm_up_events = size.short_events // 10
    subjects: list[Folding | Raising] = []
    for stream, warm_up_events, contenders in (
        (make_stream(size.events), size.warm_up_events, catalogue.contenders(servers, peers)),
        (make_stream(size.short_events, topic=SHORT_TOPIC), short_warm_up_events, peers.short),
    ):
        chosen = [one for one in contenders if only in one.name]
        if chosen:
            await servers.load(stream)
        subjects += [Folding(one, servers, stream, warm_up_events) for one in chosen]
    subjects += [
        Raising(name, module, python, servers, size.due_items)
        for name, module, python in peers.raising
        if only in name
    ]
    if not subjects:
        return {}
    say(f"Folding {size.events:,} events:")
    return await repeat(subjects, size.repetitions, say)


async def _sweep(servers: Servers, size: Size, only: str) -> dict[str, dict[str, list[float]]]:
    subjects = [one for one in catalogue.sweeps(servers, size) if only in one.name]
    if not subjects:
        return {}
    say(f"Sweeping books of {size.few_open_items:,} and {size.many_open_items:,} open items:")
    return await repeat(subjects, size.repetitions, say)


async def _send(servers: Servers, size: Size, only: str) -> dict[str, dict[str, list[float]]]:
    if not any(only in name for name in (NOTIFIER, LOOP)):
        return {}
    both = await prepare_letters(servers, size.letters)
    say(f"Sending {size.letters:,} letters:")
    return await repeat([one for one in both if only in one.name], size.repetitions, say)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--quick", action="store_true", help="the checks alone, in minutes")
    parser.add_argument("--only", default="", help="what has this in its name alone")
    parser.add_argument("--repetitions", type=int, help="another number of them; nothing written")
    options = parser.parse_args()
    size = QUICK if options.quick else FULL
    if options.repetitions:
        size = replace(size, repetitions=options.repetitions)
    with tempfile.TemporaryDirectory(prefix="arrears-bench-") as folder:
        asyncio.run(bench(size, options.only, Path(folder)))


if __name__ == "__main__":
    main()
