"""What the figures of a raise are loaded from: all open items, where it tells the insurer."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from services.monitor.domain.escalation.applied import Applied
from services.monitor.domain.escalation.standing import Said
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policies import select
from services.monitor.handlers.figures import figures_for
from services.monitor.handlers.ports import AccountKey, Known, Unit
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import ACCOUNT_ID, cover, day, issued
from tests.unit.monitor.policies import default_policy, level

KEY: AccountKey = (0, ACCOUNT_ID)
TODAY = day("2026-02-20")


class OneAccount:
    """A unit of work that has read one account."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def open_items(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Item]]:
        return {key: self._book.items() for key in keys}

    async def invoices(self, keys: Sequence[tuple[int, str, str]]) -> dict[Any, Any]:
        return {key: self._book.account.invoices[key[2]] for key in keys}


@pytest.mark.parametrize(
    ("action", "amount"),
    [("insurance_notice", "90.00"), ("insurance_claim", "90.00"), ("dunning_letter", None)],
)
async def test_a_claim_and_a_notice_are_told_with_the_older_items_in_view(
    action: str, amount: str | None
) -> None:
    book = Book()
    book.fold(cover(limit="1100"), issued("A", "1000.00"), issued("B", "200.00"))
    _older, item = book.items()
    told = Raised("told", action, [], TODAY, "default@1", 20, 1)
    item.raised = [told]
    unit, policy = cast("Unit", OneAccount(book)), default_policy()
    known = {KEY: Known(book.account.debtor, Said())}
    decided = [(KEY, item, policy, Applied([told], [], [], [], []))]
    figures = await figures_for(unit, decided, known, select([policy]))
    claim = figures.claim(level("told", 20, action), KEY, item, book.account.debtor, TODAY)
    assert (None if claim is None else claim.amount) == amount
