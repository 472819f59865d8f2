"""Each checker is silent about a right end and objects to one that was doctored."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

from shared.contracts.escalation import LIFTED, RAISED
from tests.faults.checkers import CHECKERS, violations
from tests.faults.evidence.values import (
    Evidence,
    InboundRecord,
    JournalRow,
    LedgerRecord,
    LetterRow,
    MailSeen,
    Word,
)

ACCOUNT: Final = "default:C-1"
KEY: Final = (ACCOUNT, "EUR")


def number(value: int) -> uuid.UUID:
    return uuid.UUID(int=value)


FIRST, SECOND, OWN = number(1), number(2), number(3)
RAISE, LIFT = number(11), number(12)
ESCALATION, LETTER, REFUSAL = number(21), number(31), number(41)
TOTALS: Final = {
    "invoiced": 100,
    "received": 60,
    "credited": 0,
    "written_off": 0,
    "reversed": 0,
    "interest": 0,
    "open": 40,
    "unapplied": 0,
}
ITEM: Final = {"amount": 100, "cleared": 60}


def right() -> Evidence:
    """An invoice, its payment, a refused record; a letter sent before the level was lifted."""
    return Evidence(
        inbound=[
            InboundRecord("invoices", 0, 0, FIRST, ACCOUNT),
            InboundRecord("invoices", 0, 1, SECOND, ACCOUNT),
            InboundRecord("invoices", 0, 2, None, None),
            InboundRecord("invoices", 0, 3, FIRST, ACCOUNT),
        ],
        refused=[("invoices", 0, 2)],
        refused_ids=[REFUSAL],
        refused_on_topic=[REFUSAL, REFUSAL],
        ledger=[
            LedgerRecord(0, 0, FIRST, ACCOUNT, is_from_outside=True),
            LedgerRecord(0, 1, SECOND, ACCOUNT, is_from_outside=True),
            LedgerRecord(0, 2, FIRST, ACCOUNT, is_from_outside=True),
            LedgerRecord(0, 3, OWN, ACCOUNT, is_from_outside=False),
        ],
        journal=[
            JournalRow(0, 0, FIRST, ACCOUNT),
            JournalRow(0, 1, SECOND, ACCOUNT),
            JournalRow(0, 3, OWN, ACCOUNT),
        ],
        log=[
            Word(0, 7, RAISE, ACCOUNT, RAISED, ESCALATION),
            Word(0, 9, LIFT, ACCOUNT, LIFTED, ESCALATION),
        ],
        topic=[
            Word(2, 0, RAISE, ACCOUNT, RAISED, ESCALATION, at=1000.0),
            Word(2, 1, RAISE, ACCOUNT, RAISED, ESCALATION, at=1001.0),
            Word(2, 2, LIFT, ACCOUNT, LIFTED, ESCALATION, at=1010.0),
        ],
        letters=[LetterRow(LETTER, ACCOUNT, "sent", "<31>", (ESCALATION,))],
        mails=[MailSeen("<31>", 1002.0)],
        work={ESCALATION: False},
        inbox=[RAISE, LIFT],
        next_offsets={0: 4},
        ends={0: 4},
        balances={KEY: TOTALS},
        expected_balances={KEY: {"invoiced": 100}},
        open_by_items={KEY: 40},
        items={"C-1 I-1/1": ITEM},
        expected_items={"C-1 I-1/1": ITEM},
        memory_mib={"monitor-1": 120},
    )


def _row_is(rows_name: str, index: int, /, **changes: object) -> Callable[[Evidence], None]:
    def doctor(evidence: Evidence) -> None:
        rows = getattr(evidence, rows_name)
        rows[index] = replace(rows[index], **changes)

    return doctor


def _without(name: str, index: int = -1) -> Callable[[Evidence], None]:
    return lambda evidence: getattr(evidence, name).pop(index)


def _twice(name: str, index: int = 0) -> Callable[[Evidence], None]:
    return lambda evidence: getattr(evidence, name).append(getattr(evidence, name)[index])


def _set(name: str, value: object) -> Callable[[Evidence], None]:
    return lambda evidence: setattr(evidence, name, value)


#: what was doctored, how, who must object
DOCTORED: Final[tuple[tuple[str, Callable[[Evidence], None], str], ...]] = (
    ("a journal row is gone", _without("journal", 1), "nothing_lost"),
    ("a refused row is gone", _without("refused"), "nothing_lost"),
    (
        "a good event was refused",
        _set("refused", [("invoices", 0, n) for n in (0, 2)]),
        "nothing_lost",
    ),
    ("an event nobody sent", _row_is("journal", 1, name=number(99)), "nothing_made_up"),
    ("a journal row twice", _twice("journal"), "nothing_doubled"),
    ("a word logged twice", _twice("log"), "nothing_doubled"),
    (
        "a level raised twice",
        lambda one: one.log.append(replace(one.log[0], event_id=OWN)),
        "nothing_doubled",
    ),
    (
        "a level lifted twice",
        lambda one: one.log.append(replace(one.log[1], event_id=OWN)),
        "nothing_doubled",
    ),
    ("a word twice in the inbox", _twice("inbox"), "nothing_doubled"),
    ("a refusal kept twice", _twice("refused"), "nothing_doubled"),
    ("a refusal not told", _set("refused_on_topic", []), "refusals_told"),
    ("a refusal told and not kept", _set("refused_ids", []), "refusals_told"),
    ("a repeat folded instead", _row_is("journal", 0, offset=2), "ledger_folded_in_order"),
    ("a ledger record skipped", _without("journal"), "ledger_folded_in_order"),
    (
        "the ledger in another order",
        _set(
            "ledger",
            [LedgerRecord(0, 0, SECOND, ACCOUNT, True), LedgerRecord(0, 1, FIRST, ACCOUNT, True)],
        ),
        "order_kept",
    ),
    ("a word not published", _without("topic"), "words_published"),
    ("a word published and not logged", _without("log"), "words_published"),
    (
        "words published in another order",
        _row_is("topic", 2, number=-1),
        "words_published",
    ),
    (
        "the journal folds to another state",
        _set("rebuild_differences", ["x"]),
        "state_is_fold_of_journal",
    ),
    (
        "another total",
        _set("expected_balances", {KEY: {"invoiced": 99}}),
        "state_is_fold_of_inbound",
    ),
    ("a total of nobody's", _set("expected_balances", {}), "state_is_fold_of_inbound"),
    (
        "another item",
        _set("items", {"C-1 I-1/1": {**ITEM, "cleared": 1}}),
        "state_is_fold_of_inbound",
    ),
    ("an item is gone", _set("items", {}), "state_is_fold_of_inbound"),
    (
        "a payment counted twice",
        _set("balances", {KEY: {**TOTALS, "received": 120}}),
        "money_conserved",
    ),
    ("items that do not add up", _set("open_by_items", {KEY: 41}), "money_conserved"),
    ("funds that do not add up", _set("unapplied_by_funds", {KEY: 1}), "money_conserved"),
    ("an escalation the notifier missed", _set("work", {}), "work_is_what_was_said"),
    ("a lifting the notifier missed", _set("work", {ESCALATION: True}), "work_is_what_was_said"),
    ("a mail twice", _twice("mails"), "letters_once"),
    ("a sent letter without a mail", _set("mails", []), "letters_once"),
    (
        "an unknown letter sent twice",
        lambda one: (_row_is("letters", 0, status="unknown")(one), _twice("mails")(one)),
        "letters_once",
    ),
    ("a mail of a recalled letter", _row_is("letters", 0, status="recalled"), "letters_once"),
    ("a mail of no letter", lambda one: one.mails.append(MailSeen("<99>", 0.0)), "letters_once"),
    (
        "a letter left in sending",
        lambda one: one.letters.append(LetterRow(OWN, ACCOUNT, "sending", None)),
        "letters_once",
    ),
    (
        "a letter that never left",
        lambda one: one.letters.append(LetterRow(OWN, ACCOUNT, "planned", None, (), True)),
        "letters_once",
    ),
    (
        "a letter after the payment",
        _row_is("mails", 0, begun_at=1020.0),
        "no_letter_after_payment",
    ),
    ("a fact in the outbox", _set("outbox", 1), "nothing_waits"),
    ("a partition not folded to its end", _set("next_offsets", {0: 3}), "nothing_waits"),
    ("a timer that is missing", _set("timer_differences", ["x"]), "nothing_waits"),
    ("a service that ended", _set("ended", ["monitor-1"]), "everything_well"),
    ("a service that is not ready", _set("not_ready", ["x"]), "everything_well"),
    ("a service that takes too much", _set("memory_mib", {"monitor-1": 999}), "everything_well"),
)


def test_nobody_objects_to_a_right_end() -> None:
    assert violations(right()) == {}


@pytest.mark.parametrize(
    ("doctor", "objects"), [c[1:] for c in DOCTORED], ids=[c[0] for c in DOCTORED]
)
def test_a_doctored_end_is_objected_to(doctor: Callable[[Evidence], None], objects: str) -> None:
    evidence = right()
    doctor(evidence)
    assert objects in violations(evidence)


def test_every_checker_has_objected_to_something() -> None:
    assert {objects for _what, _doctor, objects in DOCTORED} == {one.__name__ for one in CHECKERS}


@pytest.mark.parametrize(
    ("between", "is_allowed"),
    [((1015.0, 1025.0), True), ((1000.0, 1019.9), False), ((1020.1, 1030.0), False)],
    ids=["while it lasts", "before", "after"],
)
def test_a_late_letter_is_allowed_where_a_fault_itself_keeps_it(
    between: tuple[float, float], is_allowed: bool
) -> None:
    evidence = right()
    _row_is("mails", 0, begun_at=1020.0)(evidence)
    evidence.late_between = [between]
    assert (violations(evidence) == {}) is is_allowed
