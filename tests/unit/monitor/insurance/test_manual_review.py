"""When no figure can be claimed, and the reason a person is given."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.insurance.cover import Cover
from services.monitor.domain.insurance.limit import Exposure
from services.monitor.domain.insurance.policy_year import NOTHING_EARLIER, EarlierClaims
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import (
    ended,
    exposed,
    item_of,
    known,
    policy_of,
    reckoned,
    withdrawn,
)

COVERED = known(cover(limit="500", claim_limit_annual="1000"))


@dataclass(frozen=True)
class Case:
    """What stands in the way of a claim on 100 (issued 2026-01-01, due 2026-01-31), and why."""

    name: str
    covers: list[Cover]
    because: str
    others: list[Exposure] = field(default_factory=list)
    earlier: EarlierClaims = NOTHING_EARLIER
    disputed: str = "0"
    insolvent_on: str | None = None


UNINSURED = [
    Case(
        "the customer is not covered",
        [],
        "no cover in EUR was valid on 2026-01-01 (none is known of this customer)",
    ),
    Case(
        "cover in another currency",
        known(cover(currency="USD")),
        "no cover in EUR was valid on 2026-01-01 (TC-1 is in USD)",
    ),
    Case(
        "lapsed",
        known(cover(valid_to=date(2025, 12, 31))),
        "no cover in EUR was valid on 2026-01-01 (TC-1 lapsed on 2025-12-31)",
    ),
    Case(
        "not in force yet",
        known(cover(valid_from=date(2026, 1, 2))),
        "no cover in EUR was valid on 2026-01-01 (TC-1 begins on 2026-01-02)",
    ),
    Case(
        "between two terms",
        [
            policy_of(
                cover(valid_to=date(2025, 12, 31)),
                cover(valid_from=date(2026, 1, 2)),
            )
        ],
        "no cover in EUR was valid on 2026-01-01 (TC-1 lapsed on 2025-12-31)",
    ),
    Case(
        "only withdrawn, as far as is known",
        [policy_of(withdrawn("2025-12-31"))],
        "no cover in EUR was valid on 2026-01-01 (of TC-1 only the withdrawal has come, and no "
        "terms)",
    ),
    Case(
        "withdrawn",
        [ended("2025-12-31")],
        "no cover in EUR was valid on 2026-01-01 (TC-1 was withdrawn on 2025-12-31)",
    ),
]
NOTHING_LEFT = [
    Case(
        "the limit is used up to the cent",
        COVERED,
        "the limit of 500 is used up by 2 older open items",
        others=[exposed("B", "300", "2026-01-29"), exposed("C", "200", "2026-01-30")],
    ),
    Case(
        "the limit is used up and more",
        COVERED,
        "the limit of 500 is used up by 1 older open item",
        others=[exposed("B", "9999", "2026-01-30")],
    ),
    Case(
        "the discretionary limit is used up",
        known(cover(limit="0", discretionary_limit="50")),
        "the limit of 50 is used up by 1 older open item",
        others=[exposed("B", "50", "2026-01-30")],
    ),
    Case(
        "the annual claim limit is used up",
        COVERED,
        "the policy year 2026-01-01 to 2026-12-31 has used up the annual claim limit of 1000",
        earlier=EarlierClaims(claimed=100000),
    ),
    Case(
        "all of it is disputed",
        COVERED,
        "all of the open 100.00 EUR is in dispute, and not insured until that is resolved",
        disputed="100",
    ),
    Case(
        "delivered after the insolvency",
        COVERED,
        "issued on 2026-01-01, after the customer's insolvency of 2025-12-31 had stopped cover "
        "for new deliveries",
        insolvent_on="2025-12-31",
    ),
    Case(
        "delivered after cover had stopped",
        COVERED,
        "issued on 2026-01-01, after cover for new deliveries had stopped: B/1 is open beyond its "
        "maximum extension period, which ended on 2025-12-31",
        others=[exposed("B", "1", "2025-11-01", "2025-10-01")],
    ),
]


@pytest.mark.parametrize("case", [*UNINSURED, *NOTHING_LEFT], ids=lambda case: case.name)
def test_without_a_figure_a_person_must_judge(case: Case) -> None:
    claim, used = reckoned(
        item_of("100", disputed=case.disputed),
        case.covers,
        others=case.others,
        earlier=case.earlier,
        insolvent_on=day(case.insolvent_on) if case.insolvent_on else None,
        today=date(2026, 4, 1),
    )
    assert claim.manual_review
    assert (claim.amount, claim.currency) == (None, None)
    assert claim.why[-1] == f"{case.because}; a person must decide what to claim"
    assert used == NOTHING_EARLIER


@pytest.mark.parametrize("case", NOTHING_LEFT, ids=lambda case: case.name)
def test_under_a_cover_the_clocks_are_told_even_without_a_figure(case: Case) -> None:
    claim = claim_for(item_of("100", disputed=case.disputed), case.covers, others=case.others)
    assert claim.policy_no == "TC-1"
    assert (claim.notify_by, claim.mep_on) == (date(2026, 3, 2), date(2026, 4, 1))


def test_without_a_cover_there_are_no_clocks() -> None:
    claim = claim_for(item_of("100"), [])
    assert (claim.policy_no, claim.notify_by, claim.eligible_on) == (None, None, None)


@pytest.mark.parametrize(
    ("other", "amount"),
    [
        pytest.param(exposed("B", "1", "2025-11-02", "2025-10-01"), "90.00", id="mep ends today"),
        pytest.param(
            exposed("B", "1", "2025-11-01", "2025-10-01", currency="USD"),
            "90.00",
            id="not insured under this policy",
        ),
        pytest.param(exposed("B", "0", "2025-11-01", "2025-10-01"), "90.00", id="paid since"),
        pytest.param(
            exposed("B", "1", "2025-11-01", "2025-10-01", disputed="1"), None, id="disputed"
        ),
    ],
)
def test_an_insured_item_open_beyond_its_extension_period_stops_cover(
    other: Exposure, amount: str | None
) -> None:
    assert claim_for(item_of("100"), COVERED, others=[other]).amount == amount


def test_a_claim_on_the_day_of_the_insolvency_is_insured() -> None:
    claim = claim_for(item_of("100"), COVERED, insolvent_on=date(2026, 1, 1))
    assert claim.amount == "90.00"
