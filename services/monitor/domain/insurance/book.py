"""The claims on one customer's insurance, reckoned one after another.

What they all go by (how the limits are used, what the policy years' claims have used up) is put
together once, so that a thousand claims on an account of ten thousand items are no million looks.

A claim that stands is reckoned anew whenever it is asked for, by what is open and covered by then:
what is paid meanwhile was never a loss. That claims use up a policy year in the order in which they
are raised, of one day the oldest due first, is Arrears' own.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from services.monitor.domain.insurance.claim import reckon
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.insurance.cover import Cover, begun_on
from services.monitor.domain.insurance.limit import LimitUse, exposure_of
from services.monitor.domain.insurance.policy_year import (
    NOTHING_EARLIER,
    EarlierClaims,
    policy_year,
)
from services.monitor.domain.invoice.item import Item
from shared.contracts.escalation import Claim
from shared.money import to_minor

#: Policy number, currency, and the first day of the policy year.
_Year = tuple[str, str, date]
#: Policy number, currency, and the invoice.
_Invoice = tuple[str, str, str]


class ClaimBook:
    """What the claims on a customer's insurance are reckoned from, and what they have used up.

    Made for O(n log n) over n open items and earlier claims; a claim then costs O(log n).
    """

    def __init__(
        self,
        covers: Collection[Cover],
        open_items: Collection[Item],
        insolvent_on: date | None = None,
        stopped: Collection[str] = (),
    ) -> None:
        """Take in all open items, with the claims that stand raised of them.

        `stopped` are ids of items that a stop of cover has hit, though it may be over by now.
        """
        self._covers = covers
        self._stopped = {(_invoice_of(one), int(one.rpartition("/")[2])) for one in stopped}
        self._insolvent_on = insolvent_on
        self._exposures = {one.key: one for one in map(exposure_of, open_items)}
        self._use = LimitUse(self._exposures.values(), covers, self._stopped)
        self._begun_on = {
            cover.policy_no: begun_on(cover.policy_no, covers) for cover in covers if cover.words
        }
        self._used: dict[_Year, EarlierClaims] = {}
        self._borne: dict[_Invoice, int] = {}
        self._by_item: dict[str, tuple[_Year, EarlierClaims]] = {}
        #: By item id, the claims that stand raised as they are by now.
        self.standing: dict[str, Claim] = {}
        for raised_on, item in _raised(open_items):
            self.standing[item.item_id] = self.claim(item, raised_on)

    def claim(self, item: Item, today: date) -> Claim:
        """Return the claim for an item that is raised today; later claims count what it uses up."""
        claim = self.outlook(item, today)
        self._remember(item.item_id, today, claim)
        return claim

    def outlook(self, item: Item, today: date) -> Claim:
        """Return the claim for an item as things stand; nothing is used up by it."""
        exposure = exposure_of(item)
        if self._exposures.get(exposure.key) != exposure:
            self._exposures[exposure.key] = exposure
            self._use = LimitUse(self._exposures.values(), self._covers, self._stopped)
        claim, _used = reckon(
            item,
            self._covers,
            self._use,
            earlier=self._earlier(item, today),
            insolvent_on=self._insolvent_on,
            today=today,
        )
        return claim

    def has_stopped(self, item: Item) -> bool:
        """Say whether an item was delivered while its cover was stopped."""
        insurance = insurance_of(item, self._covers)
        return insurance is not None and self._use.has_stopped(exposure_of(item), insurance.terms)

    def _earlier(self, item: Item, today: date) -> EarlierClaims:
        """Return what the policy year's claims on other items have used up of an item's policy."""
        insurance = insurance_of(item, self._covers)
        if insurance is None:
            return NOTHING_EARLIER
        year = self._year(insurance.terms.policy_no, insurance.terms.currency, today)
        used = self._used.get(year, NOTHING_EARLIER)
        own_year, own = self._by_item.get(item.item_id, (None, NOTHING_EARLIER))
        borne = self._borne.get((*year[:2], item.invoice_id), 0)
        if own_year is not None and own_year[:2] == year[:2]:
            borne -= own.each
        return replace(used - own if own_year == year else used, each=borne)

    def _remember(self, item_id: str, raised_on: date, claim: Claim) -> None:
        """Count a claim in its policy year, in the place of an earlier one on the same item."""
        if item_id in self._by_item:
            year, used = self._by_item.pop(item_id)
            self._used[year] -= used
            self._borne[*year[:2], _invoice_of(item_id)] -= used.each
        if claim.policy_no is None or claim.currency is None:
            return
        if claim.policy_no not in self._begun_on:
            return
        year = self._year(claim.policy_no, claim.currency, raised_on)
        used = EarlierClaims(
            deductible=to_minor(claim.deductible or "0", claim.currency),
            claimed=to_minor(claim.amount or "0", claim.currency),
            each=to_minor(claim.deductible_each or "0", claim.currency),
        )
        self._by_item[item_id] = year, used
        self._used[year] = self._used.get(year, NOTHING_EARLIER) + used
        invoice = *year[:2], _invoice_of(item_id)
        self._borne[invoice] = self._borne.get(invoice, 0) + used.each

    def _year(self, policy_no: str, currency: str, day: date) -> _Year:
        return policy_no, currency, policy_year(self._begun_on[policy_no], day)[0]


def _raised(open_items: Iterable[Item]) -> list[tuple[date, Item]]:
    """Return what is claimed with the day of its raise, in the order in which it uses up a year."""
    found = [
        (min(raised_on), item)
        for item in open_items
        if (raised_on := [one.raised_on for one in item.raised if one.is_claim])
    ]
    return sorted(found, key=lambda one: (one[0], exposure_of(one[1]).order))


def _invoice_of(item_id: str) -> str:
    return item_id.rpartition("/")[0]
