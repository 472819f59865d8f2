"""How the days of a period are counted, and for how many days a year's percent is.

Every count is a difference of two indexes, one of each day. Hence a period's days are the sum of
its parts' wherever it is split, and never fall as days pass.
"""

from datetime import date, timedelta
from typing import Final

from shared.contracts.interest import ACTUAL_360, ACTUAL_365, THIRTY_360

#: The days of a year, by count: ISDA 2006 Definitions, section 4.16(d), (e) and (g).
YEAR_DAYS: Final = {ACTUAL_365: 365, ACTUAL_360: 360, THIRTY_360: 360}


def days_between(from_on: date, to_on: date, day_count: str) -> int:
    """Return the days from one day to another, both of them included.

    `actual/365` (fixed: leap years too) and `actual/360` count every day. `30/360` is 30E/360, the
    Eurobond basis of the ISDA 2006 Definitions, section 4.16(g): 360 (Y2 - Y1) + 30 (M2 - M1) +
    (D2 - D1), where each D of 31 is 30; a 31st adds nothing and 1 March makes up for February. The
    bond basis of 4.16(f), which the United States use, is not on offer: there D2 depends on D1, and
    the parts of a period do not add up to the whole.
    """
    before = from_on - timedelta(days=1)
    if day_count == THIRTY_360:
        return _thirty_index(to_on) - _thirty_index(before)
    return to_on.toordinal() - before.toordinal()


def _thirty_index(day: date) -> int:
    return 360 * day.year + 30 * day.month + min(day.day, 30)
