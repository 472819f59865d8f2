"""The use of a limit by open items, the oldest due first, and the stop of cover."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.insurance.limit import (
    Exposure,
    exposure_of,
    limit_of,
    older_insured,
    stop_of,
)
from tests.unit.monitor.builders import cover
from tests.unit.monitor.insurance.insured import exposed, item_of, known

ITEM = exposed("M", "100")
OTHER_POLICY = cover("TC-2", valid_from=date(2025, 12, 1))


@pytest.mark.parametrize(
    ("others", "names"),
    [
        pytest.param([], "", id="no other"),
        pytest.param([ITEM], "", id="the item itself"),
        pytest.param([exposed("N", "1", "2026-01-30")], "N", id="due before"),
        pytest.param([exposed("A", "1", "2026-02-01")], "", id="due after"),
        pytest.param(
            [exposed("N", "1", "2026-01-30", issued_on="2026-01-02")],
            "N", id="due before though issued after",
        ),
        pytest.param([exposed("N", "1", issued_on="2025-12-31")], "N", id="issued before"),
        pytest.param([exposed("A", "1", issued_on="2026-01-02")], "", id="issued after"),
        pytest.param([exposed("L", "1"), exposed("N", "1")], "L", id="of one day: by name"),
        pytest.param(
            [exposed("N", "1", "2026-01-30"), exposed("K", "1", "2026-01-29")],
            "KN", id="the oldest first",
        ),
        pytest.param([exposed("N", "1", "2026-01-30", currency="USD")], "", id="another currency"),
        pytest.param([exposed("N", "0", "2026-01-30")], "", id="paid"),
        pytest.param([exposed("N", "1", "2026-01-30", disputed="1")], "", id="all in dispute"),
        pytest.param([exposed("N", "1", "2026-01-30", "2024-12-31")], "", id="before the cover"),
    ],
)  # fmt: skip
def test_older_insured_items_use_the_limit_first(others: list[Exposure], names: str) -> None:
    older = older_insured(ITEM, others, "TC-1", known(cover()))
    assert "".join(one.invoice_id for one in older) == names


def test_the_limit_of_another_policy_is_another_limit() -> None:
    covers = known(cover(), OTHER_POLICY)
    older = exposed("A", "1", "2026-01-30", "2025-11-30")
    assert older_insured(ITEM, [older], "TC-2", covers) == []
    assert older_insured(ITEM, [older], "TC-1", covers) == [older]


def test_what_was_delivered_while_cover_was_stopped_uses_no_limit() -> None:
    covers = known(cover())
    stopping = exposed("A", "5", "2025-10-01", "2025-09-01")
    delivered_then = exposed("B", "7", "2026-01-15", "2025-12-01")
    assert older_insured(ITEM, [stopping, delivered_then], "TC-1", covers) == [stopping]


def test_an_item_itself_may_have_stopped_what_was_delivered_after_it() -> None:
    covers = known(cover(mep_from="invoice", mep_days=10))
    due_before = exposed("A", "1", "2026-01-30", issued_on="2026-01-12")
    assert older_insured(ITEM, [due_before], "TC-1", covers) == []


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
    stop = stop_of("TC-1", open_items, known(cover()))
    assert (stop and (stop.exposure.invoice_id, stop.mep_on)) == stopped_by


def test_an_extension_period_from_the_invoice_ends_by_its_date() -> None:
    covers = known(cover(mep_from="invoice", mep_days=10))
    stop = stop_of("TC-1", [exposed("A", "1")], covers)
    assert stop is not None
    assert stop.mep_on == date(2026, 1, 11)
    assert not stop.hits(exposed("B", "1", issued_on="2026-01-11"))
    assert stop.hits(exposed("B", "1", issued_on="2026-01-12"))


EXPOSURES = st.lists(
    st.builds(
        exposed,
        invoice_id=st.sampled_from("ABCDEFGH"),
        open_text=st.integers(0, 900).map(str),
        due_on=st.sampled_from(["2026-01-20", "2026-01-25", "2026-01-30"]),
        issued_on=st.sampled_from(["2026-01-01", "2026-01-05"]),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)


@given(exposures=EXPOSURES, data=st.data())
def test_the_order_of_use_does_not_depend_on_the_order_of_loading(
    exposures: list[Exposure], data: st.DataObject
) -> None:
    covers = known(cover())
    shuffled = data.draw(st.permutations(exposures))
    assert older_insured(ITEM, exposures, "TC-1", covers) == older_insured(
        ITEM, shuffled, "TC-1", covers
    )
    assert stop_of("TC-1", exposures, covers) == stop_of("TC-1", shuffled, covers)
