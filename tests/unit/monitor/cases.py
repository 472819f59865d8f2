"""A case of the tables: events in order, and what is owed and left over after them."""

from dataclasses import dataclass, field

import pytest

from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book, difference


@dataclass(frozen=True)
class Case:
    """One row of a table; amounts are decimal strings."""

    name: str
    events: list[Inbound]
    #: Open by item.
    open: dict[str, str]
    #: What has met no item, by payment or credit note.
    unapplied: dict[str, str] = field(default_factory=dict)
    rule: str = OLDEST_DUE_FIRST


def check(case: Case) -> Book:
    """Fold the case's events and compare; money must be kept after each of them."""
    book = Book(case.rule)
    for event in case.events:
        book.fold(event)
        assert difference(book.account) == {}
    assert book.open() == case.open
    assert book.unapplied() == case.unapplied
    book.account.close()
    return book


def table(*cases: Case) -> pytest.MarkDecorator:
    """Run a test once for each case, under the case's name."""
    return pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in cases])
