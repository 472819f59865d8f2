"""The clocks of a cover: calendar days from the original dates, which nothing moves."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.claim import claim_for
from services.monitor.domain.insurance.clocks import Clocks, clocks_of
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import item_of, known

DAYS = st.integers(0, 3650)
DATES = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@dataclass(frozen=True)
class Case:
    """Terms, an item's own dates, and the three clocks."""

    name: str
    terms: dict[str, Any]
    issued_on: str
    original_due_on: str
    notify_by: str
    eligible_on: str
    mep_on: str


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name)
        for case in (
            Case(
                "all from the due date", {},
                "2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01", "2026-04-01",
            ),
            Case(
                "the extension period from the invoice", {"mep_from": "invoice", "mep_days": 90},
                "2026-01-01", "2026-01-31", "2026-03-02", "2026-04-01", "2026-04-01",
            ),
            Case(
                "a leap day counts", {"notice_days": 1, "waiting_days": 2, "mep_days": 3},
                "2024-01-29", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02",
            ),
            Case(
                "no days at all", {"notice_days": 0, "waiting_days": 0, "mep_days": 0},
                "2026-01-01", "2026-01-31", "2026-01-31", "2026-01-31", "2026-01-31",
            ),
            Case(  # 2026-10-03 is a Saturday and a holiday in China and Germany alike
                "a holiday on a weekend moves nothing",
                {"notice_days": 3, "waiting_days": 3, "mep_days": 3},
                "2026-09-01", "2026-09-30", "2026-10-03", "2026-10-03", "2026-10-03",
            ),
        )
    ],
)  # fmt: skip
def test_a_clock_is_a_number_of_calendar_days_from_its_start(case: Case) -> None:
    clocks = clocks_of(
        cover(**case.terms),
        original_due_on=day(case.original_due_on),
        issued_on=day(case.issued_on),
    )
    assert clocks == Clocks(day(case.notify_by), day(case.eligible_on), day(case.mep_on))


@given(original_due_on=DATES, issued=st.integers(0, 400), notice=DAYS, waiting=DAYS, mep=DAYS)
def test_clocks_run_their_days_whatever_the_calendar(
    original_due_on: date, issued: int, notice: int, waiting: int, mep: int
) -> None:
    issued_on = original_due_on - timedelta(days=issued)
    terms = cover(notice_days=notice, waiting_days=waiting, mep_days=mep)
    clocks = clocks_of(terms, original_due_on=original_due_on, issued_on=issued_on)
    assert (clocks.notify_by - original_due_on).days == notice
    assert (clocks.eligible_on - original_due_on).days == waiting
    assert (clocks.mep_on - original_due_on).days == mep
    from_invoice = cover(mep_days=mep, mep_from="invoice")
    moved = clocks_of(from_invoice, original_due_on=original_due_on, issued_on=issued_on)
    assert (moved.mep_on - issued_on).days == mep


@given(days=st.integers(0, 1000), disputed=st.integers(0, 9999), cleared=st.integers(0, 5000))
def test_an_extension_a_dispute_and_a_payment_move_no_clock(
    days: int, disputed: int, cleared: int
) -> None:
    item = item_of("100")
    before = claim_for(item, known(cover()))
    changed = replace(
        item, due_on=item.due_on + timedelta(days=days), disputed=disputed, cleared=cleared
    )
    after = claim_for(changed, known(cover()))
    assert before.notify_by == date(2026, 3, 2)
    for clock in ("notify_by", "eligible_on", "mep_on"):
        assert getattr(after, clock) == getattr(before, clock)
