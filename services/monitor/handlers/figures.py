"""The figures that a raised level is told with: the claim on the insurance, interest so far."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from services.monitor.domain.escalation.applied import Applied
from services.monitor.domain.insurance.book import ClaimBook
from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.interest.terms import InForce, ruling
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import (
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    Level,
    Policies,
    Policy,
)
from services.monitor.handlers.ports import AccountKey, Known, Unit
from shared.contracts.escalation import Claim, EscalationEvent, Interest

_InvoiceKey = tuple[int, str, str]
_NO_ITEMS: Final[list[Item]] = []
_NO_CLAIMS: Final[dict[str, tuple[date, Claim]]] = {}


class Figures:
    """What the figures of some raised levels are made of, loaded once for all of them."""

    def __init__(
        self,
        open_items: dict[AccountKey, list[Item]],
        claims: dict[AccountKey, dict[str, tuple[date, Claim]]],
        invoices: dict[_InvoiceKey, Invoice],
        clearings: dict[_InvoiceKey, list[Clearing]],
        terms: Mapping[AccountKey, tuple[InForce, ...]],
    ) -> None:
        self._open_items = open_items
        self._claims = claims
        self._invoices = invoices
        self._clearings = clearings
        self._terms = terms
        self._books: dict[AccountKey, ClaimBook] = {}

    def claim(
        self, level: Level, key: AccountKey, item: Item, debtor: Debtor, today: date
    ) -> Claim | None:
        """Return what a level that is raised tells the insurer; None where it tells nothing.

        A claim is made, and others count what it uses up; a notice tells how things stand.
        """
        if not level.is_insurers:
            return None
        book = self._book(key, debtor)
        return book.claim(item, today) if level.is_claim else book.outlook(item, today)

    def outlook(self, key: AccountKey, item: Item, debtor: Debtor, today: date) -> Claim:
        """Return the claim for an item as it would be on a day, the account's others in view."""
        return self._book(key, debtor).outlook(item, today)

    def _book(self, key: AccountKey, debtor: Debtor) -> ClaimBook:
        book = self._books.get(key)
        if book is None:
            book = self._books[key] = ClaimBook(
                debtor.covers.values(),
                self._open_items.get(key, _NO_ITEMS),
                self._claims.get(key, _NO_CLAIMS),
                debtor.insolvent_on,
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
    claimants = sorted({key for key, _, _, one in raised if any(map(_is_insurers, one.raised))})
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
    claims = _by_item(await unit.claims(claimants)) if claimants else {}
    for key, item, _policy, applied in decided:
        if any(_is_claim(one) for one, _because in applied.lifted):
            claims.get(key, {}).pop(item.item_id, None)
    return Figures(
        await unit.open_items(claimants) if claimants else {},
        claims,
        invoices,
        await unit.clearings(sorted(set(interested))) if interested else {},
        terms,
    )


def _by_item(
    claims: Mapping[AccountKey, Sequence[EscalationEvent]],
) -> dict[AccountKey, dict[str, tuple[date, Claim]]]:
    return {
        key: {one.item_id: (one.raised_on, one.claim) for one in events if one.claim is not None}
        for key, events in claims.items()
    }


def _is_claim(raised: Raised) -> bool:
    return raised.action == INSURANCE_CLAIM


def _is_insurers(raised: Raised) -> bool:
    return raised.action in (INSURANCE_CLAIM, INSURANCE_NOTICE)
