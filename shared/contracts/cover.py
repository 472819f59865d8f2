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
    """The cover of one customer under one policy, for what is invoiced from `valid_from` on.

    For each `valid_from` of a policy the event with the latest `time` wins; terms from a later day
    (a renewal, another limit) leave the ones before to what was invoiced before. An invoice is
    insured by the terms in force on its issue date: of those valid then, the ones that began last.

    A `limit` of 0 says that the insurer granted no named limit: then the `discretionary_limit`
    counts, which the seller grants by its own judgement (Atradius glossary, "maximum discretionary
    credit limit"; Coface glossary, "DCL").
    """

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
    #: Taken off each and every claim, or the first losses of a policy year together.
    deductible_kind: Literal["each_claim", "annual_aggregate"] = "each_claim"
    #: What the seller may grant by its own judgement where there is no named limit.
    discretionary_limit: Amount | None = None
    #: The most that the insurer pays in a policy year.
    claim_limit_annual: Amount | None = None

    def check(self) -> None:
        """Refuse a percentage no insurer grants, a cover of nothing, and a reversed validity."""
        exponent_of(self.currency, "data.currency")
        check_day(self.valid_from, "data.valid_from")
        check_day(self.valid_to, "data.valid_to")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            message = (
                f"data.valid_to: {self.valid_to} is before valid_from {self.valid_from}; "
                "correct one of the two"
            )
            raise RejectedError(message, code="validity_reversed", field="data.valid_to")
        self._check_limits()
        self._check_deductible()
        self._check_percentage()

    def _check_limits(self) -> None:
        field = "data.limit"
        limit = to_minor(self.limit, self.currency, field)
        if limit < 0 or (limit == 0 and self.discretionary_limit is None):
            message = (
                f"{field}: {self.limit!r} must be above zero; "
                "where no limit was granted, give 0 with a discretionary_limit"
            )
            raise RejectedError(message, code="amount_not_positive", field=field)
        for name in ("discretionary_limit", "claim_limit_annual"):
            amount = getattr(self, name)
            if amount is not None:
                to_positive_minor(amount, self.currency, f"data.{name}")

    def _check_deductible(self) -> None:
        field = "data.deductible"
        if self.deductible is not None:
            if to_minor(self.deductible, self.currency, field) < 0:
                message = (
                    f"{field}: {self.deductible!r} must not be negative; give 0 or leave it out"
                )
                raise RejectedError(message, code="negative_amount", field=field)
        elif self.deductible_kind == "annual_aggregate":
            message = (
                f"{field}: an annual aggregate needs its amount; "
                "give it, or leave out deductible_kind"
            )
            raise RejectedError(message, code="missing_field", field=field)

    def _check_percentage(self) -> None:
        field = "data.insured_percentage"
        hundredths = to_minor(self.insured_percentage, "EUR", field)
        if not 0 < hundredths <= INSURED_PERCENTAGE_MAX * 100:
            message = (
                f"{field}: {self.insured_percentage!r} must be above 0 and at most "
                f"{INSURED_PERCENTAGE_MAX}; give the percentage that the policy names"
            )
            raise RejectedError(message, code="percentage_out_of_range", field=field)


class CoverWithdrawn(Inbound, kw_only=True, frozen=True):
    """The insurer withdraws cover; what was invoiced up to `withdrawn_on` stays insured.

    It ends the terms of the policy that have an earlier `time`; terms with a later one put the
    policy in force again. Of several withdrawals after the same terms the earliest day counts; to
    take one back, say the terms again.
    """

    day_member = "withdrawn_on"
    days_ahead_max = None

    policy_no: Identifier
    withdrawn_on: date
    insurer: Line | None = None
    reason: Line | None = None

    def check(self) -> None:
        """Refuse an impossible date."""
        check_day(self.withdrawn_on, "data.withdrawn_on")
