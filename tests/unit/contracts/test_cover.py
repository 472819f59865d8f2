"""What the door says to covers: those no insurer can have granted are refused with a sentence."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import pytest

from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.errors import RejectedError

TERMS: dict[str, Any] = {
    "customer_id": "C1",
    "policy_no": "TC-1",
    "insurer": "Example Credit Insurance",
    "currency": "EUR",
    "insured_percentage": "90",
    "limit": "500000",
    "waiting_days": 60,
    "notice_days": 30,
    "mep_days": 60,
    "mep_from": "due",
    "valid_from": "2026-01-01",
}


def read(**changes: Any) -> CoverUpdated:
    """A cover as it comes over the wire, checked."""
    raw = msgspec.json.encode({**TERMS, **changes})
    terms = msgspec.json.decode(raw, type=CoverUpdated)
    terms.check()
    return terms


@dataclass(frozen=True)
class Refused:
    """A change to good terms, and how it is refused."""

    name: str
    changes: dict[str, Any]
    code: str
    field: str
    sentence: str


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name)
        for case in (
            Refused(
                "more than the whole", {"insured_percentage": "120"},
                "percentage_out_of_range", "data.insured_percentage",
                "data.insured_percentage: '120' must be above 0 and at most 95; give",
            ),
            Refused(
                "a hundredth more than any insurer covers", {"insured_percentage": "95.01"},
                "percentage_out_of_range", "data.insured_percentage",
                "data.insured_percentage: '95.01' must be above 0 and at most 95; give",
            ),
            Refused(
                "no percentage", {"insured_percentage": "0"},
                "percentage_out_of_range", "data.insured_percentage",
                "data.insured_percentage: '0' must be above 0 and at most 95; give",
            ),
            Refused(
                "a validity that ends before it begins", {"valid_to": "2025-12-31"},
                "validity_reversed", "data.valid_to",
                "data.valid_to: 2025-12-31 is before valid_from 2026-01-01; correct one",
            ),
            Refused(
                "a year no cover has", {"valid_to": "2926-01-01"},
                "date_out_of_range", "data.valid_to",
                "data.valid_to: 2926-01-01 is not between 1970 and 2199",
            ),
            Refused(
                "no limit of any kind", {"limit": "0"},
                "amount_not_positive", "data.limit",
                "data.limit: '0' must be above zero; where no limit was granted, give 0 with a "
                "discretionary_limit",
            ),
            Refused(
                "a limit below nothing", {"limit": "-1", "discretionary_limit": "100"},
                "amount_not_positive", "data.limit",
                "data.limit: '-1' must be above zero; where no limit was granted, give 0 with a "
                "discretionary_limit",
            ),
            Refused(
                "a discretionary limit of nothing", {"limit": "0", "discretionary_limit": "0"},
                "amount_not_positive", "data.discretionary_limit",
                "data.discretionary_limit: '0' must be above zero",
            ),
            Refused(
                "a discretionary limit finer than the currency", {"discretionary_limit": "1.005"},
                "too_many_decimals", "data.discretionary_limit",
                "data.discretionary_limit: '1.005' has more decimals than the 2 of EUR",
            ),
            Refused(
                "a year in which nothing is paid", {"claim_limit_annual": "0"},
                "amount_not_positive", "data.claim_limit_annual",
                "data.claim_limit_annual: '0' must be above zero",
            ),
            Refused(
                "a deductible below nothing", {"deductible": "-1"},
                "negative_amount", "data.deductible",
                "data.deductible: '-1' must not be negative; give 0 or leave it out",
            ),
            Refused(
                "an annual deductible of nobody knows how much",
                {"deductible_kind": "annual_aggregate"},
                "missing_field", "data.deductible",
                "data.deductible: an annual aggregate needs its amount; give it, or leave out "
                "deductible_kind",
            ),
            Refused(
                "a currency that is none", {"currency": "EUX"},
                "unknown_currency", "data.currency",
                "data.currency: 'EUX' is no ISO 4217 currency code; give one such as CNY or EUR",
            ),
        )
    ],
)  # fmt: skip
def test_an_impossible_cover_is_refused(case: Refused) -> None:
    with pytest.raises(RejectedError) as refused:
        read(**case.changes)
    assert (refused.value.code, refused.value.field) == (case.code, case.field)
    assert refused.value.message.startswith(case.sentence)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"notice_days": -1}, id="a notice before the due date"),
        pytest.param({"waiting_days": -1}, id="a claim before the due date"),
        pytest.param({"mep_days": 3651}, id="an extension of more than ten years"),
        pytest.param({"mep_from": "payment"}, id="a clock from another day"),
        pytest.param({"deductible_kind": "monthly"}, id="another kind of deductible"),
        pytest.param({"claim_limit_annual": 1000}, id="a number for money"),
    ],
)
def test_what_the_types_exclude_is_no_cover(changes: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="as it was before the additions"),
        pytest.param({"insured_percentage": "95"}, id="the most an insurer covers"),
        pytest.param({"valid_to": "2026-01-01"}, id="one day"),
        pytest.param({"limit": "0", "discretionary_limit": "20000"}, id="no named limit"),
        pytest.param({"deductible": "0"}, id="a deductible of nothing"),
        pytest.param(
            {"deductible": "5000", "deductible_kind": "annual_aggregate"}, id="annual aggregate"
        ),
        pytest.param({"claim_limit_annual": "0.01"}, id="an annual limit"),
        pytest.param({"waiting_days": 0, "notice_days": 0, "mep_days": 0}, id="no days"),
    ],
)
def test_a_possible_cover_is_taken(changes: dict[str, Any]) -> None:
    assert read(**changes).limit == changes.get("limit", "500000")


def test_what_is_left_out_means_what_it_meant_before() -> None:
    terms = read()
    assert (terms.deductible_kind, terms.deductible_order) == ("each_claim", "before")
    assert (terms.discretionary_limit, terms.claim_limit_annual) == (None, None)


def test_a_withdrawal_has_a_day_a_cover_can_have() -> None:
    word = CoverWithdrawn(customer_id="C1", policy_no="TC-1", withdrawn_on=date(2026, 2, 1))
    word.check()
    assert word.happened_on == date(2026, 2, 1)
    with pytest.raises(RejectedError) as refused:
        CoverWithdrawn(customer_id="C1", policy_no="TC-1", withdrawn_on=date(2926, 2, 1)).check()
    assert refused.value.field == "data.withdrawn_on"
