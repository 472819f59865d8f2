"""The figures that a raised level is told with: the claim on the insurance, interest so far."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from services.monitor.domain.escalation.applied import Applied
from services.monitor.domain.escalation.claimed import stopped_of
from services.monitor.domain.insurance.book import ClaimBook
from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.interest.terms import InForce, ruling
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policies import Policies
from services.monitor.domain.policy.policy import Level, Policy
from services.monitor.handlers.ports import AccountKey, Known, Unit
from shared.contracts.escalation import Claim, Interest

_InvoiceKey = tuple[int, str, str]
_NO_ITEMS: Final[list[Item]] = []


class Figures:
    """What the figures of some raised levels are made of, loaded once for all of them."""

    def __init__(
        self,
        open_items: dict[AccountKey, list[Item]],
        invoices: dict[_InvoiceKey, Invoice],
        clearings: dict[_InvoiceKey, list[Clearing]],
        terms: Mapping[AccountKey, tuple[InForce, ...]],
        stopped: Mapping[AccountKey, Collection[str]],
    ) -> None:
        self._open_items = open_items
        self._invoices = invoices
        self._clearings = clearings
        self._terms = terms
        self._stopped = stopped
        self._books: dict[AccountKey, ClaimBook] = {}

    def claim(
        self, level: Level, key: AccountKey, item: Item, debtor: Debtor, today: date
    ) -> Claim | None:
        """Return what a level that is raised tells the insurer; None where it tells nothing.

        A claim stands among the account's open items by then, and others count what it uses up; a
        notice tells how things stand.
        """
        if not level.is_insurers:
            return None
        book = self._book(key, debtor)
        return book.standing[item.item_id] if level.is_claim else book.outlook(item, today)

    def outlook(self, key: AccountKey, item: Item, debtor: Debtor, today: date) -> Claim:
        """Return the claim for an item as it stands, else as it would be on a day.

        The account's others are in view, and of a claim that stands only those raised before it.
        """
        book = self._book(key, debtor)
        return book.standing.get(item.item_id) or book.outlook(item, today)

    def _book(self, key: AccountKey, debtor: Debtor) -> ClaimBook:
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = ClaimBook(
                debtor.covers.values(),
                self._open_items.get(key, _NO_ITEMS),
                debtor.insolvent_on,
                self._stopped.get(key, ()),
            )
        return book

    def interest(self, key: AccountKey, item: Item, today: date) -> Interest | None:
        """Return the interest on an item's invoice so far; None where none is asked.

        A contract that the door never checked and nobody can read stops nothing: the creditor's
        rule is taken, and the figure says so.
        """
        where = (*key, item.invoice_id)
        invoice = self._invoices.get(where)
        if invoice is None:
            return None
        found = ruling(invoice.interest, item.currency, self._terms[key])
        if not found.bears_by(today):
            return None
        interest = interest_of(invoice, self._clearings.get(where, []), found.in_force, today)
        faults = [] if found.fault is None else [found.fault]
        return replace(interest, why=[*faults, *interest.why])


async def figures_for(
    unit: Unit,
    decided: Sequence[tuple[AccountKey, Item, Policy, Applied]],
    known: Mapping[AccountKey, Known],
    policies: Policies,
) -> Figures:
    """Load what the figures of freshly raised levels need; items without one need nothing."""
    raised = [one for one in decided if one[3].raised]
    claimants = sorted(
        {key for key, _, _, one in raised if any(level.is_insurers for level in one.raised)}
    )
    bearing = sorted({(*key, item.invoice_id) for key, item, _policy, _applied in raised})
    invoices = await unit.invoices(bearing) if bearing else {}
    terms = {
        key: terms_in_force(key[1], known[key].debtor, policies)
        for key in {key for key, *_rest in raised}
    }
    interested = [
        (*key, item.invoice_id)
        for key, item, _policy, _applied in raised
        if any(one.terms is not None for one in terms[key])
        or invoices[*key, item.invoice_id].interest is not None
    ]
    return Figures(
        await unit.open_items(claimants) if claimants else {},
        invoices,
        await unit.clearings(sorted(set(interested))) if interested else {},
        terms,
        {key: stopped_of(known[key].said.claims) for key in claimants},
    )
