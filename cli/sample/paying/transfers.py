"""Transfers: what leaves the customer's bank together, by payment run or each on its own."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cli.sample.events import Diary
from cli.sample.parties.customers import Customer
from cli.sample.paying.shares import Share


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Money that leaves in one go."""

    day: int
    shares: tuple[Share, ...]

    @property
    def minor(self) -> int:
        """The sum of the shares, in minor units."""
        return sum(share.minor for share in self.shares)

    def again(self, day: int) -> "Transfer":
        """Return the same money on another day."""
        return Transfer(day=day, shares=tuple(replace(share, day=day) for share in self.shares))


def gather(customer: Customer, shares: Iterable[Share], diary: Diary) -> Iterator[Transfer]:
    """Gather shares into transfers, in order of time."""
    by_day: dict[int, list[Share]] = defaultdict(list)
    for share in shares:
        day = share.day
        if customer.run_every_days:
            day = -(-day // customer.run_every_days) * customer.run_every_days
        by_day[diary.office_day(day)].append(share)
    for day in sorted(by_day):
        moved = [replace(share, day=day) for share in by_day[day]]
        if customer.run_every_days:
            yield Transfer(day=day, shares=tuple(moved))
        else:
            yield from (Transfer(day=day, shares=tuple(one)) for one in _by_invoice(moved))


def _by_invoice(shares: list[Share]) -> Iterable[list[Share]]:
    """Keep what is for one invoice together: its interest comes with its principal."""
    by_invoice: dict[str, list[Share]] = defaultdict(list)
    for share in shares:
        by_invoice[share.invoice_id].append(share)
    return by_invoice.values()
