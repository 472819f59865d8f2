"""The use of a cover's limit by the customer's open items, and the stop of cover by the oldest.

A limit is a silo: the oldest insured items fill it, and what is above it slides in when one below
is paid (creditinsurance.ch, "Silo-Prinzip: Deckungsbeschränkung durch Kreditlimiten").
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.monitor.domain.insurance.clocks import clocks_of
from services.monitor.domain.insurance.cover import Cover, cover_for
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


def older_insured(
    exposure: Exposure, others: Sequence[Exposure], policy_no: str, covers: Sequence[Cover]
) -> list[Exposure]:
    """Return the other items that use a policy's limit before an item does, the oldest first.

    One that was delivered while cover was stopped is not insured and uses nothing.
    """
    everything = [exposure, *others]
    stop = stop_of(policy_no, everything, covers)
    older = [
        one
        for one, _terms in _under(policy_no, everything, covers)
        if one.undisputed and one.order < exposure.order and not (stop and stop.hits(one))
    ]
    return sorted(older, key=lambda one: one.order)


def stop_of(policy_no: str, exposures: Iterable[Exposure], covers: Sequence[Cover]) -> Stop | None:
    """Return what stops a policy's cover for new deliveries first; None when nothing is open.

    Cover stops when "the maximum extension period of a debtor's oldest outstanding invoice
    expires" (Atradius glossary, "stop deliveries" and "stoppage of cover"); disputed or not, the
    invoice is outstanding. The stop may lie ahead: it begins on the day after its `mep_on`.
    """
    stops = [
        Stop(one, _mep_on(one, terms))
        for one, terms in _under(policy_no, exposures, covers)
        if one.open > 0
    ]
    return min(stops, key=lambda stop: (stop.mep_on, stop.exposure.order), default=None)


def _under(
    policy_no: str, exposures: Iterable[Exposure], covers: Sequence[Cover]
) -> Iterator[tuple[Exposure, CoverUpdated]]:
    """Yield what was delivered under a policy, with the policy's terms."""
    for one in exposures:
        cover = cover_for(one.currency, one.issued_on, covers)
        if cover is not None and cover.terms is not None and cover.terms.policy_no == policy_no:
            yield one, cover.terms


def _mep_on(one: Exposure, terms: CoverUpdated) -> date:
    clocks = clocks_of(terms, original_due_on=one.original_due_on, issued_on=one.issued_on)
    return clocks.mep_on
