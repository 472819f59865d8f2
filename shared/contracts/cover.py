"""What the trade-credit insurer promises."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from shared.contracts.fields import Amount, CurrencyCode, Identifier, Inbound, Line, check_day
from shared.errors import RejectedError
from shared.money import exponent_of, to_minor, to_positive_minor

Days = Annotated[int, Meta(ge=0, le=3650)]
#: No insurer covers the whole: at least a twentieth stays with the insured.
INSURED_PERCENTAGE_MAX = 95


class CoverUpdated(Inbound, kw_only=True, frozen=True):
    """The cover of one customer under one policy; the event with the latest `time` wins."""

    policy_no: Identifier
    insurer: Line
    currency: CurrencyCode
    insured_percentage: Annotated[str, Meta(max_length=10, description='As in "90" or "87.5".')]
    limit: Amount
    waiting_days: Days
    notice_days: Days
    mep_days: Days
    mep_from: Literal["due", "invoice"]
    valid_from: date
    valid_to: date | None = None
    deductible: Amount | None = None
    deductible_order: Literal["before", "after"] = "before"

    def check(self) -> None:
        """Refuse a percentage no insurer grants, and a validity that ends before it begins."""
        exponent_of(self.currency, "data.currency")
        check_day(self.valid_from, "data.valid_from")
        check_day(self.valid_to, "data.valid_to")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            message = f"data.valid_to: {self.valid_to} is before valid_from {self.valid_from}"
            raise RejectedError(message, code="validity_reversed", field="data.valid_to")
        to_positive_minor(self.limit, self.currency, "data.limit")
        if (
            self.deductible is not None
            and to_minor(self.deductible, self.currency, "data.deductible") < 0
        ):
            message = f"data.deductible: {self.deductible!r} must not be negative"
            raise RejectedError(message, code="negative_amount", field="data.deductible")
        self._check_percentage()

    def _check_percentage(self) -> None:
        field = "data.insured_percentage"
        hundredths = to_minor(self.insured_percentage, "EUR", field)
        if not 0 < hundredths <= INSURED_PERCENTAGE_MAX * 100:
            message = (
                f"{field}: {self.insured_percentage!r} must be above 0 and at most "
                f"{INSURED_PERCENTAGE_MAX}"
            )
            raise RejectedError(message, code="percentage_out_of_range", field=field)


class CoverWithdrawn(Inbound, kw_only=True, frozen=True):
    """The insurer withdraws cover; what was invoiced up to `withdrawn_on` stays insured.

    Between this and `cover.updated.v1` of one policy the event with the latest `time` wins.
    """

    policy_no: Identifier
    withdrawn_on: date
    insurer: Line | None = None
    reason: Line | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.withdrawn_on, "data.withdrawn_on")

    @property
    def happened_on(self) -> date:
        """The day of the withdrawal."""
        return self.withdrawn_on
