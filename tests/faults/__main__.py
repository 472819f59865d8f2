"""Run the matrix of faults: `python -m tests.faults [--short] [--runs N] [--seed S]`.

Each run prints its line and its seed. Ends with status 1 when anything was violated; the whole
evidence of each failed run is then in the folder that is named, with the command that repeats it.
With `--soak MINUTES` one system is kept under load and faults for that long instead.
"""

import argparse
import asyncio
import logging
import secrets
import shutil
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Final

from tests.faults.matrix import FAULTS, GREAT, STATES, long_matrix, short_matrix
from tests.faults.report import commit, keep_evidence, line_of, table_of
from tests.faults.run import Plan, Result, carry_out
from tests.faults.soak.outcome import Order
from tests.faults.soak.report import keep_evidence as keep_soak_evidence
from tests.faults.soak.report import table_of as table_of_soak
from tests.faults.soak.run import PARTS
from tests.faults.soak.run import carry_out as soak
from tests.faults.system import System, opened

#: Runs that share one database.
GENERATION_RUNS: Final = 4
#: As many as give every fault a turn in every state.
LONG_RUNS: Final = len(FAULTS) * len(STATES) + len(GREAT)
#: No run may take longer beside its strike, whatever hangs.
RUN_SECONDS_MAX: Final = 450.0


async def campaign(
    plans: list[Plan], folder: Path, *, systems: int, until_failed: bool
) -> list[Result]:
    """Do the runs on so many systems side by side, a generation at a time."""
    generations = [
        plans[start : start + GENERATION_RUNS] for start in range(0, len(plans), GENERATION_RUNS)
    ]
    waiting = deque(generations)
    results: list[Result] = []
    workers = [
        _work(waiting, folder / f"system-{number}", folder, results, until_failed=until_failed)
        for number in range(1, min(systems, len(generations)) + 1)
    ]
    await asyncio.gather(*workers)
    return sorted(results, key=lambda result: result.plan.number)


async def _work(
    waiting: deque[list[Plan]],
    place: Path,
    folder: Path,
    results: list[Result],
    *,
    until_failed: bool,
) -> None:
    """Take generations from those that wait, on a system of its own."""
    async with opened(place) as system:
        while waiting:
            plans = waiting.popleft()
            first = None
            for plan in plans:
                if first is None:
                    await system.renew()
                    first = plan.number
                result = await _one(system, plan)
                results.append(result)
                say(line_of(result))
                if result.violations:
                    await _tell_failure(system, result, first, folder)
                    if until_failed:
                        waiting.clear()
                        return
                if result.violations or plan.fault.ends_generation:
                    first = None


async def _tell_failure(system: System, result: Result, first: int, folder: Path) -> None:
    place = await keep_evidence(system, result, first, folder)
    for name, sentences in result.violations.items():
        say(f"       {name}: {sentences[0][:300]}")
    say(f"       the evidence and how to repeat it: {place}/run.json")


async def _one(system: System, plan: Plan) -> Result:
    seconds_max = RUN_SECONDS_MAX + plan.fault.strike_seconds_max
    try:
        async with asyncio.timeout(seconds_max):
            return await carry_out(system, plan)
    except TimeoutError:
        sentence = f"the run was not over within {seconds_max:g} s"
        return Result(plan, violations={"carried_out": [sentence]}, seconds=seconds_max)


def say(line: str) -> None:
    """Tell the person who watches, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def soaked(options: argparse.Namespace, folder: Path) -> bool:
    """Do the soak that the command line asks for, report, and say whether all was well."""
    order = Order(options.seed, options.soak, options.rate)
    async with opened(folder / "system") as system:
        outcome = await soak(system, order, folder, say)
        say(f"\n{table_of_soak(outcome)}\n")
        for name, sentences in outcome.violations.items():
            for sentence in sentences:
                say(f"VIOLATED {name}: {sentence[:300]}")
        if outcome.violations:
            file = await keep_soak_evidence(system, outcome, folder)
            say(f"the evidence and how to repeat it: {file}")
    # The servers' data are many gigabytes, and all that can be asked of them has been.
    for left in ("system", *(() if outcome.violations else (PARTS,))):
        shutil.rmtree(folder / left, ignore_errors=True)
    seconds = ", ".join(f"{name} {took:.0f} s" for name, took in outcome.phases.items())
    say(f"{seconds}; seed {options.seed}, commit {commit()}")
    return not outcome.violations


def chosen(options: argparse.Namespace) -> list[Plan]:
    """Return the runs that the command line asks for."""
    if options.short:
        plans = short_matrix(options.seed)[: options.runs]
    else:
        plans = long_matrix(options.seed, options.runs or LONG_RUNS)
    wanted = [
        plan for plan in plans if plan.number >= options.first and options.only in plan.fault.name
    ]
    return wanted[: options.most]


def main() -> None:
    """Read the command line, run, and report."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="one run of every short fault")
    parser.add_argument("--runs", type=int, help="how many runs, else each once")
    parser.add_argument("--seed", type=int, default=None, help="repeats a campaign")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="one long run under load")
    parser.add_argument("--rate", type=float, help="events a second of a soak, else half the top")
    parser.add_argument("--first", type=int, default=1, help="the number to begin with")
    parser.add_argument("--systems", type=int, default=4, help="how many stacks side by side")
    parser.add_argument("--only", default="", help="faults whose name has this in it")
    parser.add_argument("--most", type=int, help="no more runs than this of those chosen")
    parser.add_argument("--until-failed", action="store_true", help="end with the first failure")
    parser.add_argument("--folder", type=Path, help="where logs and evidence go")
    options = parser.parse_args()
    options.seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
    # The client logs each of its many attempts while the broker is away.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    folder = options.folder or Path(tempfile.mkdtemp(prefix="arrears-faults-"))
    if options.soak:
        say(f"{options.soak:g} minutes, seed {options.seed}, commit {commit()}, folder {folder}")
        sys.exit(0 if asyncio.run(soaked(options, folder)) else 1)
    plans = chosen(options)
    say(f"{len(plans)} runs, seed {options.seed}, commit {commit()}, folder {folder}")
    started = time.monotonic()
    results = asyncio.run(
        campaign(plans, folder, systems=options.systems, until_failed=options.until_failed)
    )
    failed = [result for result in results if result.violations]
    say(f"\n{table_of(results)}\n")
    seconds = time.monotonic() - started
    say(f"{len(results)} runs, {len(failed)} failed, {seconds:.0f} s, seed {options.seed}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
