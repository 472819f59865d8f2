"""Which of several policies insures an invoice, and the reason when none does.

What several words on one policy come to is in `test_renewals`.
"""

from dataclasses import dataclass
from datetime import date

import pytest

from services.monitor.domain.insurance.cover import Cover, terms_for, why_uncovered
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import ended, known, policy_of, withdrawn

END = date(2026, 1, 1)
OLD = cover("TC-9", limit="1000")
NEW = cover("TC-1", limit="2000", valid_from=date(2025, 6, 1))


@dataclass(frozen=True)
class Case:
    """Covers, the day of an invoice in EUR, and the limit of the cover that insures it."""

    name: str
    covers: list[Cover]
    issued_on: str
    limit: str | None


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name)
        for case in (
            Case("none", [], "2026-01-01", None),
            Case("another currency", known(cover(currency="USD")), "2026-01-01", None),
            Case("its first day", known(cover(valid_from=END)), "2026-01-01", "500000"),
            Case("the day before", known(cover(valid_from=END)), "2025-12-31", None),
            Case("its last day", known(cover(valid_to=END)), "2026-01-01", "500000"),
            Case("the day after", known(cover(valid_to=END)), "2026-01-02", None),
            Case("the day it is withdrawn", [ended("2026-01-01")], "2026-01-01", "500000"),
            Case("the day after a withdrawal", [ended("2026-01-01")], "2026-01-02", None),
            Case("two: the later begun", known(NEW, OLD), "2026-01-01", "2000"),
            Case("two: the other way round", known(OLD, NEW), "2026-01-01", "2000"),
            Case("two: before one began", known(OLD, NEW), "2025-03-01", "1000"),
            Case("two: one is withdrawn", [ended("2025-12-31"), *known(OLD)], "2026-01-01", "1000"),
            Case(
                "two that began together: the last policy number",
                known(OLD, cover("TC-1", limit="3000")), "2026-01-01", "1000",
            ),
        )
    ],
)  # fmt: skip
def test_the_cover_of_the_invoices_own_day_insures_it(case: Case) -> None:
    found = terms_for("EUR", day(case.issued_on), case.covers)
    assert (found and found.limit) == case.limit


@pytest.mark.parametrize(
    ("covers", "because"),
    [
        pytest.param([], " (none is known of this customer)", id="none at all"),
        pytest.param(known(cover(currency="USD")), " (TC-1 is in USD)", id="another currency"),
        pytest.param(
            known(cover(valid_from=date(2026, 2, 2))), " (TC-1 begins on 2026-02-02)", id="later"
        ),
        pytest.param(
            known(cover(valid_to=date(2026, 1, 31))), " (TC-1 lapsed on 2026-01-31)", id="lapsed"
        ),
        pytest.param([ended("2026-01-30")], " (TC-1 was withdrawn on 2026-01-30)", id="withdrawn"),
        pytest.param(
            [ended("2026-01-30", reason="adverse information")],
            " (TC-1 was withdrawn on 2026-01-30: adverse information)",
            id="withdrawn for a reason",
        ),
        pytest.param(
            [policy_of(withdrawn("2026-01-01"))],
            " (of TC-1 only the withdrawal has come, and no terms)",
            id="no terms",
        ),
        pytest.param(
            [
                policy_of(
                    cover(valid_to=date(2025, 6, 30)),
                    cover(valid_from=date(2025, 9, 1), valid_to=date(2026, 1, 1)),
                )
            ],
            " (TC-1 lapsed on 2026-01-01)",
            id="renewed, and lapsed again",
        ),
        pytest.param(
            [
                policy_of(
                    cover(valid_to=date(2026, 1, 31)),
                    cover(valid_from=date(2026, 2, 2)),
                    cover(valid_from=date(2026, 3, 1)),
                )
            ],
            " (TC-1 lapsed on 2026-01-31)",
            id="between two terms",
        ),
        pytest.param(
            [policy_of(cover(valid_from=date(2026, 2, 2)), cover(valid_from=date(2026, 3, 1)))],
            " (TC-1 begins on 2026-02-02)",
            id="before the first of its terms",
        ),
        pytest.param(
            [policy_of(cover(), cover(valid_from=date(2026, 2, 1), currency="USD"))],
            " (TC-1 is in USD)",
            id="renewed in another currency",
        ),
        pytest.param(
            known(cover("TC-2", currency="USD"), cover("TC-1", valid_to=date(2026, 1, 31))),
            " (TC-1 lapsed on 2026-01-31; TC-2 is in USD)",
            id="two, by their numbers",
        ),
        pytest.param(
            known(*(cover(f"TC-{number}", currency="USD") for number in range(7))),
            " (TC-0 is in USD; TC-1 is in USD; TC-2 is in USD; TC-3 is in USD; TC-4 is in USD; "
            "2 more do not fit either)",
            id="more than are named",
        ),
    ],
)
def test_the_reason_for_no_cover_names_what_there_is(covers: list[Cover], because: str) -> None:
    assert why_uncovered("EUR", date(2026, 2, 1), covers) == (
        f"no cover in EUR was valid on 2026-02-01{because}; a person must decide what to claim"
    )
