"""What the tables of interest are made of: days and steps in short, and terms as people write."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from services.monitor.domain.interest.accrual import Accrual, Step, accrue
from services.monitor.domain.interest.terms import InterestTerms, always, read_terms
from tests.unit.monitor.builders import day


def terms(**keys: Any) -> InterestTerms:
    """Read terms from a policy's keys."""
    return read_terms(keys, "interest")


def step(on: str, open_minor: int, disputed_minor: int = 0) -> Step:
    """Return a step that is due at once, for `accrue_by` to put its due date in."""
    return Step(day(on), open_minor, day(on), disputed_minor)


def accrue_by(
    due_on: date, steps: Iterable[Step], one: InterestTerms, currency: str, until: date
) -> Accrual:
    """Accrue by one due date for all days."""
    due = [replace(step, due_on=due_on) for step in steps]
    return accrue(due, always(one, "tests@1"), currency, until)


def accrued(due_on: str, until: str, *steps: Step, currency: str = "EUR", **keys: Any) -> Accrual:
    """Accrue by a policy's keys."""
    return accrue_by(day(due_on), steps, terms(**keys), currency, day(until))


def periods(accrual: Accrual) -> list[tuple[date, date]]:
    """Return the first and the last day of each line."""
    return [(line.from_on, line.to_on) for line in accrual.lines]
