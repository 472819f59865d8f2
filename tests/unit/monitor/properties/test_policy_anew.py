"""A policy that is set anew as it stands changes nothing, whatever days its disputes give back."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.escalation.holds import DISPUTE
from services.monitor.domain.policy.policy import RESTART, Policy
from services.monitor.handlers.answers.preview import OpenAccount, Preview
from services.monitor.handlers.ports import Known
from tests.unit.monitor.builders import cover
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.rules.draws import (
    EVENT_DAYS,
    FIRST_DAY,
    LIFE_DAYS,
    Step,
    after,
    day_of,
    lived,
    policies,
    steps,
)
from tests.unit.monitor.rules.world import World

_amounts = st.sampled_from((None, None, "10", "60"))


@st.composite
def restarting(draw: st.DrawFn) -> Policy:
    """Draw a policy under which a dispute's days are given back to every level but a claim."""
    drawn = draw(policies())
    held = tuple(replace(one, held_by=one.held_by | {DISPUTE}) for one in drawn.levels)
    return replace(drawn, levels=held, on_resolution=RESTART)


@st.composite
def disputes(draw: st.DrawFn) -> list[Step]:
    """Draw a few disputes, of the whole or of a part, that are told on their days."""
    found: list[Step] = []
    for number in range(draw(st.integers(1, 3))):
        name, invoice_id = f"D{number}", draw(st.sampled_from("AB"))
        first = draw(st.integers(2, EVENT_DAYS))
        end = first + draw(st.integers(0, 30))
        begins = disputed(name, invoice_id, draw(_amounts), on=after(first))
        found.append(Step(FIRST_DAY + timedelta(first), begins))
        ends = resolved(name, invoice_id, on=after(end))
        found.append(Step(FIRST_DAY + timedelta(end), ends))
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Draw what happens, covers that are known later or corrected among it."""
    happens = draw(steps(changes=False))
    insured = [Step(FIRST_DAY, cover(waiting_days=draw(st.integers(0, 40)), mep_days=50))]
    return (insured if draw(st.booleans()) else []) + happens + draw(disputes())


@given(restarting(), histories())
def test_a_policy_set_anew_every_day_lifts_nothing_and_raises_nothing(
    policy: Policy, happens: list[Step]
) -> None:
    anew = [
        Step(FIRST_DAY + timedelta(number), policy=replace(policy, version=number + 2))
        for number in range(LIFE_DAYS)
    ]
    once, often = lived(policy, happens), lived(policy, [*happens, *anew])
    assert sorted(often.words) == sorted(once.words)
    assert sorted(often.raised) == sorted(once.raised)


@given(restarting(), histories())
def test_a_preview_of_the_policy_in_force_is_empty_on_every_day(
    policy: Policy, happens: list[Step]
) -> None:
    world = World(policy)
    for number in range(LIFE_DAYS):
        today = FIRST_DAY + timedelta(number)
        day_of(world, today, happens)
        known = Known(world.book.account.debtor, world.said)
        items = [item for item in world.book.items() if item.open]
        noon = datetime.combine(today, time(4), UTC)
        found = Preview(replace(policy, version=2))
        asyncio.run(found.look(OpenAccount((0, "default:A"), known, items), noon))
        assert found.stakes == []
