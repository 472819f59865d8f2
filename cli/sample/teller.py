"""Who tells one customer's story: it dates what happens, and keeps to the types it may use."""

from collections.abc import Collection
from typing import Any, Final

from cli.sample.events import Diary, Event
from cli.sample.parties.customers import Customer
from shared.contracts.catalogue import CATALOGUE
from shared.money import to_text

#: Without these there is no trade; they are told whatever was asked for.
CORE_TYPES: Final = frozenset({"customer.updated.v1", "invoice.issued.v1", "payment.received.v1"})


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
        day_member = CATALOGUE[event_type].struct.day_member
        if day_member:
            told[day_member] = self.on(day)
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
