"""Why a level is raised, in a sentence that a person reads beside the work it makes."""

from datetime import date, timedelta

from services.monitor.domain.invoice.item import Item, Raised
from services.monitor.domain.policy.policy import BUSINESS_DAYS, Level, Policy
from shared.money import Money, to_text


def why_raised(
    item: Item,
    raised: Raised,
    policy: Policy,
    reached_on: date,
    notify_by: date | None = None,
) -> str:
    """Return the sentence on why a level is raised: its day, what is open, what it passes over.

    `notify_by` is the cover's last day for the overdue notice.
    """
    level = policy.level(raised.level)
    assert level is not None
    if raised.cross_default:
        reason = f"reached on {reached_on}, for others of the customer's group are in default"
    else:
        base = item.original_due_on if raised.insured else item.due_on
        reason = f"due on {base}, {_reached(level, policy, base, reached_on, notify_by)}"
    if level.is_notice and notify_by is not None:
        reason += f"; the insurer is to be told by {notify_by}"
        reason += ", which has passed" if raised.raised_on > notify_by else ""
    minimum = level.conditions.minimum_open.get(item.currency, 0)
    why = [reason, f"open {Money(item.open, item.currency)}"]
    if item.disputed:
        why.append(f"of which {to_text(item.disputed, item.currency)} disputed")
    if minimum:
        why[-1] += f", at least the minimum of {to_text(minimum, item.currency)}"
    if raised.skipped:
        why.append(f"{', '.join(raised.skipped)} reached as well and passed over")
    return "; ".join(why) + f" (policy {raised.policy})"


def _reached(
    level: Level, policy: Policy, base: date, reached_on: date, notify_by: date | None
) -> str:
    """Say how a level's day comes of the due date, and what has moved it where something did."""
    if reached_on == base + timedelta(days=level.after_days):
        return f"{_days(level.after_days)} {reached_on}"
    if level.is_notice:
        is_last = reached_on == notify_by
        moved = "the last day that the cover gives" if is_last else "for the customer is insolvent"
        return f"told from {reached_on} on, {moved}"
    if level.is_claim:
        moved = "for the customer is insolvent" if reached_on < policy.level_on(level, base) else ""
        return f"claimed from {reached_on} on, {moved or 'after the waiting period of the cover'}"
    days = "business days" if policy.days == BUSINESS_DAYS else "days"
    moved = f"{level.after_days} {days} from then, moved by the calendar"
    if reached_on != policy.level_on(level, base):
        moved = f"{level.after_days} {days} from then and the days it was in dispute"
    return f"reached on {reached_on}: {moved}"


def _days(after_days: int) -> str:
    if after_days < 0:
        return f"{-after_days} days before that is"
    return f"{after_days} days later is"
