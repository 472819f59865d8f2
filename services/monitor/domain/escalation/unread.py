"""Amounts of promises that nobody can read: without a currency, and of what is in several.

What is open tells them, so that they are looked at when they are read, unlike the anomalies that
follow from what is said of the debtor alone. That they are shown is Arrears' own rule.
"""

from collections.abc import Mapping, Sequence

from services.monitor.domain.escalation.promise_money import Money
from services.monitor.domain.escalation.promise_question import Question
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Promise
from services.monitor.domain.ledger.funds import is_readable


def unread_amounts(
    promises: Mapping[str, Promise], open_items: Sequence[Item], money: Sequence[Money]
) -> list[str]:
    """Return a sentence for each promise whose amount is taken for all that is due."""
    found: list[str] = []
    for name, promise in sorted(promises.items()):
        if not promise.lacks_currency:
            continue
        assert promise.amount is not None
        asked = Question.of(promise, open_items, money, was_broken=False)
        currencies = asked.currencies(open_items, money)
        if len(currencies) > 1:
            why = f"names no currency, and what it is for is in {' and '.join(currencies)}"
        elif currencies and not is_readable(promise.amount, currencies[0]):
            why = f"does not fit {currencies[0]}"
        else:
            continue
        found.append(
            f"promise {name} of {promise.amount} {why}: it is taken for one of all that is due; "
            "withdraw it, and send it anew under another id"
        )
    return found
