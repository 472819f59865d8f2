"""Accounts of a past day to the shapes that the API answers with."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from services.monitor.api import models
from services.monitor.api.shapes import Sums, account, clearing_of, figures, invoice, item
from services.monitor.domain.invoice.item import Item
from services.monitor.handlers.answers.past import PastAccount, Place, is_beyond
from services.monitor.handlers.answers.remembered import Stood
from services.monitor.handlers.ports import Known


def past_account(one: PastAccount) -> models.Account:
    """Shape an account as its journal has it, with what had been said of it."""
    account_ = one.replay.account
    due = defaultdict[str, list[tuple[date, int]]](list)
    disputed = defaultdict[str, int](int)
    levels: set[str] = set()
    for known in account_.invoices.values():
        for item_ in known.items:
            due[item_.currency].append((item_.due_on, item_.open))
            disputed[item_.currency] += item_.disputed
            levels |= {stood.level for stood in _stood(one, item_)}
    return account(
        one.key[1],
        Known(account_.debtor, one.remembered.said),
        one.policy,
        [
            figures(
                Sums(currency, sums.invoiced, sums.open, sums.unapplied),
                due[currency],
                disputed[currency],
                one.today,
            )
            for currency, sums in sorted(account_.balances.items())
        ],
        levels,
        one.today,
    )


def past_invoices(
    one: PastAccount, after: Place | None, invoice_id: str | None
) -> Iterable[models.Invoice]:
    """Shape an account's invoices as they were, one or all, in the order of their ids."""
    for name, known in sorted(one.replay.account.invoices.items()):
        if known.items and invoice_id in (None, name) and is_beyond((name,), after):
            levels = [stood.level for item_ in known.items for stood in _stood(one, item_)[-1:]]
            yield invoice(one.key[1], known.items, one.policy, one.today, levels)


def past_items(
    one: PastAccount, after: Place | None, invoice_id: str | None
) -> Iterable[models.Item]:
    """Shape an account's items as they were, of one invoice or all, in the order of their ids."""
    for name, known in sorted(one.replay.account.invoices.items()):
        for item_ in known.items if invoice_id in (None, name) else ():
            if is_beyond((name, item_.instalment), after):
                yield item(one.key[1], item_, one.today, _stood(one, item_))


def past_clearings(
    one: PastAccount, after: Place | None, invoice_id: str | None
) -> Iterable[tuple[tuple[int, int], models.Clearing]]:
    """Shape clearing records of one invoice or all with their places, in the ledger's order."""
    partition, account_id = one.key
    for name, made in one.replay.clearings.items():
        offset, _, number = name.partition("-")
        place = (int(offset), int(number))
        if invoice_id in (None, made.invoice_id) and is_beyond(place, after):
            yield place, clearing_of(f"{partition}-{name}", account_id, made)


def _stood(one: PastAccount, item_: Item) -> Sequence[Stood]:
    """Return the levels that stood, lowest first; none stands of what was settled by then."""
    return one.remembered.stood(item_.item_id, one.policy) if item_.open else ()
