"""Generated policies with every rule in them, and an account's events of every kind by day."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from services.monitor.domain.escalation.holds import KINDS
from services.monitor.domain.policy.policy import (
    INSURANCE_CLAIM,
    INSURANCE_NOTICE,
    Conditions,
    CrossDefault,
    Level,
    Policy,
)
from shared.business_calendar import BusinessCalendar
from shared.contracts.fields import Inbound
from tests.unit.monitor import builders as known
from tests.unit.monitor import debtor_builders as debtors
from tests.unit.monitor import invoice_builders as invoices
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import World

FIRST_DAY: Final = date(2026, 1, 1)
#: Events come within so many days, and levels are within 45 of due dates that are within 40.
EVENT_DAYS: Final = 60
#: Long enough for every timer to have fired.
LIFE_DAYS: Final = 150
EVENTS_MAX: Final = 12
CALENDARS: Final = (
    BusinessCalendar(()),
    BusinessCalendar(("CN",)),
    BusinessCalendar(("DE",)),
    BusinessCalendar((), frozenset(FIRST_DAY + timedelta(35 + number) for number in range(9))),
)

_invoice_ids = st.sampled_from("AAB")
#: C comes late or never, and what names it waits.
_named_ids = st.sampled_from("AABC")
#: Of promises: mostly what is owed, and what nothing is owed in.
_currencies = st.sampled_from((None, "EUR", "EUR", "USD"))
_shifts = st.sampled_from(("none", "following", "preceding"))
_INSURERS: Final = (("claim", INSURANCE_CLAIM), ("notice", INSURANCE_NOTICE))
_minimums = st.sampled_from(({}, {}, {"EUR": 5000}, {"EUR": 12000}))


@st.composite
def levels(draw: st.DrawFn) -> tuple[Level, ...]:
    """Draw one to four levels, a claim or an overdue notice among them now and then."""
    days = sorted(draw(st.sets(st.integers(-5, 45), min_size=1, max_size=4)))
    found: list[Level] = []
    for number, after_days in enumerate(days):
        held_by = draw(st.frozensets(st.sampled_from(KINDS)))
        conditions = Conditions(draw(_minimums), draw(st.sampled_from((1, 1, 1, 2))))
        more: dict[str, Any] = {"held_by": held_by, "conditions": conditions}
        if draw(st.integers(0, 3)) == 0:
            name, action = draw(st.sampled_from(_INSURERS))
            more["held_by"] = held_by & {"dispute"}
            if action == INSURANCE_NOTICE:
                more |= {"held_by": frozenset(), "conditions": replace(conditions, minimum_items=1)}
            found.append(level(f"{name} {number}", after_days, action, **more))
            continue
        more["on_holiday"] = draw(_shifts)
        if draw(st.booleans()) and not all(one.is_insurers for one in found):
            more["min_days_after_previous"] = draw(st.integers(1, 9))
        if draw(st.integers(0, 3)) == 0:
            last = after_days + draw(st.integers(0, 12))
            more["not_after_days"] = last if after_days >= 0 else min(last, -1)
        found.append(level(f"level {number}", after_days, **more))
    return tuple(found)


@st.composite
def policies(draw: st.DrawFn, version: int = 1) -> Policy:
    """Draw a policy with any of the rules."""
    rungs = draw(levels())
    names = [one.name for one in rungs if one.after_days >= 0 and not one.is_notice]
    own = [one.name for one in rungs if one.after_days >= 0 and not one.is_insurers]
    crossed = CrossDefault(
        draw(st.sampled_from(names or ["none"])),
        draw(_minimums),
        draw(st.sampled_from([None, *own])),
    )
    return replace(
        policy(
            *rungs,
            backlog=draw(st.sampled_from(("highest", "step"))),
            days=draw(st.sampled_from(("calendar", "business"))),
            calendar=draw(st.sampled_from(CALENDARS)),
            on_resolution=draw(st.sampled_from(("continue", "restart"))),
            minimum_scope=draw(st.sampled_from(("item", "account"))),
            cross_default=draw(st.sampled_from((None, crossed if names else None))),
        ),
        version=version,
    )


@dataclass(frozen=True)
class Step:
    """What comes on a day: an event, or a new policy."""

    on: date
    event: Inbound | None = None
    policy: Policy | None = None


def after(number: int) -> str:
    """Return a day by its number."""
    return (FIRST_DAY + timedelta(number)).isoformat()


@st.composite
def _invoice(draw: st.DrawFn, invoice_id: str) -> Inbound:
    parts = draw(st.lists(st.tuples(st.integers(5, 40), st.sampled_from(("30", "100"))),
                          min_size=1, max_size=2))  # fmt: skip
    return known.issued(invoice_id, *((after(due), amount) for due, amount in sorted(parts)))


@st.composite
def _cover(draw: st.DrawFn) -> Inbound:
    return known.cover(
        currency=draw(st.sampled_from(("EUR", "EUR", "EUR", "USD"))),
        notice_days=draw(st.integers(0, 40)),
        waiting_days=draw(st.integers(0, 40)),
        mep_days=draw(st.integers(10, 50)),
        mep_from=draw(st.sampled_from(("due", "invoice"))),
    )


@st.composite
def _event(draw: st.DrawFn, number: int) -> Inbound:
    """Draw what happens on a day by its number."""
    today, invoice_id = after(number), draw(_invoice_ids)
    # What is arranged may be said ahead of its day.
    begin = draw(st.sampled_from((0, 0, draw(st.integers(1, 20)))))
    begins, ends = after(number + begin), after(number + begin + draw(st.integers(0, 25)))
    name = draw(st.sampled_from("PQ"))
    till = after(number + draw(st.integers(0, 25)))
    amount = draw(st.sampled_from(("30", "60", "100", "130")))
    some = draw(st.sampled_from((None, None, amount)))
    makers = (
        lambda: draw(_invoice(draw(_named_ids))),
        lambda: known.paid(name, amount, (invoice_id, amount), on=today),
        lambda: known.paid(f"on account {name}", amount, on=today),
        lambda: known.allocated(f"on account {name}", (invoice_id, amount), on=today),
        lambda: known.reversed_(f"R{number}", name, some, on=today),
        lambda: known.credited(f"N{name}", amount, invoice_id, on=today),
        lambda: known.note_cancelled(f"N{name}", on=today),
        lambda: known.amended(invoice_id, number + 1, (till, amount), on=today),
        lambda: known.cancelled(invoice_id, on=today),
        lambda: invoices.extended(invoice_id, till, agreed_on=today),
        lambda: invoices.written_off(invoice_id, some, on=today),
        lambda: invoices.write_off_reversed(invoice_id, some, on=today),
        lambda: invoices.waived(name, invoice_id, some, on=today),
        lambda: invoices.disputed(name, invoice_id, some, on=today),
        lambda: invoices.resolved(name, invoice_id, draw(st.sampled_from(OUTCOMES)), on=today),
        lambda: debtors.promised(name, some, made_on=today, by=till, currency=draw(_currencies)),
        lambda: debtors.promised(
            name, some, draw(_named_ids), made_on=today, by=till, currency=draw(_currencies)
        ),
        lambda: debtors.promise_withdrawn(name, on=today),
        lambda: debtors.blocked(name, draw(_named_ids), on=begins, until=ends),
        lambda: debtors.blocked(name, on=begins, until=draw(st.sampled_from((None, ends)))),
        lambda: debtors.unblocked(name, on=begins),
        lambda: debtors.enforced(is_on=draw(st.booleans()), on=begins),
        lambda: debtors.insolvent(begins),
        lambda: draw(_cover()),
        lambda: debtors.cover_withdrawn(on=today),
        lambda: known.customer(number, group_id=draw(st.sampled_from((None, debtors.GROUP)))),
        lambda: debtors.group_defaulted(number + 1, since=today),
        lambda: debtors.group_cured(number + 1),
    )
    return draw(st.sampled_from(makers))()


OUTCOMES: Final = ("accepted", "rejected", "withdrawn")


@st.composite
def steps(draw: st.DrawFn, *, changes: bool = True) -> list[Step]:
    """Draw what happens to an account, day by day, and (with `changes`) new policies."""
    grouped = known.customer(1, group_id=debtors.GROUP)
    found = [Step(FIRST_DAY, grouped)] if draw(st.booleans()) else []
    found += [Step(FIRST_DAY, draw(_cover()))] if draw(st.booleans()) else []
    found += [Step(FIRST_DAY, draw(_invoice(name))) for name in "AB"]
    numbers = draw(st.lists(st.integers(2, EVENT_DAYS), max_size=EVENTS_MAX))
    for version, number in enumerate(sorted(numbers), start=2):
        on = FIRST_DAY + timedelta(number)
        if changes and draw(st.integers(0, 9)) == 0:
            found.append(Step(on, policy=draw(policies(version))))
        else:
            found.append(Step(on, draw(_event(number))))
    return found


def lived(first: Policy, happens: list[Step], *, scans: bool = False) -> World:
    """Live through what happens, and on until every timer has fired."""
    world = World(first, scans=scans)
    for number in range(LIFE_DAYS):
        day_of(world, FIRST_DAY + timedelta(number), happens)
    return world


def day_of(world: World, today: date, happens: list[Step]) -> None:
    """Live through one day: its events in order, and its beginning."""
    world.live(today)
    for step in happens:
        if step.on == today and step.policy is not None:
            world.adopt(step.policy)
        if step.on == today:
            world.live(today, step.event)


def timeless(policy: Policy) -> Policy:
    """Take from a policy what makes a level pass with time, whether it is held or not."""
    own = [one for one in policy.levels if one.after_days >= 0 or one.is_insurers]
    levels = tuple(replace(one, not_after_days=None) for one in own)
    return replace(policy, levels=levels)
