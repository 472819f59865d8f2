"""The open items of an account in the order in which the clearing rule meets them.

Ties between items go by issue date, then id. The order is kept from one run of the rule to the
next: to sort all that is open anew for each payment would take an account's whole life squared.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from heapq import heapify, heappop, heappush

from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.invoice.item import Item

#: Due date, issue date, invoice id, instalment: the oldest first.
_Place = tuple[date, date, str, int]


class WaitingItems:
    """A heap for each currency; what was settled or moved since leaves it when its turn comes."""

    def __init__(self, invoices: Iterable[Invoice]) -> None:
        """Take in what is open of invoices."""
        self._heaps: dict[str, list[_Place]] = {}
        #: Those that were passed over last, since their invoices are dated ahead.
        self._ahead: dict[str, list[_Place]] = {}
        self._places: set[_Place] = set()
        for invoice in invoices:
            for item in invoice.items:
                if item.open > 0:
                    self._places.add(_place(item))
                    self._heaps.setdefault(item.currency, []).append(_place(item))
        for heap in self._heaps.values():
            heapify(heap)

    def add(self, item: Item) -> None:
        """Let an item wait that is open, again or under other terms."""
        place = _place(item)
        if item.open > 0 and place not in self._places:
            self._places.add(place)
            heappush(self._heaps.setdefault(item.currency, []), place)

    def oldest(self, currency: str, invoices: Mapping[str, Invoice], today: date) -> Iterator[Item]:
        """Give open items of a currency, oldest due first, as the account's `invoices` have them.

        Those of invoices that are dated after `today` come last. What was given waits no more,
        until it is added again.
        """
        heap = self._heaps.setdefault(currency, [])
        ahead = self._ahead.setdefault(currency, [])
        while ahead:
            heappush(heap, ahead.pop())
        while heap or ahead:
            from_ahead = not heap
            place = heappop(ahead if from_ahead else heap)
            _due_on, issued_on, invoice_id, instalment = place
            if issued_on > today and not from_ahead:
                heappush(ahead, place)
                continue
            self._places.discard(place)
            items = invoices[invoice_id].items
            item = items[instalment - 1] if instalment <= len(items) else None
            if item is not None and item.open > 0 and _place(item) == place:
                yield item


def _place(item: Item) -> _Place:
    return item.due_on, item.issued_on, item.invoice_id, item.instalment
