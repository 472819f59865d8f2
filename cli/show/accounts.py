"""An account as people see it: a line for each currency, and what stands of it in a few words."""

from collections.abc import Iterator

from cli.api.client import Row


def by_currency(account: Row) -> Iterator[Row]:
    """Show an account once for each of its currencies, its buckets as columns."""
    notes = list(notes_on(account))
    for sums in account.get("currencies") or [{}]:
        yield {**account, **sums, **sums.get("ageing", {}), "notes": "\n".join(notes)}
        notes = []


def notes_on(account: Row) -> Iterator[str]:
    """Give what stands of an account beside its sums, in a few words each."""
    if account.get("insolvent_on"):
        yield f"insolvent since {account['insolvent_on']}"
    if not account.get("enforced", True):
        yield "enforcement is off"
    for block in account.get("blocks") or []:
        of = f" of {block['invoice_id']}" if block["invoice_id"] else ""
        since = f" from {block['blocked_on']}"
        yield f"block {block['block_id']}{of}{since}" + _until(block["until"])
    for promise in account.get("promises") or []:
        if promise["status"] == "open":
            amount = f" of {promise['amount']}" if promise["amount"] else ""
            yield f"promise {promise['promise_id']}{amount}" + _until(promise["promised_on"])
    if broken := account.get("broken_promises"):
        yield f"{broken} broken promise" + ("s" if broken > 1 else "")
    if account.get("cross_default"):
        yield f"others of group {account['group_id']} are in default"
    for number in account.get("covers_stopped") or []:
        yield f"cover {number} has stopped for new deliveries"


def _until(day: str | None) -> str:
    return f" to the end of {day}" if day else ""
