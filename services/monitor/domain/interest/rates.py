"""What percent holds on which day: a fixed one, or a reference rate's table put to use.

Sources: Directive 2011/7/EU, articles 2(6) and 3(2); § 247 BGB; Supreme People's Court,
interpretation on sales contracts as amended in 2020, article 18(4).
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final

from services.monitor.domain.interest.tables import TABLES
from shared.contracts.interest import FIRST_DAY_OVERDUE, InterestTerms

DAY: Final = timedelta(days=1)
#: The months in which a half-year begins.
JANUARY: Final = 1
JULY: Final = 7
#: From which days on which percents of a reference rate hold, in order.
Rates = tuple[tuple[date, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """A reference rate: `percents[i]` a year holds from `days[i]` until the next of the days.

    The last one holds for good; after `last_known_on` that is presumed and no longer known. Before
    the first of the days there is no rate.
    """

    days: tuple[date, ...]
    percents: tuple[Fraction, ...]
    last_known_on: date

    def percent_on(self, day: date) -> Fraction | None:
        """Return the percent a year of a day; None before the table begins."""
        index = bisect_right(self.days, day)
        return self.percents[index - 1] if index else None

    def spans(self, from_on: date, to_on: date) -> Iterator[tuple[date, date, Fraction | None]]:
        """Yield a period's parts (first day, last day, percent), split where the rate changes."""
        index = bisect_right(self.days, from_on)
        while from_on <= to_on:
            next_on = self.days[index] if index < len(self.days) else None
            last_on = to_on if next_on is None or next_on > to_on else next_on - DAY
            yield from_on, last_on, self.percents[index - 1] if index else None
            from_on = last_on + DAY
            index += 1


# Terms are few and items are many: a table is put together once for all of them.
@lru_cache(maxsize=256)
def series_of(reference: str, own: Rates = ()) -> Series:
    """Return a reference rate with the terms' own days put in before its table's.

    Own days of a half-yearly rate are the days it changed on, as in the table itself: they take
    effect with the next half-year. The series is known up to the table's last known day or the last
    own day, whichever is later; a half-yearly one, to the end of that half-year.
    """
    table = TABLES.get(reference)
    published = {} if table is None else table.published
    found = {date.fromisoformat(day): Fraction(text) for day, text in published.items()}
    found.update(own)
    days = tuple(sorted(found))
    last_known_on = max(table.last_known_on, days[-1]) if table else days[-1]
    series = Series(days, tuple(found[day] for day in days), last_known_on)
    return _by_half_year(series) if table and table.by_half_year else series


def percent_spans(
    terms: InterestTerms, due_on: date, from_on: date, to_on: date
) -> Iterator[tuple[date, date, Fraction | None]]:
    """Yield a period's parts by the percent that terms ask for: a day's or a year's, as they say.

    None is a part for which the reference rate has no figure. A claim on interest is never below
    zero: a reference that is takes the margin down to nothing, and no further.
    """
    fixed = terms.daily_percent if terms.annual_percent is None else terms.annual_percent
    series = series_for(terms)
    if series is None:
        yield from_on, to_on, fixed
    elif terms.rate_of == FIRST_DAY_OVERDUE:
        yield from_on, to_on, _claimed(terms, series.percent_on(due_on + DAY))
    else:
        for first_on, last_on, percent in series.spans(from_on, to_on):
            yield first_on, last_on, _claimed(terms, percent)


def with_later_rates(terms: InterestTerms, later: Rates) -> InterestTerms:
    """Return terms with the rates that later ones add to their reference, for days unknown to them.

    What was presumed is corrected by what is known; what was known stays as it was.
    """
    series = series_for(terms)
    assert series is not None
    more = [
        (day, percent)
        for day, percent in later
        if not series.days[0] <= day <= series.last_known_on
    ]
    return replace(terms, rates=tuple(sorted((*terms.rates, *more)))) if more else terms


def series_for(terms: InterestTerms) -> Series | None:
    """Return the reference rate of terms; None: their rate is fixed."""
    return None if terms.reference is None else series_of(terms.reference, terms.rates)


def presumed_from(terms: InterestTerms, due_on: date, from_on: date, to_on: date) -> date | None:
    """Return the first day of a period whose rate is presumed from the last known one."""
    series = series_for(terms)
    if series is None:
        return None
    if terms.rate_of == FIRST_DAY_OVERDUE:
        return from_on if due_on + DAY > series.last_known_on else None
    first_on = max(from_on, series.last_known_on + DAY)
    return first_on if first_on <= to_on else None


def _claimed(terms: InterestTerms, reference_percent: Fraction | None) -> Fraction | None:
    if reference_percent is None:
        return None
    return max(Fraction(0), reference_percent * terms.factor + terms.margin_percent)


def _by_half_year(series: Series) -> Series:
    """Let what is in force on 1 January and 1 July hold for the half-year.

    Directive 2011/7/EU, article 3(2); § 247(1) BGB sets its rate on the same days.
    """
    changes: list[tuple[date, Fraction]] = []
    begins_on = _half_year_from(series.days[0])
    while True:
        percent = series.percent_on(begins_on)
        if percent is not None and (not changes or changes[-1][1] != percent):
            changes.append((begins_on, percent))
        if begins_on >= series.days[-1]:
            break
        begins_on = _half_year_from(begins_on + DAY)
    return Series(
        tuple(day for day, _ in changes),
        tuple(percent for _, percent in changes),
        _half_year_from(series.last_known_on + DAY) - DAY,
    )


def _half_year_from(day: date) -> date:
    """Return the first day of a half-year that is not before a day."""
    starts = (date(day.year, JANUARY, 1), date(day.year, JULY, 1), date(day.year + 1, JANUARY, 1))
    return next(start for start in starts if start >= day)
