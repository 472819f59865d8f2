"""How rows of letters, tasks and escalations become values."""

from typing import Any

import asyncpg
import msgspec

from services.notifier.domain.work import (
    Escalation,
    Facts,
    Letter,
    LetterStatus,
    Task,
    TaskStatus,
)
from shared.contracts.escalation import Claim, Interest


def letter_of(row: asyncpg.Record) -> Letter:
    """Return a letter's row as a value."""
    return Letter(**{**row, "status": LetterStatus(row["status"])})


def task_of(row: asyncpg.Record) -> Task:
    """Return a task's row as a value."""
    facts = row["facts"]
    return Task(
        **{
            **row,
            "status": TaskStatus(row["status"]),
            "facts": None if facts is None else msgspec.json.decode(facts, type=Facts),
        }
    )


def escalation_of(row: asyncpg.Record) -> Escalation:
    """Return an escalation's row as a value."""
    values: dict[str, Any] = dict(row)
    for name, struct in (("claim", Claim), ("interest", Interest)):
        if values[name] is not None:
            values[name] = msgspec.json.decode(values[name], type=struct)
    values["skipped"] = tuple(values["skipped"])
    return Escalation(**values)
