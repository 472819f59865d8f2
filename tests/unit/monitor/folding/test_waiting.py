"""Open items wait for money in the rule's order, and none is looked at that no money meets."""

from collections.abc import Iterator, Sequence

import pytest

from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.clearing import oldest_due_first
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import amended, cancelled, issued, paid, payment, reversed_

OPEN = [
    issued("A", ("2026-02-01", "50.00")),
    issued("B", ("2026-03-01", "50.00")),
    issued("C", ("2026-04-01", "50.00")),
]


@pytest.mark.parametrize(
    ("later", "waiting"),
    [
        pytest.param([], ["A/1", "B/1", "C/1"], id="partly met"),
        pytest.param([paid("Q", "40.00")], ["B/1", "C/1"], id="met by the rule"),
        pytest.param([paid("Q", "50.00", ("B", "50.00"))], ["A/1", "C/1"], id="met by name"),
        pytest.param([reversed_("R", "P")], ["A/1", "B/1", "C/1"], id="open again in part"),
        pytest.param(
            [paid("Q", "40.00"), reversed_("R", "Q")], ["A/1", "B/1", "C/1"], id="open again"
        ),
        pytest.param([cancelled("B")], ["A/1", "C/1"], id="cancelled"),
        pytest.param([amended("C", 1, ("2026-01-15", "50.00"))], ["C/1", "A/1", "B/1"], id="moved"),
        pytest.param(
            [
                amended("C", 1, ("2026-01-15", "50.00")),
                amended("C", 2, ("2026-04-01", "50.00")),
            ],
            ["A/1", "B/1", "C/1"],
            id="moved there and back",
        ),
        pytest.param(
            [
                amended("B", 1, ("2026-03-01", "20.00"), ("2026-05-01", "30.00")),
                amended("B", 2, ("2026-03-01", "50.00")),
            ],
            ["A/1", "B/1", "C/1"],
            id="an instalment that is no more",
        ),
        pytest.param(
            [issued("D", ("2026-01-20", "9.00"), currency="CNY")],
            ["A/1", "B/1", "C/1"],
            id="another currency",
        ),
    ],
)
def test_what_is_open_waits_by_its_terms_of_now(
    later: Sequence[Inbound], waiting: list[str]
) -> None:
    book = Book()
    # From the first money on account on, the order is kept.
    book.fold(*OPEN, paid("P", "10.00"), *later)
    assert [item.item_id for item in book.account.waiting_items("EUR")] == waiting


def test_money_looks_at_no_more_open_items_than_it_meets() -> None:
    book = Book()
    book.fold(paid("P", "60.00"))
    others = Book()
    others.fold(*OPEN)
    looked_at = []

    def waiting() -> Iterator[Item]:
        for item in others.account.waiting_items("EUR"):
            looked_at.append(item.item_id)
            yield item

    matched = oldest_due_first([book.account.funds[payment("P")]], waiting())
    assert [(item.item_id, amount) for _funds, item, amount in matched] == [
        ("A/1", 5000),
        ("B/1", 1000),
    ]
    assert looked_at == ["A/1", "B/1"]
