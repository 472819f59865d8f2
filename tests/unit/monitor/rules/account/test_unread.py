"""A promise of an amount that nobody can read is shown, where what it is for is in several."""

import pytest

from services.monitor.domain.escalation.unread import unread_amounts
from shared.contracts.fields import Inbound
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import day, issued, paid
from tests.unit.monitor.debtor_builders import promise_withdrawn, promised
from tests.unit.monitor.promise_money import money_of

A = issued("A", "100.00")
U = issued("U", "50.00", currency="USD")
OF_TWO = (
    "promise P of 50.00 names no currency, and what it is for is in EUR and USD: it is taken for "
    "one of all that is due; withdraw it, and send it anew under another id"
)
OF_YEN = (
    "promise P of 50.50 does not fit JPY: it is taken for one of all that is due; withdraw it, and "
    "send it anew under another id"
)


def paid_for_u(on: str) -> Inbound:
    return paid("Q", "50.00", ("U", "50.00"), on=on, currency="USD")


@pytest.mark.parametrize(
    ("events", "told"),
    [
        pytest.param([A, promised("P", "50.00"), U], [OF_TWO], id="the account is in two"),
        pytest.param([A, U, promised("P", "50.00", "A", "U", "C")], [OF_TWO], id="what it names"),
        pytest.param([A, U, promised("P", "50.00", "A")], [], id="what it names is in one"),
        pytest.param([A, U, promised("P")], [], id="it gives no amount"),
        pytest.param([A, U, promised("P", "50.00", currency="EUR")], [], id="it names its own"),
        pytest.param([A, U, promised("P", "50.00"), promise_withdrawn("P")], [], id="withdrawn"),
        pytest.param([promised("P", "50.00")], [], id="nothing has come"),
        pytest.param([issued("B", "50", currency="JPY"), promised("P", "50.50", "B")], [OF_YEN],
                     id="it does not fit"),
        pytest.param([A, U, paid_for_u("2026-01-31"), promised("P", "50.00")], [],
                     id="the other was paid before it was made"),
        pytest.param([A, U, paid_for_u("2026-01-31"), promised("P", "50.00"),
                      promised("R", made_on="2026-01-15")], [],
                     id="and an older promise asks for that money"),
        pytest.param([A, U, paid_for_u("2026-02-01"), promised("P", "50.00")], [OF_TWO],
                     id="on the day on which it was made"),
    ],
)  # fmt: skip
def test_an_amount_that_nobody_can_read_is_shown(events: list[Inbound], told: list[str]) -> None:
    book = Book()
    book.fold(*events)
    account = book.account
    items = [one for one in book.items() if one.open]
    money = money_of(account, account.clearings, {}, day("2026-02-10"))
    assert unread_amounts(account.debtor.promises, items, money) == told
