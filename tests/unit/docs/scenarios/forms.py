"""The forms of what can be said in a scenario: a pattern for each, and the event it stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from re import Match
from typing import Any, Final

import msgspec

from shared.contracts.fields import Inbound
from tests.unit.docs.scenarios.blocks import ScenarioError

NAME: Final = r"[\w-]+"
ITEM: Final = rf"{NAME}(?:/\d+)?"
AMOUNT: Final = r"\d+(?:\.\d+)?"
CURRENCY: Final = r"[A-Z]{3}"
DAY: Final = r"\d{4}-\d\d-\d\d"
#: An amount that may be left out.
SOME: Final = rf"(?: (?P<amount>{AMOUNT}))?"
MONEY: Final = rf"(?P<amount>{AMOUNT}) (?P<currency>{CURRENCY})"
#: YAML in braces, with the members of the contract.
MAPPING: Final = r"(?P<mapping>\{.*\})"

#: Members of an event's data, but for the customer and the creditor; None is left out.
Members = dict[str, Any]


@dataclass(frozen=True)
class Saying:
    """One thing said: of which account, on which day, and which one it is of all that were."""

    account_id: str
    on: date
    number: int


Maker = Callable[[Match[str], Saying], Members]


@dataclass(frozen=True)
class Form:
    """A form of words and what it stands for."""

    pattern: re.Pattern[str]
    struct: type[Inbound]
    make: Maker


def form(struct: type[Inbound], *words: str) -> Callable[[Maker], Form]:
    """Make a form of the function that gives the members of its event."""
    return lambda make: Form(re.compile(" ".join(words)), struct, make)


def event_of(text: str, saying: Saying, forms: list[Form]) -> Inbound:
    """Return the event that a line stands for, checked as at the door.

    Raises `ScenarioError` for words that are none of the forms, `RejectedError` for an event that
    the door refuses.
    """
    words = " ".join(text.split())
    for one in forms:
        found = one.pattern.fullmatch(words)
        if found is not None:
            creditor_id, _, customer_id = saying.account_id.partition(":")
            members = {"creditor_id": creditor_id, "customer_id": customer_id}
            members |= {k: v for k, v in one.make(found, saying).items() if v is not None}
            event = msgspec.convert(members, one.struct)
            event.check()
            return event
    message = f"{words!r} is nothing that can be said here"
    raise ScenarioError(message)


def total_of(parts: str) -> str:
    """Add up `60.00 due 2026-01-31, 40.00 due 2026-02-28`."""
    return format(sum((Decimal(one["amount"]) for one in schedule_of(parts)), Decimal(0)), "f")


def schedule_of(parts: str) -> list[dict[str, str]]:
    """Read `60.00 due 2026-01-31, 40.00 due 2026-02-28`."""
    pairs = [part.split(" due ") for part in parts.split(", ")]
    return [{"amount": amount, "due_on": day} for amount, day in pairs]


def terms_of(parts: str) -> Members:
    """Return the total of some parts with their one due date or their schedule."""
    schedule = schedule_of(parts)
    terms: Members = {"total": total_of(parts)}
    if len(schedule) == 1:
        return terms | {"due_on": schedule[0]["due_on"]}
    return terms | {"schedule": schedule}
