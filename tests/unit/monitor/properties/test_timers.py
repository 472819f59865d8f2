"""Day by day: what is raised by following the timers is what a look at every item raises."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.escalation.decision import apply, decide
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from services.monitor.domain.ledger.fold import fold
from services.monitor.domain.ledger.invoice import Item
from services.monitor.domain.policy.policy import INSURANCE_CLAIM, Policy
from shared.contracts.escalation import escalation_id
from tests.unit.monitor.builders import ACCOUNT_ID
from tests.unit.monitor.histories import FIRST_DAY, Arrival, calendars, one_invoice
from tests.unit.monitor.policies import EAGER, EVERY

#: Past the last due date (90 days) and the highest level (60 days).
DAYS = 160

#: (day, item, level, cycle, skipped levels) of a raise.
RaiseRow = tuple[date, str, str, int, tuple[str, ...]]
#: Whether to look at an item on a day, given whether an event has touched its invoice.
Looks = Callable[[Item, date, bool], bool]

policies = st.sampled_from(EVERY)


def every_item(_item: Item, _today: date, _touched: bool) -> bool:
    """Look at everything, every day."""
    return True


def timers_only(item: Item, today: date, touched: bool) -> bool:
    """Look at what an event has touched, and at what is due."""
    return touched or (item.next_attention_on is not None and item.next_attention_on <= today)


def days(arrivals: list[Arrival]) -> Iterator[tuple[date, Arrival | None]]:
    """Go through the days, each with what arrives on it."""
    by_day = {arrival.on: arrival for arrival in arrivals}
    for offset in range(DAYS):
        today = FIRST_DAY + timedelta(offset)
        yield today, by_day.get(today)


def look(account: Account, policy: Policy, today: date, looks: Looks) -> list[RaiseRow]:
    """Decide about the account's items once."""
    rows: list[RaiseRow] = []
    for invoice in account.invoices.values():
        touched = invoice.invoice_id in account.touched_invoices
        for item in invoice.items:
            if looks(item, today, touched):
                fresh = apply(item, decide(item, policy, today), policy, today)
                rows += [
                    (today, item.item_id, one.level, item.cycle, tuple(one.skipped))
                    for one in fresh
                ]
    account.touched_invoices.clear()
    return rows


def simulate(arrivals: list[Arrival], policy: Policy, looks: Looks) -> list[RaiseRow]:
    """Fold each day's events one by one and look after each, then once more for the day."""
    account = Account(ACCOUNT_ID, has_all_open=True)
    rows: list[RaiseRow] = []
    for today, arrival in days(arrivals):
        for event in arrival.events if arrival else ():
            fold(account, event, OLDEST_DUE_FIRST)
            rows += look(account, policy, today, looks)
        rows += look(account, policy, today, looks)
    return rows


@given(calendars(), policies)
def test_timers_raise_what_a_scan_of_every_day_raises(
    arrivals: list[Arrival], policy: Policy
) -> None:
    scanned = simulate(arrivals, policy, every_item)
    timed = simulate(arrivals, policy, timers_only)
    assert timed == scanned


@given(calendars(), policies)
def test_a_level_is_raised_once_per_item_and_cycle(arrivals: list[Arrival], policy: Policy) -> None:
    assert repeated(simulate(arrivals, policy, timers_only)) == []


@given(one_invoice())
def test_a_level_is_raised_once_however_often_the_terms_change(arrivals: list[Arrival]) -> None:
    assert repeated(simulate(arrivals, EAGER, timers_only)) == []


def repeated(rows: list[RaiseRow]) -> list[UUID]:
    """Return the names of escalations that were raised more than once."""
    names = Counter(
        escalation_id(ACCOUNT_ID, item_id, level, cycle) for _, item_id, level, cycle, _ in rows
    )
    return [name for name, times in names.items() if times > 1]


@given(calendars(), policies)
def test_a_level_is_either_raised_or_passed_over_never_both(
    arrivals: list[Arrival], policy: Policy
) -> None:
    rows = simulate(arrivals, policy, timers_only)
    raised = {(item_id, level, cycle) for _, item_id, level, cycle, _ in rows}
    passed = {(item_id, one, cycle) for _, item_id, _, cycle, skipped in rows for one in skipped}
    assert not raised & passed
    claims = {level.name for level in policy.levels if level.action == INSURANCE_CLAIM}
    assert not {level for _, level, _ in passed} & claims


@given(calendars(), policies)
def test_nothing_stands_raised_on_an_item_that_owes_nothing(
    arrivals: list[Arrival], policy: Policy
) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for today, arrival in days(arrivals):
        for event in arrival.events if arrival else ():
            fold(account, event, OLDEST_DUE_FIRST)
            for invoice in account.invoices.values():
                assert [
                    item.item_id for item in invoice.items if item.raised and not item.open
                ] == []
        look(account, policy, today, timers_only)


@given(calendars(), policies)
def test_what_is_lifted_was_raised_and_is_lifted_once(
    arrivals: list[Arrival], policy: Policy
) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    standing: set[tuple[str, str, int]] = set()
    for today, arrival in days(arrivals):
        for event in arrival.events if arrival else ():
            fold(account, event, OLDEST_DUE_FIRST)
        for told in account.told:
            name = (told.item.item_id, told.raised.level, told.cycle)
            assert name in standing
            if told.lifted_because is not None:
                standing.remove(name)
        account.told.clear()
        standing |= {row[1:4] for row in look(account, policy, today, timers_only)}
    left = {
        (item.item_id, one.level, item.cycle)
        for invoice in account.invoices.values()
        for item in invoice.items
        for one in item.raised
    }
    assert standing == left


@given(calendars(), policies)
def test_an_item_over_the_minimum_that_is_late_enough_stands_at_a_level(
    arrivals: list[Arrival], policy: Policy
) -> None:
    account = Account(ACCOUNT_ID, has_all_open=True)
    for today, arrival in days(arrivals):
        for event in arrival.events if arrival else ():
            fold(account, event, OLDEST_DUE_FIRST)
        look(account, policy, today, timers_only)
        for invoice in account.invoices.values():
            for item in invoice.items:
                late = (today - item.due_on).days >= policy.levels[0].after_days
                if late and item.open > policy.minimum_open.get(item.currency, 0):
                    assert item.raised
