"""However the ledger is cut into batches, and however little of an account a batch loads, the same
state and the same records come of it: it is what the store relies on.
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.escalation.applied import apply
from services.monitor.domain.escalation.decision import decide
from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.invoice.invoice import Invoice
from services.monitor.domain.ledger.account import Account, Told
from services.monitor.domain.ledger.balance import Balance
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, RULES, Clearing
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.ledger.funds import Funds, FundsKey
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import (
    ACCOUNT_ID,
    SAID_AT,
    allocated,
    amended,
    cancelled,
    credited,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.drawing import FIRST_DAY
from tests.unit.monitor.histories import batched, histories
from tests.unit.monitor.policies import EAGER
from tests.unit.monitor.store import MemoryStore

rules = st.sampled_from(RULES)


@dataclass
class Outcome:
    """All that folding leaves behind."""

    invoices: dict[str, Invoice] = field(default_factory=dict)
    funds: dict[FundsKey, Funds] = field(default_factory=dict)
    debtor: Debtor = field(default_factory=Debtor)
    balances: dict[str, Balance] = field(default_factory=dict)
    clearings: list[Clearing] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    changes: list[dict[str, object]] = field(default_factory=list)


def fold_whole(events: list[Event], rule: str) -> Outcome:
    """Fold everything in one account that has all of itself in memory."""
    account = Account(ACCOUNT_ID, has_open_in_reach=True)
    outcome = Outcome()
    for event in events:
        outcome.changes.append(fold(account, event, rule))
        raise_what_is_due(account)
    account.close()
    outcome.invoices, outcome.funds = account.invoices, account.funds
    outcome.debtor = account.debtor
    outcome.clearings, outcome.told = account.clearings, account.told
    outcome.balances = account.balances
    return outcome


def fold_in_batches(batches: list[list[Event]], rule: str, *, in_part: bool) -> Outcome:
    """Fold batch by batch, each with an account fresh from the store, whole or in part."""
    store = MemoryStore()
    outcome = Outcome()
    for batch in batches:
        account = store.load(batch, rule) if in_part else store.load_everything()
        for event in batch:
            outcome.changes.append(fold(account, event, rule))
            raise_what_is_due(account)
        store.save(account)
        outcome.clearings += account.clearings
        outcome.told += account.told
    stored = store.load_everything()
    outcome.invoices, outcome.funds = stored.invoices, stored.funds
    outcome.debtor = stored.debtor
    outcome.balances = store.balances
    return outcome


def raise_what_is_due(account: Account) -> None:
    """Put touched items at a level on a day when all are overdue, so that there is what to lift."""
    for invoice_id in account.touched_invoices:
        for item in account.invoices[invoice_id].items:
            apply(item, decide(item, EAGER, FIRST_DAY), EAGER, FIRST_DAY)


@given(st.data(), rules)
def test_any_batches_end_in_the_same_state_and_records(data: st.DataObject, rule: str) -> None:
    events = data.draw(histories())
    batches = data.draw(batched(events))
    assert fold_in_batches(batches, rule, in_part=False) == fold_whole(events, rule)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(
            [issued("A", "50"), paid("P", "50"), reversed_("R", "P")],
            id="a bounce re-opens a cleared invoice that only the rule had matched",
        ),
        pytest.param(
            [issued("A", "50"), paid("P", "50", ("A", "50")), reversed_("R", "P")],
            id="a bounce re-opens a cleared invoice that the payment named",
        ),
        pytest.param(
            [
                issued("A", "50"),
                paid("P", "50", ("A", "50")),
                paid("Q", "50", ("A", "50")),
                reversed_("R", "P"),
            ],
            id="a bounce makes room for money that named the invoice and met nothing",
        ),
        pytest.param(
            [paid("P", "50"), issued("A", "30"), issued("B", "30")],
            id="an invoice meets money that waits on account",
        ),
        pytest.param(
            [issued("A", "50"), paid("P", "50"), issued("B", "50"), cancelled("A")],
            id="a cancelled invoice gives money of the rule to another one",
        ),
        pytest.param(
            [
                issued("A", "10"),
                issued("B", "30"),
                paid("P", "30", ("A", "10"), ("C", "20")),
                cancelled("C"),
            ],
            id="a cancelled invoice gives money that named it to another one",
        ),
        pytest.param(
            [issued("A", "50"), issued("B", "30"), cancelled("A"), paid("P", "50", ("A", "50"))],
            id="money that names a cancelled invoice meets another one",
        ),
        pytest.param(
            [
                issued("A", "50"),
                cancelled("A"),
                paid("P", "50", ("C", "50")),
                allocated("Q", ("A", "50")),
                issued("B", "30"),
                paid("Q", "50"),
            ],
            id="money that was moved to a cancelled invoice before it came meets another one",
        ),
        pytest.param(
            [issued("C", "10"), issued("B", "10"), issued("A", "10"), paid("P", "10")],
            id="of more items that are due on one day than are looked at the first is met",
        ),
        pytest.param(
            [
                issued("A", ("2026-01-25", "10"), on="2026-01-20"),
                issued("B", "10"),
                issued("C", ("2026-02-10", "10")),
                paid("P", "10", on="2026-01-05"),
            ],
            id="money does not meet what is dated ahead, though it is due first",
        ),
        pytest.param(
            [issued("A", "50"), paid("P", "50"), issued("B", "50"), amended("A", 1, "20")],
            id="an amendment gives money of the rule to another invoice",
        ),
        pytest.param(
            [
                issued("A", "50"),
                paid("P", "50"),
                *(issued(name, "10") for name in "BCD"),
                amended("A", 1, "20"),
            ],
            id="an amendment gives money of the rule to more invoices than are looked at",
        ),
        pytest.param(
            [
                issued("A", "50"),
                paid("P", "50", ("A", "50")),
                credited("N", "20", "A", "2026-01-01"),
            ],
            id="an older credit note takes the place of a payment",
        ),
        pytest.param(
            [paid("P", "50", ("A", "50")), reversed_("R", "P", "20"), issued("A", "50")],
            id="money that waited in part meets its invoice",
        ),
    ],
)
def test_what_hangs_on_an_event_is_loaded_with_it(facts: list[Inbound]) -> None:
    events = [Event(f"e{number}", SAID_AT, data) for number, data in enumerate(facts)]
    in_part = fold_in_batches([[event] for event in events], OLDEST_DUE_FIRST, in_part=True)
    assert in_part == fold_whole(events, OLDEST_DUE_FIRST)


def test_a_load_leaves_out_what_the_events_cannot_touch() -> None:
    """The tests here mean something only while a load is partial."""
    store = MemoryStore()
    first = [Event("e1", SAID_AT, issued("A", "50")), Event("e2", SAID_AT, issued("B", "50"))]
    account = store.load(first)
    for event in first:
        fold(account, event, OLDEST_DUE_FIRST)
    store.save(account)
    loaded = store.load([Event("e3", SAID_AT, credited("N", "20", "A"))])
    assert set(loaded.invoices) == {"A"}
    assert not loaded.has_open_in_reach


@given(st.data(), rules)
def test_a_partial_load_is_enough(data: st.DataObject, rule: str) -> None:
    events = data.draw(histories())
    batches = data.draw(batched(events))
    assert fold_in_batches(batches, rule, in_part=True) == fold_whole(events, rule)


@given(histories(), rules)
def test_a_partial_load_is_enough_for_one_event_at_a_time(events: list[Event], rule: str) -> None:
    batches = [[event] for event in events]
    assert fold_in_batches(batches, rule, in_part=True) == fold_whole(events, rule)
