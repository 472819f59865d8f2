"""The small types and checks that contracts are made of."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

from msgspec import Meta, Struct

from shared.errors import RejectedError
from shared.money import to_positive_minor

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
Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]

#: Days outside of these years are typing errors, and would overflow date arithmetic.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2199
#: An invoice in more parts than this is refused.
INSTALMENTS_MAX: Final = 120
#: A payment or a promise that names more invoices than this is refused.
ALLOCATIONS_MAX: Final = 1000


class Inbound(Struct, kw_only=True, frozen=True):
    """What every inbound event's data carries."""

    customer_id: Identifier
    creditor_id: CreditorId = "default"

    @property
    def account_id(self) -> str:
        """The debtor's account at this creditor: `<creditor_id>:<customer_id>`."""
        return f"{self.creditor_id}:{self.customer_id}"

    def check(self) -> None:
        """Refuse what the types alone cannot: sums, order of dates, decimals of a currency."""

    @property
    def happened_on(self) -> date | None:
        """The civil day of the creditor on which it happened; None where the event has no day."""
        return None


class Instalment(Struct, kw_only=True, frozen=True):
    """One due part of an invoice."""

    due_on: date
    amount: Amount


def check_day(day: date | None, field: str) -> None:
    """Refuse a date that no receivable can have."""
    if day is not None and not YEAR_MIN <= day.year <= YEAR_MAX:
        message = f"{field}: {day.isoformat()} is not between {YEAR_MIN} and {YEAR_MAX}"
        raise RejectedError(message, code="date_out_of_range", field=field)


def check_order(earlier: date, later: date | None, field: str, *, code: str, why: str) -> None:
    """Refuse a day that lies before the one it must follow; `why` says what cannot be."""
    check_day(later, field)
    if later is not None and later < earlier:
        message = f"{field}: {later} is before {earlier}; {why}"
        raise RejectedError(message, code=code, field=field)


def check_extension(due_on: date | None, schedule: Sequence[Instalment] | None) -> None:
    """Check that new terms are one date or a schedule; its sum is checked against the invoice."""
    if (due_on is None) == (not schedule):
        message = "data.due_on: give either due_on or a schedule, and not both"
        raise RejectedError(message, code="due_on_or_schedule", field="data.due_on")
    check_day(due_on, "data.due_on")
    if schedule and len(schedule) > INSTALMENTS_MAX:
        message = f"data.schedule: {len(schedule)} instalments are more than {INSTALMENTS_MAX}"
        raise RejectedError(message, code="too_many_instalments", field="data.schedule")
    for number, part in enumerate(schedule or ()):
        check_day(part.due_on, f"data.schedule[{number}].due_on")
        to_positive_minor(part.amount, None, f"data.schedule[{number}].amount")


def check_terms(
    *,
    currency: str | None,
    total: str,
    issued_on: date | None,
    due_on: date | None,
    schedule: Sequence[Instalment] | None,
) -> None:
    """Check that an invoice says when what is due: by one date or a schedule that adds up.

    Without a currency (an amendment need not repeat it) its decimals are checked by the ledger.
    """
    if (due_on is None) == (not schedule):
        message = "data.due_on: give either due_on or a schedule, and not both"
        raise RejectedError(message, code="due_on_or_schedule", field="data.due_on")
    if schedule and len(schedule) > INSTALMENTS_MAX:
        message = f"data.schedule: {len(schedule)} instalments are more than {INSTALMENTS_MAX}"
        raise RejectedError(message, code="too_many_instalments", field="data.schedule")
    total_minor = to_positive_minor(total, currency, "data.total")
    parts = schedule or [Instalment(due_on=due_on or date.max, amount=total)]
    for number, part in enumerate(parts):
        field = f"data.schedule[{number}].due_on" if schedule else "data.due_on"
        check_day(part.due_on, field)
        if issued_on is not None and part.due_on < issued_on:
            message = f"{field}: {part.due_on} is before the invoice's own date {issued_on}"
            raise RejectedError(message, code="due_before_issue", field=field)
    sum_minor = sum(
        to_positive_minor(part.amount, currency, f"data.schedule[{number}].amount")
        for number, part in enumerate(parts)
    )
    if sum_minor != total_minor:
        message = f"data.schedule: the instalments do not add up to the total {total}"
        raise RejectedError(message, code="schedule_sum", field="data.schedule")
