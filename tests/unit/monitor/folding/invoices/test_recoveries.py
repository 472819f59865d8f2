"""Recoveries: money that comes after a write-off takes what is open, then lowers the loss."""

from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    allocated,
    amended,
    credited,
    issued,
    note_cancelled,
    paid,
    reversed_,
)
from tests.unit.monitor.folding.invoices.losses import Loss, check, losses
from tests.unit.monitor.invoice_builders import write_off_reversed, written_off


@losses(
    Loss(
        "a recovery that bounces is given up again",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            paid("Q", "60.00", ("A", "60.00"), on="2026-03-05"),
            reversed_("R", "Q", on="2026-03-15"),
        ],
        {"A/1": "0.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "a recovery stays one when other money bounces",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            paid("Q", "20.00", ("A", "20.00"), on="2026-03-05"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "40.00"},
    ),
    Loss(
        "a recovery stays one when an amendment adds to the invoice",
        [
            issued("A", "100.00"),
            written_off("A"),
            paid("Q", "30.00", ("A", "30.00"), on="2026-03-05"),
            amended("A", 1, "130.00", on="2026-03-15"),
        ],
        {"A/1": "30.00"},
        {"A/1": "70.00"},
    ),
    Loss(
        "money takes what is open before it is a recovery",
        [
            issued("A", "100.00"),
            written_off("A"),
            write_off_reversed("A", "30.00", on="2026-03-10"),
            paid("Q", "40.00", ("A", "40.00"), on="2026-03-15"),
            reversed_("R", "Q", "15.00", on="2026-03-20", reason="refund"),
        ],
        {"A/1": "5.00"},
        {"A/1": "70.00"},
    ),
    Loss(
        "after the reversal of all, the bounce of a recovery is open",
        [
            issued("A", "100.00"),
            written_off("A"),
            paid("Q", "30.00", ("A", "30.00"), on="2026-03-05"),
            write_off_reversed("A", on="2026-03-10"),
            reversed_("R", "Q", on="2026-03-15"),
        ],
        {"A/1": "100.00"},
    ),
    Loss(
        "what the bounce of money on account opens again is open",
        [
            issued("A", "100.00"),
            paid("P", "40.00"),
            written_off("A"),
            reversed_("R", "P", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "what a cancelled credit note on account opens again is open",
        [
            issued("A", "100.00"),
            credited("N", "40.00"),
            written_off("A"),
            note_cancelled("N", on="2026-03-15"),
        ],
        {"A/1": "40.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "money on account that has met the invoice since is a recovery",
        [
            issued("A", "100.00"),
            paid("P", "40.00", on="2026-03-05"),
            written_off("A"),
        ],
        {"A/1": "0.00"},
        {"A/1": "60.00"},
    ),
    Loss(
        "money on account that comes after the write-off makes it no smaller",
        [
            issued("A", "100.00"),
            written_off("A"),
            write_off_reversed("A", "10.00", on="2026-03-10"),
            paid("P", "40.00"),
        ],
        {"A/1": "0.00"},
        {"A/1": "90.00"},
        {"P": "30.00"},
    ),
    Loss(
        "money on account takes what a bounce has opened, whatever its day",
        [
            issued("A", "100.00"),
            paid("P", "40.00", ("A", "40.00")),
            written_off("A"),
            reversed_("R", "P", on="2026-03-15"),
            paid("Q", "50.00"),
        ],
        {"A/1": "0.00"},
        {"A/1": "60.00"},
        {"Q": "10.00"},
    ),
    Loss(
        "money on account that was moved away never was the invoice's",
        [
            issued("A", "100.00"),
            issued("B", ("2026-04-30", "40.00")),
            paid("P", "40.00"),
            written_off("A"),
            allocated("P", ("B", "40.00"), on="2026-03-15"),
        ],
        {"A/1": "0.00", "B/1": "0.00"},
        {"A/1": "100.00"},
    ),
    Loss(
        "nor was it when it is moved after it has bounced",
        [
            issued("A", "100.00"),
            issued("B", ("2026-04-30", "40.00")),
            paid("P", "40.00"),
            written_off("A"),
            reversed_("R", "P", on="2026-03-15"),
            allocated("P", ("B", "40.00"), on="2026-03-10"),
        ],
        {"A/1": "0.00", "B/1": "40.00"},
        {"A/1": "100.00"},
    ),
)
def test_money_after_a_write_off(loss: Loss) -> None:
    check(loss)


def test_beside_money_on_account_a_write_off_depends_on_which_came_first() -> None:
    """The limit of decision 3: what was open then depends on what the clearing rule had matched."""
    money, loss = paid("P", "40.00"), written_off("A")
    first, last = Book(), Book()
    first.fold(issued("A", "100.00"), money, loss)
    last.fold(issued("A", "100.00"), loss, money)
    assert (first.written_off(), first.unapplied()) == ({"A/1": "60.00"}, {})
    assert (last.written_off(), last.unapplied()) == ({"A/1": "100.00"}, {"P": "40.00"})
