"""Who tells one customer's story: it dates what happens, and keeps to the types it may use."""

from collections.abc import Collection
from typing import Any, Final

from cli.sample.events import Diary, Event
from cli.sample.parties.customers import Customer
from shared.money import to_text

#: Without these there is no trade; they are told whatever was asked for.
CORE_TYPES: Final = frozenset({"customer.updated.v1", "invoice.issued.v1", "payment.received.v1"})

#: The member that holds the civil day on which it happened; types without one are not dated.
DAY_FIELDS: Final = {
    "invoice.issued.v1": "issued_on",
    "invoice.amended.v1": "amended_on",
    "invoice.cancelled.v1": "cancelled_on",
    "invoice.terms_extended.v1": "agreed_on",
    "invoice.written_off.v1": "written_off_on",
    "invoice.write_off_reversed.v1": "reversed_on",
    "invoice.disputed.v1": "disputed_on",
    "dispute.resolved.v1": "resolved_on",
    "interest.waived.v1": "waived_on",
    "credit_note.issued.v1": "issued_on",
    "credit_note.cancelled.v1": "cancelled_on",
    "payment.received.v1": "received_on",
    "payment.allocated.v1": "allocated_on",
    "payment.reversed.v1": "reversed_on",
    "customer.insolvent.v1": "filed_on",
    "cover.withdrawn.v1": "withdrawn_on",
    "promise.made.v1": "made_on",
    "promise.withdrawn.v1": "withdrawn_on",
    "dunning.blocked.v1": "blocked_on",
    "dunning.unblocked.v1": "unblocked_on",
    "dunning.enforcement_set.v1": "set_on",
}


class Teller:
    """Collects one customer's events, in the words that were asked for.

    A story that would not hold together without a type asks `knows` before it begins; what is mere
    talk about a story is told, and falls silent where its type is not known.
    """

    def __init__(self, customer: Customer, diary: Diary, types: Collection[str]) -> None:
        self.customer = customer
        self.diary = diary
        self.events: list[Event] = []
        self._types = CORE_TYPES | set(types)

    def knows(self, *types: str) -> bool:
        """Whether all of the types may be told."""
        return self._types.issuperset(types)

    def tell(
        self, event_type: str, key: str, day: int, *, hour: int | None = None, **data: Any
    ) -> None:
        """Tell that something happened on a day; silent when the type is not known.

        The customer's ids and the event's own day are added to the data; what is None is left out.
        """
        if not self.knows(event_type):
            return
        told = {**self.customer.ids()}
        told |= {name: value for name, value in data.items() if value is not None}
        if event_type in DAY_FIELDS:
            told[DAY_FIELDS[event_type]] = self.on(day)
        at = self.diary.moment(day, hour=hour)
        self.events.append(Event(at=at, type=event_type, key=key, data=told))

    def forget_from(self, day: int) -> None:
        """Drop what was told of a day and all later ones."""
        first = self.diary.date(day)
        self.events = [event for event in self.events if event.at.date() < first]

    def on(self, day: int) -> str:
        """Write a day as a date."""
        return self.diary.date(day).isoformat()

    def text(self, minor: int) -> str:
        """Write minor units of the customer's currency as a decimal string."""
        return to_text(minor, self.customer.currency)
