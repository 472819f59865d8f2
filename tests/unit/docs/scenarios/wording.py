"""How a scenario writes down what was said: a few words for each event of the monitor."""

from typing import Final

from shared.contracts.announcement import (
    CoverStanding,
    DefaultStanding,
    PromiseAnnulment,
    PromiseOutcome,
)
from shared.contracts.escalation import HELD, LIFTED, RAISED, UPDATED, EscalationEvent
from tests.unit.docs.scenarios.book import Book, Word

#: What stands before a word about something else than an item.
_NOT_ITEMS: Final = ("promise ", "cover ", "account ", "nothing")


def written(word: Word) -> str:
    """Write a word, as in `A/1 raised legal, skipping dunning`."""
    kind = word.type.split(".")[1]
    if isinstance(word, PromiseOutcome | PromiseAnnulment):
        return f"promise {word.promise_id} {word.status.replace('_', ' ')}"
    if isinstance(word, CoverStanding):
        return f"cover {word.policy_no} {kind}"
    if isinstance(word, DefaultStanding):
        return f"account {kind}"
    assert isinstance(word, EscalationEvent)
    more = {
        RAISED: f", skipping {' and '.join(word.skipped)}" if word.skipped else "",
        UPDATED: f" to {word.open}" + (f", {word.disputed} disputed" if word.disputed else ""),
        HELD: f" by {word.held_by}" + (f" to {word.held_until}" if word.held_until else ""),
        LIFTED: f": {word.why}",
    }.get(word.type, "")
    return f"{word.item_id} {kind} {word.level}{more}"


def in_full(text: str, book: Book) -> str:
    """Name the instalment in a word about an item of an invoice that has only one."""
    if text.startswith(_NOT_ITEMS):
        return text
    name, _, rest = text.partition(" ")
    return f"{full_name(name, book)} {rest}"


def full_name(name: str, book: Book) -> str:
    """Return `A/1` for `A` where the invoice has no other item."""
    invoice = book.account.invoices.get(name)
    if invoice is not None and len(invoice.items) == 1:
        return f"{name}/1"
    return name
