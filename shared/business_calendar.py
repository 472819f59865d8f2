"""Business days of a creditor: weekends, public holidays, working weekends and days of its own.

What a calendar says comes from the `holidays` package, which keeps each country's law and each
market's notices with their sources. This module arranges it by year, so that a question costs no
more than a search in one year's days. Moving a deadline by it is the policy's business.
"""

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, Final

import holidays
from holidays.registry import EntityLoader

from shared.errors import RejectedError

#: More calendars than these at once is a mistake: few days would be left to work on.
CODES_MAX: Final = 10
#: Days of a creditor's own, added and removed together: ten years of a hundred days.
OWN_DAYS_MAX: Final = 1000
#: The longest run of days off. No country's or market's has had more than twelve since 1970 (Russia
#: in January 2026).
DAYS_OFF_MAX: Final = 60
#: What a calendar answers for: the days that contracts accept, and room to shift them.
YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2299
#: How far a day can be shifted, in business days.
SHIFT_DAYS_MAX: Final = 10_000
#: Years kept in memory, each some 10 KB: of one code, and of one calendar.
YEARS_KEPT_MAX: Final = 2048
SATURDAY: Final = 5
EXAMPLES: Final = "CN, DE, DE-BY or XECB"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """The days that are off: Saturday and Sunday, or what the codes say, and the creditor's own.

    With several codes a day that is off in any of them is off. A working weekend (China's 调休) is
    a business day where its own code says so, and no other code has it off. What is not announced
    yet follows the plain rule: China's State Council names a year's working weekends and longer
    holidays in the November before; until the package has them, every Saturday and Sunday of the
    year is off, and its statutory holidays, with a weekday for each that meets a weekend. Lunar and
    Islamic dates are estimates, and from 2101 on only weekends are known.

    Refuses what can never be asked: `unknown_calendar` for a code, `bad_calendar` for too many
    codes or days, a day both added and removed, or more than `DAYS_OFF_MAX` days off in a row.
    """

    #: Countries (ISO 3166-1), their parts (ISO 3166-2), markets (ISO 10383 or their short names).
    codes: tuple[str, ...] = ()
    #: Days off that the codes do not know: a works holiday.
    holidays_added: frozenset[date] = frozenset()
    #: Days worked although the codes have them off.
    holidays_removed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.codes) > CODES_MAX:
            raise _bad(f"{len(self.codes)} codes are more than {CODES_MAX}", "codes")
        for code in self.codes:
            check_code(code)
        own = len(self.holidays_added) + len(self.holidays_removed)
        if own > OWN_DAYS_MAX:
            raise _bad(f"{own} days of your own are more than {OWN_DAYS_MAX}", "holidays_added")
        for day in self.holidays_added:
            if not YEAR_MIN < day.year < YEAR_MAX:
                message = f"{day.isoformat()} is not between {YEAR_MIN + 1} and {YEAR_MAX - 1}"
                raise _bad(message, "holidays_added")
        both = self.holidays_added & self.holidays_removed
        if both:
            message = f"{min(both).isoformat()} is both added and removed; keep one of the two"
            raise _bad(message, "holidays_removed")
        self._check_runs()

    def is_business_day(self, day: date) -> bool:
        """Tell whether work is done on a day."""
        days = _business_days(self, day.year)
        index = bisect_left(days, day)
        return index < len(days) and days[index] == day

    def shifted(self, day: date, business_days: int) -> date:
        """Return the n-th business day after a day (n > 0) or before it (n < 0).

        The day itself is never counted, whether it is a business day or not, and is returned as it
        stands for n = 0. Refuses more than `SHIFT_DAYS_MAX` days (`bad_calendar`), and where the
        count leaves the years that the calendar answers for (`day_out_of_calendar`).
        """
        if abs(business_days) > SHIFT_DAYS_MAX:
            raise _bad(f"{business_days} business days are beyond {SHIFT_DAYS_MAX}", None)
        if business_days == 0:
            return day
        days = _business_days(self, day.year)
        if business_days > 0:
            return self._at(day.year, bisect_right(days, day) + business_days - 1)
        return self._at(day.year, bisect_left(days, day) + business_days)

    def following(self, day: date) -> date:
        """Return the day itself when it is a business day, else the next one.

        *Following* in the words of the ISDA 2006 Definitions, section 4.12; § 193 BGB moves what
        falls due on a Saturday, Sunday or public holiday in the same way.
        """
        return self._at(day.year, bisect_left(_business_days(self, day.year), day))

    def preceding(self, day: date) -> date:
        """Return the day itself when it is a business day, else the one before.

        *Preceding* in the words of the ISDA 2006 Definitions, section 4.12.
        """
        return self._at(day.year, bisect_right(_business_days(self, day.year), day) - 1)

    def business_days_between(self, after: date, until: date) -> int:
        """Return the number of business days in (after, until]: 0 when `until` is not later."""
        if until <= after:
            return 0
        count = bisect_right(_business_days(self, until.year), until)
        count -= bisect_right(_business_days(self, after.year), after)
        return count + sum(
            len(_business_days(self, year)) for year in range(after.year, until.year)
        )

    def _at(self, year: int, index: int) -> date:
        """Return the business day at an index into a year's; beyond its ends, of its neighbours."""
        days = _business_days(self, year)
        while index >= len(days):
            index -= len(days)
            year += 1
            days = _business_days(self, year)
        while index < 0:
            year -= 1
            days = _business_days(self, year)
            index += len(days)
        return days[index]

    def _check_runs(self) -> None:
        """Refuse own days off that leave no business day within reach of a day."""
        for day in self.holidays_added:
            first, last = self.preceding(day), self.following(day)
            if (last - first).days - 1 > DAYS_OFF_MAX:
                message = (
                    f"no business day stands between {first.isoformat()} and {last.isoformat()}, "
                    f"and more than {DAYS_OFF_MAX} days off in a row are none; "
                    "take some of the days away"
                )
                raise _bad(message, "holidays_added")


def check_code(code: str, field: str = "holidays") -> None:
    """Refuse a code that is no country, part of a country or market (`unknown_calendar`).

    Codes are written as their standards write them, in capitals: `CN` (ISO 3166-1; `CHN` is known
    too), `DE-BY` (ISO 3166-2), `XNYS` (ISO 10383; the market's short name `NYSE` is known too).
    """
    whole, hyphen, part = code.partition("-")
    if whole not in _known_codes():
        near = get_close_matches(whole[:40].upper(), sorted(_known_codes()), n=3, cutoff=0.5)
        hint = f"; near ones are {', '.join(near)}" if near else ""
        sentence = f"{code[:40]!r} is no known calendar; give one such as {EXAMPLES}{hint}"
        raise RejectedError(f"{field}: {sentence}", code="unknown_calendar", field=field)
    parts = _entity(whole).subdivisions
    if hyphen and part not in parts:
        known = ", ".join(f"{whole}-{one}" for one in parts)
        use = f"its parts are {known}" if known else f"it has no parts: give {whole}"
        sentence = f"{code[:40]!r} is no known part of {whole}; {use}"
        raise RejectedError(f"{field}: {sentence}", code="unknown_calendar", field=field)


def read_codes(value: Any, field: str = "holidays") -> tuple[str, ...]:
    """Read one code or a list of them; nothing (None, an empty list) means weekends alone.

    Refuses a code that is not known (`unknown_calendar`), and what is no list of up to `CODES_MAX`
    different texts (`bad_calendar`).
    """
    if value is None:
        return ()
    codes = [value] if isinstance(value, str) else value
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        message = f"{value!r:.60} is no code or list of codes; give one such as {EXAMPLES}"
        raise _bad(message, field)
    if len(codes) > CODES_MAX or len(set(codes)) < len(codes):
        raise _bad(f"{value!r:.60} must be up to {CODES_MAX} different codes", field)
    for code in codes:
        check_code(code, field)
    return tuple(codes)


@lru_cache(maxsize=YEARS_KEPT_MAX)
def _business_days(calendar: BusinessCalendar, year: int) -> tuple[date, ...]:
    """Return a year's business days in order."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        message = f"{year} is not between {YEAR_MIN} and {YEAR_MAX}, the years of a calendar"
        raise RejectedError(message, code="day_out_of_calendar")
    off = calendar.holidays_added.union(
        *(_days_off(code, year) for code in calendar.codes or (None,))
    )
    off -= calendar.holidays_removed
    return tuple(day for day in _days_of(year) if day not in off)


@lru_cache(maxsize=YEARS_KEPT_MAX)
def _days_off(code: str | None, year: int) -> frozenset[date]:
    """Return the days of a year that a code has off; no code knows weekends alone."""
    if code is None:
        return frozenset(day for day in _days_of(year) if day.weekday() >= SATURDAY)
    whole, _hyphen, part = code.partition("-")
    entity = _entity(whole)
    # The language is given so that no environment variable has a part in it.
    language = entity.default_language
    # A warning that a country's dates are not known so far ahead (India's) is for our docstring.
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        found = entity(years=year, subdiv=part or None, language=language, expand=False)
    return frozenset(day for day in _days_of(year) if not found.is_working_day(day))


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))


def _entity(code: str) -> Any:
    """Return the package's class for a known country or market."""
    return getattr(holidays, code)


@cache
def _known_codes() -> frozenset[str]:
    # The package's own lists of what it supports import every country, for half a second.
    codes: Iterable[str] = EntityLoader.get_country_codes()
    return frozenset(codes).union(EntityLoader.get_financial_codes())


def _bad(sentence: str, field: str | None) -> RejectedError:
    message = f"{field}: {sentence}" if field else sentence
    return RejectedError(message, code="bad_calendar", field=field)
