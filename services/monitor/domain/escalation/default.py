"""An account's own default: what puts it in one, of its own doing and no other account's.

Source: cross-default as in the ISDA 2002 Master Agreement, section 5(a)(vi), with its "Threshold
Amount"; that an item must stand at a level is Arrears' own.
"""

from collections.abc import Sequence
from datetime import date

from services.monitor.domain.escalation.clock import own_on
from services.monitor.domain.escalation.conditions import overdue_of
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policy import Policy


def default_cause(
    debtor: Debtor, open_items: Sequence[Item], policy: Policy, today: date
) -> str | None:
    """Say why an account is in default of its own doing; None when it is not.

    Insolvency is a default from its day on. Else an item must stand at the policy's level or a
    higher one, and what is overdue in all must reach the threshold. What only another account's
    default has raised does not count before the item's own age, or a group could never get out of
    it.
    """
    if debtor.is_insolvent_on(today):
        return f"insolvent since {debtor.insolvent_on}"
    rule = policy.cross_default
    if rule is None:
        return None
    place = policy.index(rule.at_level)
    at_level = [
        (item, raised)
        for item in open_items
        for raised in item.raised
        if policy.index(raised.level) >= place >= 0 and _is_own(raised, item, debtor, policy, today)
    ]
    if not at_level:
        return None
    overdue = overdue_of(open_items, today).by_currency
    if rule.threshold and not any(
        overdue.get(currency, 0) >= minimum for currency, minimum in rule.threshold.items()
    ):
        return None
    item, raised = min(at_level, key=lambda one: (one[1].raised_on, one[0].item_id))
    return f"{item.item_id} stands at {raised.level} since {raised.raised_on}"


def _is_own(raised: Raised, item: Item, debtor: Debtor, policy: Policy, today: date) -> bool:
    """Say whether a level would stand raised without another account's default."""
    level = policy.level(raised.level)
    assert level is not None
    if level.is_notice:
        # What the insurer is told by a day is no step that was taken against the debtor.
        return False
    if not raised.cross_default:
        return True
    insurance = insurance_of(item, debtor.covers.values())
    return own_on(level, item, debtor, insurance, policy, today) <= today
