"""One made-up event, and the structured CloudEvent it is written as."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final

import msgspec

from shared.calendar import zone
from shared.contracts.envelope import JSON, SPEC_VERSION

TIME_ZONE: Final = "Asia/Shanghai"
#: Offices send between these hours of the local day.
HOUR_FIRST: Final = 9
HOUR_LAST: Final = 17
SATURDAY: Final = 5

#: Which system says what, by the first word of the type.
SOURCES: Final = {
    "invoice": "erp.example.com/billing",
    "credit_note": "erp.example.com/billing",
    "dispute": "erp.example.com/billing",
    "interest": "erp.example.com/billing",
    "payment": "bank.example.com/receipts",
    "customer": "crm.example.com/customers",
    "cover": "crm.example.com/covers",
    "promise": "desk.example.com/collections",
    "dunning": "desk.example.com/collections",
}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened at an instant; `key` is unique for its type."""

    at: datetime
    type: str
    key: str
    data: dict[str, Any]

    def as_line(self) -> bytes:
        """Write the event as one line of JSON, without the line end."""
        family = self.type.partition(".")[0]
        return msgspec.json.encode(
            {
                "specversion": SPEC_VERSION,
                "id": f"{self.type.removesuffix('.v1')}:{self.key}",
                "source": SOURCES[family],
                "type": self.type,
                "time": self.at.isoformat(),
                "datacontenttype": JSON,
                "data": self.data,
            }
        )


class Diary:
    """Turns day numbers, 0 being the first day of the trade, into dates and office hours."""

    def __init__(self, start: date, random: Random) -> None:
        self._start = start
        self._random = random

    def date(self, day: int) -> date:
        """Return the civil date of a day."""
        return self._start + timedelta(days=day)

    def office_day(self, day: int) -> int:
        """Return the day itself, or the Monday after a weekend."""
        weekday = self.date(day).weekday()
        return day + (7 - weekday if weekday >= SATURDAY else 0)

    def moment(self, day: int, *, hour: int | None = None) -> datetime:
        """Return an instant of the day, in office hours unless an hour is given."""
        if hour is None:
            hour = self._random.randint(HOUR_FIRST, HOUR_LAST)
        minute, second = self._random.randint(0, 59), self._random.randint(0, 59)
        return datetime.combine(self.date(day), time(hour, minute, second), tzinfo=zone(TIME_ZONE))
