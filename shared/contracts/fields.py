"""The small types and checks that contracts are made of."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, ClassVar, Final

from msgspec import Meta, Struct

from shared.errors import RejectedError
from shared.money import EXPONENT_MAX, to_positive_minor, to_text

#: Printable, without the separators Arrears builds its own keys with.
# Python's `$` matches before a last line end as well, hence `(?!\n)`.
Identifier = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=128,
        pattern=r"^[^\x00-\x1f]+(?!\n)$",
        description="An identifier of the sender's own, without control characters.",
    ),
]
CreditorId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[^\x00-\x1f:]+(?!\n)$",
        description="The selling legal entity; no colon, since it starts the account's id.",
    ),
]
CurrencyCode = Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217, as in CNY.")]
Amount = Annotated[
    str,
    Meta(
        max_length=40,
        description='A decimal string, as in "1250.00"; never more decimals than the currency.',
    ),
]
Text = Annotated[str, Meta(max_length=2000)]
#: What stands in letters, tables and terminals: no line ends, no control characters.
Line = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*(?!\n)$")]
#: A line that says something.
Words = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f-\x9f]*(?!\n)$",
        description="One line that is not blank, without control characters.",
    ),
]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]

#: Days outside of these years are typing errors, and would overflow date arithmetic.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2199
#: Banks announce value dates a few days ahead. What is said to have happened still later is a
#: mistake.
DAYS_AHEAD_MAX: Final = 7
#: Who bills a year ahead dates invoices as far; a later date is a typing error.
INVOICE_DAYS_AHEAD_MAX: Final = 366
#: Who promises for a later day, counted from the day it is made, has mistyped it: dunning would be
#: held until then.
PROMISE_DAYS_MAX: Final = 366
#: A due date so long after the day of issue, of the version or of the agreement is a typing error.
DUE_DAYS_MAX: Final = 3660
#: An invoice in more parts than this is refused.
INSTALMENTS_MAX: Final = 120
#: A payment or a promise that names more invoices than this is refused.
ALLOCATIONS_MAX: Final = 1000
InstalmentNumber = Annotated[
    int,
    Meta(
        ge=1,
        le=INSTALMENTS_MAX,
        description=f"A place in an invoice's schedule, from 1 to {INSTALMENTS_MAX}.",
    ),
]


#: How the members end that hold identifiers.
_IDENTIFIERS: Final = ("_id", "_ids", "_no", "segment", "grade")
#: Letters and a symbol by Unicode that look like a blank: Hangul's fillers, the empty Braille cell.
_SEEN_AS_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class Inbound(Struct, kw_only=True, frozen=True):
    """What every inbound event's data carries."""

    #: The member with the creditor's civil day on which it happened; empty where there is none.
    day_member: ClassVar[str] = ""
    #: How far ahead that day may lie; None where it is arranged, as far as anybody likes.
    days_ahead_max: ClassVar[int | None] = DAYS_AHEAD_MAX

    customer_id: Identifier
    creditor_id: CreditorId = "default"

    @property
    def account_id(self) -> str:
        """The debtor's account at this creditor: `<creditor_id>:<customer_id>`."""
        return f"{self.creditor_id}:{self.customer_id}"

    def check(self) -> None:
        """Refuse what the types alone cannot: sums, order of dates, decimals of a currency."""

    def check_names(self) -> None:
        """Refuse identifiers of which nothing can be seen (`invalid_value`)."""
        _check_names(self, "data")

    @property
    def happened_on(self) -> date | None:
        """The civil day of the creditor on which it happened; None where the event has no day."""
        day: date | None = getattr(self, self.day_member) if self.day_member else None
        return day

    def check_happened(self, today: date) -> None:
        """Refuse what lies more than `days_ahead_max` days ahead (`day_in_the_future`).

        `today` is the latest date anywhere on earth, for only the policies know a creditor's zone.
        """
        day, ahead = self.happened_on, self.days_ahead_max
        if day is None or ahead is None or day <= today + timedelta(days=ahead):
            return
        field = f"data.{self.day_member}"
        message = (
            f"{field}: {day} is more than {ahead} days after today, {today}; "
            "correct the day, or send the event when it has happened"
        )
        raise RejectedError(message, code="day_in_the_future", field=field)


class Instalment(Struct, kw_only=True, frozen=True):
    """One due part of an invoice."""

    due_on: date
    amount: Amount


def says_something(text: str) -> bool:
    """Say whether anything of a text can be seen: no blanks alone, and nothing of no width."""
    return any(
        one.isprintable() and not one.isspace() and one not in _SEEN_AS_BLANK for one in text
    )


def _check_names(struct: Struct, path: str) -> None:
    """Look at the identifiers of an object and of what it lists."""
    for member in struct.__struct_fields__:
        value = getattr(struct, member)
        is_name = member.endswith(_IDENTIFIERS)
        for number, one in enumerate(value if isinstance(value, list) else [value]):
            place = f"{path}.{member}[{number}]" if isinstance(value, list) else f"{path}.{member}"
            if isinstance(one, Struct):
                _check_names(one, place)
            elif is_name and isinstance(one, str) and not says_something(one):
                message = f"{place}: nothing of {one!a} can be seen; give its identifier"
                raise RejectedError(message, code="invalid_value", field=place)


def check_day(day: date | None, field: str) -> None:
    """Refuse a date that no receivable can have (`date_out_of_range`)."""
    if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
        message = (
            f"{field}: {day.isoformat()} is not between {YEAR_MIN} and {YEAR_MAX}; correct the year"
        )
        raise RejectedError(message, code="date_out_of_range", field=field)


def check_order(earlier: date, later: date | None, field: str, *, code: str, why: str) -> None:
    """Refuse a day that lies before the one it must follow; `why` says what cannot be."""
    check_day(later, field)
    if later is not None and later < earlier:
        message = f"{field}: {later} is before {earlier}; {why}"
        raise RejectedError(message, code=code, field=field)


def check_reach(start: date, day: date, field: str, *, days_max: int, code: str, why: str) -> None:
    """Refuse a day that lies too long after the one it is counted from; `why` says what to do."""
    if day > start + timedelta(days=days_max):
        message = f"{field}: {day} is more than {days_max:,} days after {start}; {why}"
        raise RejectedError(message, code=code, field=field)


def _check_due(start: date, due_on: date, field: str) -> None:
    """Refuse a due date that no terms of trade have (`due_too_far`)."""
    check_day(due_on, field)
    why = "correct the one that is wrong"
    check_reach(start, due_on, field, days_max=DUE_DAYS_MAX, code="due_too_far", why=why)


def check_extension(
    agreed_on: date, due_on: date | None, schedule: Sequence[Instalment] | None
) -> None:
    """Check new terms: one date or a schedule, and more time than there was when they were agreed.

    The first parts of a schedule may be over: it states the whole invoice anew. What it adds up to
    is compared with the invoice by the ledger, which knows it.
    """
    _check_due_on_or_schedule(due_on, schedule)
    for number, part in enumerate(schedule or ()):
        _check_due(agreed_on, part.due_on, f"data.schedule[{number}].due_on")
        to_positive_minor(part.amount, None, f"data.schedule[{number}].amount")
    if due_on is not None:
        _check_due(agreed_on, due_on, "data.due_on")
    last_on = max((part.due_on for part in schedule), default=None) if schedule else due_on
    check_order(
        agreed_on,
        last_on,
        "data.schedule" if schedule else "data.due_on",
        code="extension_in_the_past",
        why="terms that were over when they were agreed give no time; correct one of the days",
    )


def check_terms(
    *,
    currency: str | None,
    total: str,
    said_on: date,
    issued_on: date | None,
    due_on: date | None,
    schedule: Sequence[Instalment] | None,
) -> None:
    """Check that an invoice says when what is due: by one date or a schedule that adds up.

    Due dates are counted from `said_on`, the day of issue or of the version.
    Without a currency (an amendment need not repeat it) its decimals are checked by the ledger.
    """
    _check_due_on_or_schedule(due_on, schedule)
    total_minor = to_positive_minor(total, currency, "data.total")
    parts = schedule or [Instalment(due_on=due_on or date.max, amount=total)]
    for number, part in enumerate(parts):
        field = f"data.schedule[{number}].due_on" if schedule else "data.due_on"
        _check_due(said_on, part.due_on, field)
        if issued_on is not None and part.due_on < issued_on:
            message = (
                f"{field}: {part.due_on} is before the invoice's own date {issued_on}; "
                "correct the one that is wrong"
            )
            raise RejectedError(message, code="due_before_issue", field=field)
    sum_minor = sum(
        to_positive_minor(part.amount, currency, f"data.schedule[{number}].amount")
        for number, part in enumerate(parts)
    )
    if sum_minor != total_minor:
        message = (
            f"data.schedule: the {len(parts)} instalments come to {sum_text(sum_minor, currency)}, "
            f"and not to the total {total}; correct the parts or the total"
        )
        raise RejectedError(message, code="schedule_sum", field="data.schedule")


def sum_text(minor: int, currency: str | None) -> str:
    """Write a sum in minor units for a sentence: `"125.00"`.

    Without a currency the units are `to_minor`'s widest, and as few decimals as are needed.
    """
    if currency is not None:
        return to_text(minor, currency)
    whole, fraction = divmod(minor, 10**EXPONENT_MAX)
    return f"{whole}.{fraction:0{EXPONENT_MAX}}".rstrip("0").rstrip(".")


def _check_due_on_or_schedule(due_on: date | None, schedule: Sequence[Instalment] | None) -> None:
    """Refuse both or neither; an empty schedule is none, as many writers send what is not there."""
    if due_on is None and not schedule:
        message = "data.due_on: there is neither a due_on nor a schedule with parts; give one"
        raise RejectedError(message, code="due_on_or_schedule", field="data.due_on")
    if due_on is not None and schedule:
        message = (
            f"data.due_on: there is a due_on, {due_on}, and a schedule of {len(schedule)} as well; "
            "leave one of them out"
        )
        raise RejectedError(message, code="due_on_or_schedule", field="data.due_on")
    if schedule and len(schedule) > INSTALMENTS_MAX:
        message = (
            f"data.schedule: {len(schedule)} instalments are more than {INSTALMENTS_MAX}; "
            "give fewer, larger parts"
        )
        raise RejectedError(message, code="too_many_instalments", field="data.schedule")
