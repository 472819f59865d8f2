"""What a write-off's case says, and the check that every table of them ends in."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book, difference

PARTS = (("2026-01-31", "60.00"), ("2026-03-02", "40.00"))


@dataclass(frozen=True)
class Loss:
    """Events, what is open, and what is given up of each item."""

    name: str
    events: list[Inbound]
    open: dict[str, str]
    given_up: dict[str, str] = field(default_factory=dict)
    unapplied: dict[str, str] = field(default_factory=dict)
    rule: str = OLDEST_DUE_FIRST


def losses(*cases: Loss) -> Callable[..., object]:
    """Run a test for each case, by its name."""
    return pytest.mark.parametrize("loss", [pytest.param(one, id=one.name) for one in cases])


def check(loss: Loss) -> None:
    """Fold the events, and see that money is kept after each and what stands in the end."""
    book = Book(loss.rule)
    for event in loss.events:
        book.fold(event)
        assert difference(book.account) == {}
    assert (book.open(), book.written_off(), book.unapplied()) == (
        loss.open,
        loss.given_up,
        loss.unapplied,
    )
    book.account.close()
