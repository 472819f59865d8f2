"""The maximum extension period of an open item, from its last day to the stop of its cover."""

from datetime import date

import pytest

from services.monitor.domain.escalation.decision import Circumstances, decide
from services.monitor.domain.escalation.standing import Said, decide_standing
from services.monitor.domain.insurance.clocks import insurance_of
from services.monitor.domain.insurance.cover import Cover
from services.monitor.domain.invoice.item import Item
from services.monitor.domain.ledger.debtor import Debtor
from tests.unit.monitor.builders import cover, day
from tests.unit.monitor.insurance.insured import ended, item_of, known, policy_of
from tests.unit.monitor.policies import policy

#: Issued on 2026-01-01, due on 01-31: the period of 60 days ends with 2026-04-01.
ITEM = item_of("100")
RENEWED = policy_of(cover(), cover(valid_from=date(2026, 1, 10), mep_days=0))
LATER = item_of("100", invoice_id="B", issued_on="2026-01-10", due_on="2026-02-09")
NO_LEVELS = policy()


@pytest.mark.parametrize(
    ("covers", "today", "past_mep", "next_look"),
    [
        pytest.param([], "2026-04-02", None, None, id="no cover"),
        pytest.param(known(cover()), "2026-03-31", None, "2026-04-02", id="the day before its end"),
        pytest.param(known(cover()), "2026-04-01", None, "2026-04-02", id="its last day"),
        pytest.param(known(cover()), "2026-04-02", "TC-1", None, id="the day after"),
        pytest.param([RENEWED], "2026-04-01", None, "2026-04-02", id="by the terms of its own day"),
    ],
)
def test_an_item_is_looked_at_on_the_day_after_its_extension_period(
    covers: list[Cover], today: str, past_mep: str | None, next_look: str | None
) -> None:
    around = Circumstances(Debtor(covers={one.policy_no: one for one in covers}))
    decision = decide(ITEM, NO_LEVELS, day(today), around)
    assert decision.past_mep == past_mep
    assert decision.next_attention_on == (next_look and day(next_look))


@pytest.mark.parametrize(
    ("items", "today", "stopped_by"),
    [
        pytest.param([ITEM], "2026-04-01", [], id="none has passed its period"),
        pytest.param([ITEM], "2026-04-02", [("A/1", "2026-04-01")], id="one"),
        pytest.param(
            [ITEM, LATER], "2026-04-02", [("B/1", "2026-02-09")],
            id="under later terms a period may end before that of an older item",
        ),
        pytest.param(
            [LATER, ITEM], "2026-04-02", [("B/1", "2026-02-09")], id="in whatever order they come"
        ),
    ],
)  # fmt: skip
def test_the_first_period_to_end_stops_the_policys_cover_once(
    items: list[Item], today: str, stopped_by: list[tuple[str, str]]
) -> None:
    debtor = Debtor(covers={"TC-1": RENEWED})
    found = decide_standing(debtor, Said(), items, {}, NO_LEVELS, day(today)).covers
    assert [(one.because, one.mep_on) for one in found] == [
        (f"{name} is open beyond the maximum extension period to {mep_on}", day(mep_on))
        for name, mep_on in stopped_by
    ]


LAPSED = policy_of(cover(valid_to=date(2026, 3, 31), mep_days=0))
AGAIN = policy_of(cover(valid_to=date(2026, 3, 31), mep_days=0), cover(valid_from=date(2026, 5, 1)))


@pytest.mark.parametrize(
    ("one", "insolvent_on", "stopped", "today", "words"),
    [
        pytest.param(policy_of(cover()), None, True, "2026-04-02", ["TC-1 back"], id="in force"),
        pytest.param(LAPSED, None, True, "2026-03-31", ["TC-1 back"], id="on its last day"),
        pytest.param(LAPSED, None, True, "2026-04-01", [], id="lapsed"),
        pytest.param(LAPSED, None, False, "2026-04-01", [], id="lapsed and never stopped"),
        pytest.param(ended("2026-03-01"), None, True, "2026-03-01", ["TC-1 back"], id="its last"),
        pytest.param(ended("2026-03-01"), None, True, "2026-03-02", [], id="withdrawn"),
        pytest.param(AGAIN, None, True, "2026-04-30", [], id="before it begins again"),
        pytest.param(AGAIN, None, True, "2026-05-01", ["TC-1 back"], id="renewed"),
        pytest.param(policy_of(cover()), "2026-03-01", True, "2026-04-02", [], id="insolvent"),
        pytest.param(
            policy_of(cover()), "2026-03-01", False, "2026-03-01",
            ["TC-1 stopped after 2026-03-01"], id="insolvent today",
        ),
        pytest.param(LAPSED, "2026-03-01", False, "2026-04-01", [], id="insolvent and lapsed"),
        pytest.param(AGAIN, "2026-03-01", False, "2026-05-01",
                     ["TC-1 stopped after 2026-03-01"], id="renewed though insolvent"),
    ],
)  # fmt: skip
def test_cover_is_there_again_when_nothing_stops_it_and_its_terms_are_in_force(
    one: Cover, insolvent_on: str | None, stopped: bool, today: str, words: list[str]
) -> None:
    debtor = Debtor(covers={"TC-1": one}, insolvent_on=insolvent_on and day(insolvent_on))
    said = Said(covers_stopped={"TC-1": day("2026-02-01")} if stopped else {})
    found = decide_standing(debtor, said, [], [], NO_LEVELS, day(today)).covers
    assert words == [
        f"{change.policy_no} "
        + (f"stopped after {change.stopped_on}" if change.stopped_on else "back")
        for change in found
    ]


@pytest.mark.parametrize(
    ("stopped", "insolvent_on", "today", "next_look"),
    [
        (False, None, "2026-04-01", None),
        (True, None, "2026-04-01", "2026-05-01"),
        (False, "2026-03-01", "2026-04-01", "2026-05-01"),
        (True, None, "2026-05-01", None),
    ],
    ids=["not stopped", "stopped", "insolvent", "begun"],
)
def test_the_day_on_which_terms_begin_is_looked_at_where_cover_is_stopped(
    stopped: bool, insolvent_on: str | None, today: str, next_look: str | None
) -> None:
    debtor = Debtor(covers={"TC-1": AGAIN}, insolvent_on=insolvent_on and day(insolvent_on))
    said = Said(covers_stopped={"TC-1": day("2026-02-01")} if stopped else {})
    decision = decide_standing(debtor, said, [], [], NO_LEVELS, day(today))
    assert decision.next_attention_on == (next_look and day(next_look))


def test_an_item_is_insured_by_terms_and_clocks_together() -> None:
    insurance = insurance_of(LATER, [RENEWED])
    assert insurance is not None
    assert insurance.terms.valid_from == date(2026, 1, 10)
    assert insurance.clocks.mep_on == LATER.original_due_on
    assert insurance_of(item_of("1", issued_on="2024-12-31"), [RENEWED]) is None
