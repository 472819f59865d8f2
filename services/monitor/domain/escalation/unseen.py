"""What an insurer must hear while enforcement is off, and nobody would see: the levels it holds.

That it is shown is Arrears' own rule: a switch may hold the insurer's levels, and no deadline of
his may pass unseen.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy


def held_from_insurer(
    debtor: Debtor, open_items: Sequence[Item], policy: Policy, today: date
) -> list[str]:
    """Return a sentence for each insurer's level that stands, or would, were enforcement not off.

    `open_items` are all of the account's.
    """
    if debtor.is_enforced_on(today):
        return []
    off_on = max(one.set_on for one in debtor.switches if one.set_on <= today)
    enforced = replace(debtor, enforcement=None, earlier_enforcement=())
    overdue = overdue_of(open_items, today) if policy.needs_account else None
    around = Circumstances(enforced, overdue=overdue)
    found: list[str] = []
    for item in sorted(open_items, key=lambda one: (one.invoice_id, one.instalment)):
        insurance = insurance_of(item, debtor.covers.values())
        if insurance is None:
            continue
        decision = decide(item, policy, today, around)
        gone = {raised.level for raised, _why in decision.lifts}
        # Whether the work of what was raised was done before, only who did it knows.
        held = [
            (
                one.level,
                not one.is_claim,
                f", raised on {one.raised_on}, unless that was done before",
            )
            for one in item.raised
            if one.is_insurers and one.level not in gone
        ]
        held += [
            (one.level.name, one.level.is_notice, f" since {max(one.reached_on, off_on)}")
            for one in decision.raises
            if one.level.is_insurers
        ]
        by = f"; the insurer must be told by {insurance.clocks.notify_by}"
        found += [
            f"enforcement, off since {off_on}, holds {name} of {item.item_id}{since}"
            f"{by if is_notice else ''}"
            for name, is_notice, since in held
        ]
    return found
