"""What late payment costs, as a policy or an invoice's contract says it: the keys and their limits.

One reader for both doors. What the terms come to on a day is the ledger's to work out.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from re import compile as pattern
from typing import Any, Final

from shared.contracts.fields import check_day
from shared.errors import RejectedError
from shared.money import exponent_of, to_minor

ACTUAL_365: Final = "actual/365"
ACTUAL_360: Final = "actual/360"
THIRTY_360: Final = "30/360"
DAY_COUNTS: Final = (ACTUAL_365, ACTUAL_360, THIRTY_360)

EXCLUDED: Final = "excluded"
INCLUDED: Final = "included"

#: The European Central Bank's main refinancing rate, by half-years; § 247 BGB's base rate; China's
#: loan prime rate of one year; a table that the terms bring along.
ECB: Final = "ECB"
DE_BASE: Final = "DE_BASE"
CN_LPR_1Y: Final = "CN_LPR_1Y"
OWN: Final = "own"
REFERENCES: Final = (ECB, DE_BASE, CN_LPR_1Y, OWN)

#: The reference rate of each day, or for good the one of the first day overdue.
EACH_DAY: Final = "each_day"
FIRST_DAY_OVERDUE: Final = "first_day_overdue"

#: Above these a rate is a typing error: 1,000 % a year, 10 % a day, 10 times a reference rate.
ANNUAL_PERCENT_MAX: Final = 1000
DAILY_PERCENT_MAX: Final = 10
FACTOR_MAX: Final = 10
#: A reference rate can be below zero, as § 247 BGB's was from 2013 to 2022.
REFERENCE_PERCENT_MIN: Final = -100
RATES_MAX: Final = 600
DECIMAL: Final = pattern(r"-?[0-9]{1,4}(\.[0-9]{1,6})?")

RATE_KEYS: Final = ("annual_percent", "daily_percent", "reference")
REFERENCE_KEYS: Final = ("margin_percent", "factor", "rates", "rate_of")
KEYS: Final = (*RATE_KEYS, *REFERENCE_KEYS, "day_count", "fixed_sum", "disputed")


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestTerms:
    """What late payment costs: exactly one of the three rates, in percent, is given."""

    annual_percent: Fraction | None = None
    daily_percent: Fraction | None = None
    #: One of `REFERENCES`; the year's percent is then reference x factor + margin, not below zero.
    reference: str | None = None
    factor: Fraction = Fraction(1)
    margin_percent: Fraction = Fraction(0)
    #: Own percents of the reference rate, each from its day on; they go before the built-in ones.
    rates: tuple[tuple[date, Fraction], ...] = ()
    #: `EACH_DAY` or `FIRST_DAY_OVERDUE`.
    rate_of: str = EACH_DAY
    #: One of `DAY_COUNTS`; a daily rate counts each day once and needs none.
    day_count: str = ACTUAL_365
    #: What each late invoice costs at once, in minor units by currency.
    fixed_sums: dict[str, int] = field(default_factory=dict)
    #: Whether the disputed part bears interest while it is disputed.
    disputed: str = EXCLUDED


def parse_interest(value: Any, path: str, code: str) -> InterestTerms:
    """Read terms from plain YAML or JSON values.

    Refuses with `code`, and the path of the fault as `field`: unknown keys, no rate or several, a
    number that is no text (YAML and JSON would make a float of it), and values beyond the limits.
    """
    return _Reader(code).terms(value, path)


def read_contract_terms(
    value: dict[str, Any], currency: str, path: str = "data.interest"
) -> InterestTerms:
    """Read an invoice's own terms; a fixed sum in another currency than its own is refused too.

    Errors have the code `bad_interest`.
    """
    reader = _Reader("bad_interest")
    terms = reader.terms(value, path)
    for other in terms.fixed_sums:
        if other != currency:
            raise reader.wrong(
                f"{path}.fixed_sum.{other}",
                f"the invoice is in {currency} and can cost no fixed sum in {other}; "
                f"give it in {currency}",
            )
    return terms


def check_interest(value: dict[str, Any], currency: str, field: str) -> None:
    """Refuse an invoice's `interest` that cannot be read, as `read_contract_terms` does."""
    read_contract_terms(value, currency, field)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads terms and refuses with one code."""

    code: str

    def terms(self, value: Any, path: str) -> InterestTerms:
        """Read the whole mapping."""
        found = self._mapping(value, path)
        given = [key for key in RATE_KEYS if key in found]
        if len(given) != 1:
            held = " and ".join(given) or "none"
            raise self.wrong(path, f"give one of {', '.join(RATE_KEYS)}; there is {held}")
        rate = given[0]
        if rate != "reference":
            self._only_with_a_reference(found, path)
        reference = (
            self._one_of(found[rate], f"{path}.{rate}", REFERENCES) if rate == "reference" else None
        )
        return InterestTerms(
            annual_percent=self._percent(found, path, "annual_percent", 0, ANNUAL_PERCENT_MAX),
            daily_percent=self._percent(found, path, "daily_percent", 0, DAILY_PERCENT_MAX),
            reference=reference,
            factor=self._factor(found, path),
            margin_percent=self._percent(
                found, path, "margin_percent", REFERENCE_PERCENT_MIN, ANNUAL_PERCENT_MAX
            )
            or Fraction(0),
            rates=self._rates(found, path, reference),
            rate_of=self._one_of(
                # China's courts take the rate "at the time of the breach" (see the domain's table).
                found.get("rate_of", FIRST_DAY_OVERDUE if reference == CN_LPR_1Y else EACH_DAY),
                f"{path}.rate_of",
                (EACH_DAY, FIRST_DAY_OVERDUE),
            ),
            day_count=self._day_count(found, path, rate),
            fixed_sums=self._fixed_sums(found.get("fixed_sum", {}), f"{path}.fixed_sum"),
            disputed=self._one_of(
                found.get("disputed", EXCLUDED), f"{path}.disputed", (EXCLUDED, INCLUDED)
            ),
        )

    def wrong(self, path: str, sentence: str) -> RejectedError:
        """Return the error for a path."""
        return RejectedError(f"{path}: {sentence}", code=self.code, field=path)

    def _mapping(self, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(path, f"{value!r:.60} must be a mapping, as in annual_percent: '10'")
        for key in value:
            if key not in KEYS:
                known = ", ".join(KEYS)
                raise self.wrong(f"{path}.{key!s:.60}", f"is not known; known are {known}")
        return value

    def _only_with_a_reference(self, found: dict[str, Any], path: str) -> None:
        for key in REFERENCE_KEYS:
            if key in found:
                raise self.wrong(
                    f"{path}.{key}", f"goes with a reference ({', '.join(REFERENCES)}) only"
                )

    def _one_of(self, value: Any, path: str, choices: Collection[str]) -> str:
        if not isinstance(value, str) or value not in choices:
            raise self.wrong(path, f"{value!r:.60} is not one of: {', '.join(choices)}")
        return value

    def _decimal(self, value: Any, path: str, least: int, most: int) -> Fraction:
        if not isinstance(value, str):
            raise self.wrong(path, f'{value!r:.60} must stand in quotes, as in "8.5"')
        if not DECIMAL.fullmatch(value):
            raise self.wrong(
                path, f'{value!r:.60} is no decimal number of up to 6 decimals, as in "8.5"'
            )
        number = Fraction(value)
        if not least <= number <= most:
            raise self.wrong(path, f"{value!r} is not between {least} and {most}")
        return number

    def _percent(
        self, found: dict[str, Any], path: str, key: str, least: int, most: int
    ) -> Fraction | None:
        return self._decimal(found[key], f"{path}.{key}", least, most) if key in found else None

    def _factor(self, found: dict[str, Any], path: str) -> Fraction:
        factor = self._decimal(found.get("factor", "1"), f"{path}.factor", 0, FACTOR_MAX)
        if not factor:
            raise self.wrong(f"{path}.factor", "must be above zero; for no interest give a rate")
        return factor

    def _day_count(self, found: dict[str, Any], path: str, rate: str) -> str:
        day_count = self._one_of(
            found.get("day_count", ACTUAL_365), f"{path}.day_count", DAY_COUNTS
        )
        if rate == "daily_percent" and day_count == THIRTY_360:
            raise self.wrong(
                f"{path}.day_count", "a daily rate counts every day; leave day_count out"
            )
        return day_count

    def _rates(
        self, found: dict[str, Any], path: str, reference: str | None
    ) -> tuple[tuple[date, Fraction], ...]:
        path = f"{path}.rates"
        if "rates" not in found:
            if reference == OWN:
                raise self.wrong(path, 'is missing; give days and percents: {2026-01-01: "2.15"}')
            return ()
        value = found["rates"]
        if not isinstance(value, dict) or not 1 <= len(value) <= RATES_MAX:
            raise self.wrong(path, f"must be a mapping of 1 to {RATES_MAX} days to percents")
        rates: dict[date, Fraction] = {}
        for key, text in value.items():
            where = f"{path}.{key!s:.40}"
            day = self._day(key, where)
            if day in rates:
                raise self.wrong(where, "stands twice; keep one percent for the day")
            rates[day] = self._decimal(text, where, REFERENCE_PERCENT_MIN, ANNUAL_PERCENT_MAX)
        return tuple(sorted(rates.items()))

    def _day(self, key: Any, path: str) -> date:
        """Read a key: YAML makes a date of it, JSON leaves a text."""
        day = _iso_day(key) if isinstance(key, str) else key
        if not isinstance(day, date) or isinstance(day, datetime):
            raise self.wrong(path, f"{key!s:.40} is no day, as in 2026-01-01")
        try:
            check_day(day, path)
        except RejectedError as error:
            raise RejectedError(error.message, code=self.code, field=path) from None
        return day

    def _fixed_sums(self, value: Any, path: str) -> dict[str, int]:
        if not isinstance(value, dict):
            raise self.wrong(path, 'must be a mapping of currency to amount, as in EUR: "40.00"')
        sums: dict[str, int] = {}
        for key, text in value.items():
            currency, where = str(key), f"{path}.{key!s:.40}"
            if not isinstance(text, str):
                raise self.wrong(where, f'{text!r:.60} must stand in quotes, as in "40.00"')
            try:
                exponent_of(currency, where)
                sums[currency] = to_minor(text, currency, where)
            except RejectedError as error:
                raise RejectedError(error.message, code=self.code, field=where) from None
            if sums[currency] < 0:
                raise self.wrong(where, f"{text!r} must not be negative")
        return sums


def _iso_day(text: str) -> date | None:
    """Read a day in the one form the contracts use; Python itself would read weeks as well."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
