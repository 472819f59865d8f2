"""The use of a cover's limit by the customer's open items, and the stop of cover by the oldest.

A limit is a silo: the oldest insured items fill it, and what is above it slides in when one below
is paid (creditinsurance.ch, "Silo-Prinzip: Deckungsbeschränkung durch Kreditlimiten"). There is one
for customer and policy: what was delivered under earlier terms of the policy fills it as well.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from services.monitor.domain.insurance.clocks import Insurance, insurance_of
from services.monitor.domain.insurance.cover import Cover
from services.monitor.domain.invoice.item import Item
from shared.contracts.cover import CoverUpdated
from shared.money import to_minor


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an open item weighs on a limit, in minor units; named by invoice and instalment."""

    invoice_id: str
    instalment: int
    currency: str
    issued_on: date
    #: The due date of the invoice as issued: no later agreement changes the order of use.
    original_due_on: date
    open: int
    disputed: int = 0

    @property
    def undisputed(self) -> int:
        """Minor units that are insured at most: "until the dispute is resolved", no disputed ones.

        (Atradius glossary, "queried invoices"; Allianz Trade, questions on claims management.)
        """
        return max(0, self.open - self.disputed)

    @property
    def key(self) -> tuple[str, int]:
        """Which item it is."""
        return self.invoice_id, self.instalment

    @property
    def order(self) -> tuple[date, date, str, int]:
        """The order of use: the oldest due first, then by issue date, then by name."""
        return self.original_due_on, self.issued_on, self.invoice_id, self.instalment


@dataclass(frozen=True, slots=True)
class Stop:
    """The open item whose maximum extension period ends first, and with it new cover."""

    exposure: Exposure
    #: The last day on which a delivery is insured.
    mep_on: date

    def hits(self, exposure: Exposure) -> bool:
        """Say whether a delivery came after the stop."""
        return self.mep_on < exposure.issued_on


def exposure_of(item: Item) -> Exposure:
    """Return what an item weighs on a limit."""
    return Exposure(
        invoice_id=item.invoice_id,
        instalment=item.instalment,
        currency=item.currency,
        issued_on=item.issued_on,
        original_due_on=item.original_due_on,
        open=item.open,
        disputed=item.disputed,
    )


def limit_of(terms: CoverUpdated) -> tuple[int, bool]:
    """Return the limit in minor units, and whether it is the seller's own discretionary one."""
    named = to_minor(terms.limit, terms.currency)
    if named or terms.discretionary_limit is None:
        return named, False
    return to_minor(terms.discretionary_limit, terms.currency), True


@dataclass(slots=True)
class _Silo:
    """What fills one limit, the oldest first, and the sum of all below each."""

    orders: list[tuple[date, date, str, int]] = field(default_factory=list)
    #: Minor units; one more than `orders`, the first of them 0.
    below: list[int] = field(default_factory=lambda: [0])


class LimitUse:
    """How the limits of a customer are used by its open items, and what stops each policy's cover.

    It is made once, for O(n log n) over n open items; then a question costs O(log n).
    """

    def __init__(
        self,
        exposures: Iterable[Exposure],
        covers: Collection[Cover],
        stopped: Collection[tuple[str, int]] = (),
    ) -> None:
        """Take in all open items; `stopped` are keys of those that a stop has hit which is over."""
        self._stopped = stopped
        self._stops: dict[str, Stop] = {}
        self._silos: dict[tuple[str, str], _Silo] = {}
        insured = [
            (one, insurance)
            for one in sorted(exposures, key=lambda each: each.order)
            if one.open > 0 and (insurance := insurance_of(one, covers)) is not None
        ]
        for one, insurance in insured:
            self._stop_by(one, insurance)
        for one, insurance in insured:
            self._fill(one, insurance.terms)

    def _stop_by(self, one: Exposure, insurance: Insurance) -> None:
        """Let an item stop cover, unless an older one does so on the same day or before."""
        policy_no, mep_on = insurance.terms.policy_no, insurance.clocks.mep_on
        known = self._stops.get(policy_no)
        if known is None or mep_on < known.mep_on:
            self._stops[policy_no] = Stop(one, mep_on)

    def _fill(self, one: Exposure, terms: CoverUpdated) -> None:
        """Put an item on top of the older ones, unless it was delivered while cover was stopped."""
        if not one.undisputed or self.has_stopped(one, terms):
            return
        silo = self._silos.setdefault((terms.policy_no, terms.currency), _Silo())
        silo.orders.append(one.order)
        silo.below.append(silo.below[-1] + one.undisputed)

    def stop_of(self, policy_no: str) -> Stop | None:
        """Return what stops a policy's cover for new deliveries first; None with nothing open.

        Cover stops when "the maximum extension period of a debtor's oldest outstanding invoice
        expires" (Atradius glossary, "stop deliveries" and "stoppage of cover"); disputed or not,
        the invoice is outstanding. The stop may lie ahead: it begins on the day after its `mep_on`.
        """
        return self._stops.get(policy_no)

    def has_stopped(self, exposure: Exposure, terms: CoverUpdated) -> bool:
        """Say whether an item was delivered while cover was stopped (Atradius, as in `stop_of`)."""
        stop = self.stop_of(terms.policy_no)
        return exposure.key in self._stopped or (stop is not None and stop.hits(exposure))

    def older_than(self, exposure: Exposure, terms: CoverUpdated) -> tuple[int, int]:
        """Return how many items use a limit before an item does, and how many minor units of it.

        These are of the same policy and currency, whichever of the policy's terms insure them. One
        that was delivered while cover was stopped is not insured and uses nothing.
        """
        silo = self._silos.get((terms.policy_no, terms.currency))
        if silo is None:
            return 0, 0
        count = bisect_left(silo.orders, exposure.order)
        return count, silo.below[count]
