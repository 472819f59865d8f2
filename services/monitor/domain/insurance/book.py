"""The claims on one customer's insurance, reckoned one after another.

What they all go by (how the limits are used, what the policy years' claims have used up) is put
together once, so that a thousand claims on an account of ten thousand items are no million looks.

That claims use up a policy year in the order in which they are raised is Arrears' own.
"""

from collections.abc import Collection, Iterable, Mapping
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
        open_items: Iterable[Item],
        claims: Mapping[str, tuple[date, Claim]],
        insolvent_on: date | None = None,
    ) -> None:
        """Take in all open items, and by item id the claims that stand with the days they rose."""
        self._covers = covers
        self._insolvent_on = insolvent_on
        self._exposures = {one.key: one for one in map(exposure_of, open_items)}
        self._use = LimitUse(self._exposures.values(), covers)
        self._begun_on = {
            cover.policy_no: begun_on(cover.policy_no, covers) for cover in covers if cover.words
        }
        self._used: dict[_Year, EarlierClaims] = {}
        self._borne: dict[_Invoice, int] = {}
        self._by_item: dict[str, tuple[_Year, EarlierClaims]] = {}
        for item_id, (raised_on, claim) in claims.items():
            self._remember(item_id, raised_on, claim)

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
            self._use = LimitUse(self._exposures.values(), self._covers)
        claim, _used = reckon(
            item,
            self._covers,
            self._use,
            earlier=self._earlier(item, today),
            insolvent_on=self._insolvent_on,
            today=today,
        )
        return claim

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


def _invoice_of(item_id: str) -> str:
    return item_id.rpartition("/")[0]
