"""The use of a limit by open items, the oldest due first, and the stop of cover."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.limit import (
    Exposure,
    LimitUse,
    exposure_of,
    limit_of,
)
from tests.unit.monitor.builders import cover
from tests.unit.monitor.insurance import plain
from tests.unit.monitor.insurance.insured import exposed, item_of, known, policy_of, withdrawn

ITEM = exposed("M", "100")
OTHER_POLICY = cover("TC-2", valid_from=date(2025, 12, 1))


@pytest.mark.parametrize(
    ("others", "older"),
    [
        pytest.param([], (0, 0), id="no other"),
        pytest.param([ITEM], (0, 0), id="the item itself"),
        pytest.param([exposed("N", "1", "2026-01-30")], (1, 100), id="due before"),
        pytest.param([exposed("A", "1", "2026-02-01")], (0, 0), id="due after"),
        pytest.param(
            [exposed("N", "1", "2026-01-30", issued_on="2026-01-02")],
            (1, 100), id="due before though issued after",
        ),
        pytest.param([exposed("N", "1", issued_on="2025-12-31")], (1, 100), id="issued before"),
        pytest.param([exposed("A", "1", issued_on="2026-01-02")], (0, 0), id="issued after"),
        pytest.param([exposed("L", "1"), exposed("N", "2")], (1, 100), id="of one day: by name"),
        pytest.param(
            [exposed("N", "1", "2026-01-30"), exposed("K", "2", "2026-01-29"), exposed("Z", "4")],
            (2, 300), id="all that are older, whatever the order they come in",
        ),
        pytest.param(
            [exposed("N", "1", "2026-01-30", currency="USD")], (0, 0), id="another currency"
        ),
        pytest.param([exposed("N", "0", "2026-01-30")], (0, 0), id="paid"),
        pytest.param(
            [exposed("N", "3", "2026-01-30", disputed="1")], (1, 200), id="what is not in dispute"
        ),
        pytest.param([exposed("N", "1", "2026-01-30", disputed="1")], (0, 0), id="all in dispute"),
        pytest.param(
            [exposed("N", "1", "2026-01-30", "2024-12-31")], (0, 0), id="before the cover"
        ),
    ],
)  # fmt: skip
def test_older_insured_items_use_the_limit_first(
    others: list[Exposure], older: tuple[int, int]
) -> None:
    assert LimitUse([ITEM, *others], known(cover())).older_than(ITEM, cover()) == older


def test_the_limit_of_another_policy_is_another_limit() -> None:
    older = exposed("A", "1", "2026-01-30", "2025-11-30")
    use = LimitUse([ITEM, older], known(cover(), OTHER_POLICY))
    assert use.older_than(ITEM, OTHER_POLICY) == (0, 0)
    assert use.older_than(ITEM, cover()) == (1, 100)


def test_what_was_shipped_under_earlier_terms_uses_the_one_limit_of_the_policy() -> None:
    renewal = cover(valid_from=date(2026, 1, 1))
    covers = [policy_of(cover(valid_to=date(2025, 12, 31)), renewal)]
    older = exposed("A", "1", "2026-01-30", "2025-11-30")
    assert LimitUse([ITEM, older], covers).older_than(ITEM, renewal) == (1, 100)


def test_what_was_shipped_under_terms_in_another_currency_uses_another_limit() -> None:
    renewal = cover(valid_from=date(2026, 1, 1))
    covers = [policy_of(cover(currency="USD"), renewal)]
    older = exposed("A", "1", "2026-01-30", "2025-11-30", currency="USD")
    assert LimitUse([ITEM, older], covers).older_than(ITEM, renewal) == (0, 0)


def test_what_was_delivered_while_cover_was_stopped_uses_no_limit() -> None:
    stopping = exposed("A", "5", "2025-10-01", "2025-09-01")
    delivered_then = exposed("B", "7", "2026-01-15", "2025-12-01")
    use = LimitUse([ITEM, stopping, delivered_then], known(cover()))
    assert use.older_than(ITEM, cover()) == (1, 500)


def test_an_item_itself_may_have_stopped_what_was_delivered_after_it() -> None:
    terms = cover(mep_from="invoice", mep_days=10)
    due_before = exposed("A", "1", "2026-01-30", issued_on="2026-01-12")
    assert LimitUse([ITEM, due_before], known(terms)).older_than(ITEM, terms) == (0, 0)


def test_an_extension_does_not_change_an_items_place() -> None:
    item = item_of("100")
    before = exposure_of(item).order
    item.due_on += timedelta(days=90)
    assert exposure_of(item).order == before


def test_an_item_weighs_its_open_and_disputed_amounts() -> None:
    item = item_of("100", disputed="30")
    item.cleared, item.instalment = 4000, 2
    weight = exposure_of(item)
    assert weight.key == ("A", 2)
    assert (weight.open, weight.disputed, weight.undisputed) == (6000, 3000, 3000)


@pytest.mark.parametrize(
    ("terms", "limit"),
    [
        pytest.param({}, (50000000, False), id="named"),
        pytest.param({"discretionary_limit": "7"}, (50000000, False), id="named before own"),
        pytest.param({"limit": "0", "discretionary_limit": "7"}, (700, True), id="the seller's"),
    ],
)
def test_the_discretionary_limit_counts_for_want_of_a_named_one(
    terms: dict[str, str], limit: tuple[int, bool]
) -> None:
    assert limit_of(cover(**terms)) == limit


@pytest.mark.parametrize(
    ("open_items", "stopped_by"),
    [
        pytest.param([], None, id="nothing open"),
        pytest.param([exposed("A", "0")], None, id="all paid"),
        pytest.param([exposed("A", "1", currency="USD")], None, id="not insured here"),
        pytest.param([exposed("A", "1")], ("A", date(2026, 4, 1)), id="one"),
        pytest.param([exposed("A", "1", disputed="1")], ("A", date(2026, 4, 1)), id="disputed"),
        pytest.param(
            [exposed("B", "1"), exposed("A", "1", "2026-02-01"), exposed("C", "1")],
            ("B", date(2026, 4, 1)), id="the first to end, then by name",
        ),
    ],
)  # fmt: skip
def test_the_first_extension_period_to_end_stops_cover(
    open_items: list[Exposure], stopped_by: tuple[str, date] | None
) -> None:
    stop = LimitUse(open_items, known(cover())).stop_of("TC-1")
    assert (stop and (stop.exposure.invoice_id, stop.mep_on)) == stopped_by


def test_an_extension_period_from_the_invoice_ends_by_its_date() -> None:
    covers = known(cover(mep_from="invoice", mep_days=10))
    stop = LimitUse([exposed("A", "1")], covers).stop_of("TC-1")
    assert stop is not None
    assert stop.mep_on == date(2026, 1, 11)
    assert not stop.hits(exposed("B", "1", issued_on="2026-01-11"))
    assert stop.hits(exposed("B", "1", issued_on="2026-01-12"))


def test_the_oldest_item_of_any_terms_of_a_policy_stops_its_cover() -> None:
    covers = [policy_of(cover(), cover(valid_from=date(2026, 1, 1), mep_days=0))]
    before = exposed("A", "1", "2026-01-01", "2025-12-31")
    use = LimitUse([before, exposed("B", "1")], covers)
    stop = use.stop_of("TC-1")
    assert stop is not None
    assert (stop.exposure.invoice_id, stop.mep_on) == ("B", date(2026, 1, 31))


EXPOSURES = st.lists(
    st.builds(
        exposed,
        invoice_id=st.sampled_from("ABCDEFGH"),
        open_text=st.integers(0, 900).map(str),
        due_on=st.sampled_from(["2026-01-20", "2026-01-25", "2026-01-30"]),
        issued_on=st.sampled_from(["2025-12-30", "2026-01-01", "2026-01-05", "2026-01-12"]),
        disputed=st.sampled_from(["0", "1", "900"]),
        currency=st.sampled_from(["EUR", "EUR", "EUR", "USD"]),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


@st.composite
def some_terms(draw: st.DrawFn, policy_no: str) -> Any:
    """Terms or a withdrawal, of days among those of issue."""
    first = draw(st.dates(date(2025, 12, 29), date(2026, 1, 10)))
    if not draw(st.integers(0, 4)):
        return withdrawn(first.isoformat(), policy_no)
    mep_days, mep_from = draw(st.sampled_from([(60, "due"), (0, "due"), (8, "invoice")]))
    currency = draw(st.sampled_from(["EUR", "EUR", "USD"]))
    return cover(
        policy_no, valid_from=first, mep_days=mep_days, mep_from=mep_from, currency=currency
    )


@st.composite
def some_covers(draw: st.DrawFn) -> list[Any]:
    """Two policies that were renewed, changed and withdrawn."""
    return [
        policy_of(*draw(st.lists(some_terms(policy_no), min_size=1, max_size=4)))
        for policy_no in ("TC-1", "TC-2")
    ]


@given(exposures=EXPOSURES, covers=some_covers(), data=st.data())
def test_the_use_of_limits_is_that_of_a_plain_scan_of_all_items(
    exposures: list[Exposure], covers: list[Any], data: st.DataObject
) -> None:
    use = LimitUse(data.draw(st.permutations(exposures)), covers)
    for policy in covers:
        assert use.stop_of(policy.policy_no) == plain.stop_of(policy.policy_no, exposures, covers)
        for terms in (word.terms for word in policy.words):
            for one in exposures:
                older = plain.older_insured(one, terms, exposures, covers)
                expected = (len(older), sum(each.undisputed for each in older))
                assert use.older_than(one, terms) == expected
