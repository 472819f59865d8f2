"""Money: a decimal string with an ISO 4217 currency outside, integer minor units inside.

No float ever touches an amount. The exponents come from the `iso4217` package, which is made from
the standard's own table; currencies without minor units of their own (gold, test codes) are none.
"""

from dataclasses import dataclass
from typing import Final

import iso4217

from shared.errors import RejectedError

#: Digits after the decimal point by currency code: CNY 2, JPY 0, KWD 3.
EXPONENTS: Final[dict[str, int]] = {
    str(currency.code): int(currency.exponent)
    for currency in iso4217.Currency
    if currency.exponent is not None
}
EXPONENT_MAX: Final = max(EXPONENTS.values())
#: The longest amount accepted, in digits of minor units; sums of 1,000 of them fit in 64 bits.
DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in integer minor units of one currency."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """`1250.00 CNY`."""
        return f"{to_text(self.minor, self.currency)} {self.currency}"


def exponent_of(currency: str, field: str = "currency") -> int:
    """Return the currency's number of decimals, or refuse a code that ISO 4217 does not list."""
    exponent = EXPONENTS.get(currency)
    if exponent is None:
        message = f"{field}: {currency!r} is no ISO 4217 currency code; give one such as CNY or EUR"
        raise RejectedError(message, code="unknown_currency", field=field)
    return exponent


def to_minor(text: str, currency: str | None, field: str = "amount") -> int:
    """Read a decimal string as minor units: `"12.5"` EUR is 1250; never rounds.

    Without a currency (an amendment need not repeat its invoice's) the widest exponent is used, so
    that sums and signs can be checked before the currency is known. Refuses what is no plain
    decimal (`not_a_decimal`), has more decimals than the currency (`too_many_decimals`), or more
    than `DIGITS_MAX` digits (`amount_too_large`).
    """
    exponent = EXPONENT_MAX if currency is None else exponent_of(currency)
    whole, point, fraction = text.partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or (
        point and not (fraction.isascii() and fraction.isdigit())
    ):
        message = f'{field}: {text[:40]!r} is no decimal amount; write it as in "1250.00"'
        raise RejectedError(message, code="not_a_decimal", field=field)
    if len(fraction) > exponent:
        owner = currency or "any currency"
        message = f"{field}: {text[:40]!r} has more decimals than the {exponent} of {owner}"
        raise RejectedError(message, code="too_many_decimals", field=field)
    if len(digits) + exponent > DIGITS_MAX:
        message = f"{field}: {text[:40]!r} is larger than {DIGITS_MAX} digits of minor units"
        raise RejectedError(message, code="amount_too_large", field=field)
    return int(whole + fraction.ljust(exponent, "0"))


def to_positive_minor(text: str, currency: str | None, field: str = "amount") -> int:
    """Read an amount that must be above zero (`amount_not_positive` otherwise)."""
    minor = to_minor(text, currency, field)
    if minor <= 0:
        message = f"{field}: {text!r} must be above zero"
        raise RejectedError(message, code="amount_not_positive", field=field)
    return minor


def to_text(minor: int, currency: str) -> str:
    """Write minor units as a decimal string with all of the currency's decimals: `"12.50"`."""
    exponent = EXPONENTS[currency]
    if exponent == 0:
        return str(minor)
    sign = "-" if minor < 0 else ""
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}"
