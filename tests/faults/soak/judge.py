"""Judges what a soak has left, part by part, in processes beside each other.

`python -m tests.faults.soak.judge FOLDER PART` judges one part and writes what was violated beside
it; the part `journal` is the whole journal, folded again in the database that the environment
names. Any other is all that was said of some accounts, so that none needs the memory for all.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from deploy.local.processes import Command, run
from tests.faults.checkers import SENTENCES_MAX, state_is_fold_of_journal, violations
from tests.faults.evidence.collect import refolded
from tests.faults.evidence.taking import part_of

#: A part takes seconds; the journal of millions of events takes minutes.
PART_SECONDS_MAX: Final = 1_200.0
JOURNAL: Final = "journal"
DATABASE: Final = "FAULTS_DATABASE_URL"


async def judged(folder: Path, parts: Sequence[str], database_url: str) -> dict[str, list[str]]:
    """Return what is violated in the journal or any part.

    A part that cannot be judged is a violation.
    """
    processors = asyncio.Semaphore(os.cpu_count() or 1)

    async def one(part: str) -> dict[str, list[str]]:
        async with processors:
            return await _judged(folder, part, database_url)

    return joined(await asyncio.gather(*(one(part) for part in (JOURNAL, *parts))))


async def _judged(folder: Path, part: str, database_url: str) -> dict[str, list[str]]:
    command = Command(
        argv=(sys.executable, "-m", "tests.faults.soak.judge", str(folder), part),
        log=folder / f"{part}.log",
        environ={**os.environ, DATABASE: database_url},
    )
    status, tail = await run(command, seconds_max=PART_SECONDS_MAX)
    if status != 0:
        return {"judged": [f"{part} was not judged (status {status}):\n{tail}"]}
    found: dict[str, list[str]] = json.loads(_answer(folder, part).read_text(encoding="utf-8"))
    return found


def joined(found: Iterable[Mapping[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Put the violations of all parts together; what several say, all have in common."""
    whole: dict[str, dict[str, None]] = {}
    for one in found:
        for name, sentences in one.items():
            whole.setdefault(name, {}).update(dict.fromkeys(sentences))
    return {name: list(sentences)[: SENTENCES_MAX + 1] for name, sentences in whole.items()}


def _answer(folder: Path, part: str) -> Path:
    return folder / f"{part}.json"


def main() -> None:
    """Judge the part that the command line names."""
    folder, part = Path(sys.argv[1]), sys.argv[2]
    if part == JOURNAL:
        differences = asyncio.run(refolded(os.environ[DATABASE]))
        found = {state_is_fold_of_journal.__name__: differences} if differences else {}
    else:
        found = violations(part_of(folder, part))
    _answer(folder, part).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
