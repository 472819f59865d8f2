"""What an insurer must hear while enforcement is off, and nobody would see: the levels it holds.

That it is shown is Arrears' own rule: a switch may hold the insurer's levels, and no deadline of
his may pass unseen.
"""

from collections.abc import Iterable
from datetime import date

from services.monitor.domain.escalation.clock import own_on
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy


def held_from_insurer(
    debtor: Debtor, open_items: Iterable[Item], policy: Policy, today: date
) -> list[str]:
    """Return a sentence for each insurer's level whose day has come while enforcement is off."""
    if debtor.is_enforced_on(today):
        return []
    off_on = max(one.set_on for one in debtor.switches if one.set_on <= today)
    found: list[str] = []
    for item in sorted(open_items, key=lambda one: (one.invoice_id, one.instalment)):
        insurance = insurance_of(item, debtor.covers.values())
        if insurance is None:
            continue
        raised = {one.level for one in item.raised}
        for level in policy.levels:
            if not level.is_insurers or level.name in raised:
                continue
            on = own_on(level, item, debtor, insurance, policy, today)
            if on <= today:
                by = f"; the insurer must be told by {insurance.clocks.notify_by}"
                found.append(
                    f"enforcement, off since {off_on}, holds {level.name} of {item.item_id} since "
                    f"{max(on, off_on)}{by if level.is_notice else ''}"
                )
    return found
