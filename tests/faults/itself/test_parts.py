"""Evidence that is cut into parts is judged as the whole would be: what is lost is found in one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from shared.contracts.envelope import CloudEvent, name_of
from tests.faults.checkers import violations
from tests.faults.evidence.folding import account_of
from tests.faults.evidence.taking import COMMON, TOLD, Parts, Taker, Whole, part_of
from tests.faults.evidence.values import InboundRecord, JournalRow, LedgerRecord
from tests.faults.soak.judge import joined, judged
from tests.faults.striking.debts import owed, payment
from tests.faults.telling.workload import Message

TODAY: Final = date(2026, 3, 2)
EVENT: Final = msgspec.json.Decoder(CloudEvent)
PARTS: Final = 3
CUSTOMERS: Final = 8
#: One piece of evidence: its field, its value, what it is judged with, its key.
Piece = tuple[str, Any, str | None, Any]


def told() -> list[Message]:
    """Tell of debts, every other of them paid."""
    messages: list[Message] = []
    for number in range(CUSTOMERS):
        messages += owed(f"C-{number}", TODAY)
        if number % 2:
            messages.append(payment(f"C-{number}", TODAY))
    return messages


def right() -> list[Piece]:
    """Return what a system leaves that lost nothing of it."""
    pieces: list[Piece] = []
    fold = Whole()
    for place, message in enumerate(told()):
        event = EVENT.decode(message.value or b"")
        name, account_id = name_of(event.source, event.id), account_of(event)
        where = (message.topic, 0, place)
        pieces += [
            ("inbound", InboundRecord(*where, name, account_id), account_id, None),
            (TOLD, (name, message.value), account_id, None),
            ("ledger", LedgerRecord(0, place, name, account_id, True), account_id, None),
            ("journal", JournalRow(0, place, name, account_id), account_id, None),
        ]
        fold.take(TOLD, (name, message.value))
    folded = fold.evidence()
    for key, totals in folded.expected_balances.items():
        account_id = key[0]
        pieces += [
            ("balances", totals, account_id, key),
            ("open_by_items", totals["open"], account_id, key),
        ]
    for item, state in folded.expected_items.items():
        pieces.append(("items", state, item.partition(" ")[0], item))
    count = len(told())
    pieces += [
        ("refused", ("invoices", 1, 0), None, None),
        ("inbound", InboundRecord("invoices", 1, 0, None, None), "invoices/1/0", None),
        ("ends", count, None, 0),
        ("next_offsets", count, None, 0),
        ("outbox", 0, None, None),
    ]
    return pieces


def take(pieces: Sequence[Piece], taker: Taker) -> None:
    for name, value, of, key in pieces:
        taker.take(name, value, of=of, key=key)


def in_parts(pieces: Sequence[Piece], folder: Path) -> dict[str, list[str]]:
    parts = Parts(folder, PARTS)
    take(pieces, parts)
    parts.close()
    return joined([violations(part_of(folder, name)) for name in parts.names])


def _without(field: str) -> Callable[[list[Piece]], list[Piece]]:
    """Leave out one piece of a field, not the last."""

    def doctor(pieces: list[Piece]) -> list[Piece]:
        at = next(place for place, piece in enumerate(pieces) if piece[0] == field)
        return pieces[:at] + pieces[at + 1 :]

    return doctor


def _twice(field: str) -> Callable[[list[Piece]], list[Piece]]:
    return lambda pieces: [*pieces, next(piece for piece in pieces if piece[0] == field)]


def _elsewhere(pieces: list[Piece]) -> list[Piece]:
    """Put a journal row under an account whose events lie in another part."""
    rows = [piece for piece in pieces if piece[0] == "journal"]
    first = rows[0]
    moved = replace(first[1], account_id="default:C-NOBODY-ELSE")
    return [
        *(piece for piece in pieces if piece is not first),
        ("journal", moved, moved.account_id, None),
    ]


def _counted_twice(pieces: list[Piece]) -> list[Piece]:
    return [
        (
            name,
            {**value, "received": value["received"] + 1} if name == "balances" else value,
            of,
            key,
        )
        for name, value, of, key in pieces
    ]


#: what was doctored, how, who must object
DOCTORED: Final = (
    ("an event is lost", _without("journal"), "nothing_lost"),
    ("an event is there twice", _twice("journal"), "nothing_doubled"),
    ("a ledger record is lost", _without("ledger"), "ledger_folded_in_order"),
    ("an event went to another account", _elsewhere, "nothing_lost"),
    ("a refusal is lost", _without("refused"), "nothing_lost"),
    ("a balance is lost", _without("balances"), "state_is_fold_of_inbound"),
    ("money was counted twice", _counted_twice, "money_conserved"),
    ("an item is lost", _without("items"), "state_is_fold_of_inbound"),
    (
        "an outbox is not empty",
        lambda pieces: [*pieces, ("outbox", 3, None, None)],
        "nothing_waits",
    ),
)


def test_nobody_objects_to_a_right_end_in_whatever_parts(tmp_path: Path) -> None:
    assert in_parts(right(), tmp_path / "parts") == {}
    whole = Whole()
    take(right(), whole)
    assert violations(whole.evidence()) == {}


@pytest.mark.parametrize(
    ("doctor", "objects"), [c[1:] for c in DOCTORED], ids=[c[0] for c in DOCTORED]
)
def test_a_doctored_end_is_objected_to_as_the_whole_is(
    doctor: Callable[[list[Piece]], list[Piece]], objects: str, tmp_path: Path
) -> None:
    pieces = doctor(right())
    found = in_parts(pieces, tmp_path / "parts")
    assert objects in found
    whole = Whole()
    take(pieces, whole)
    assert found.keys() >= violations(whole.evidence()).keys()


def test_what_all_parts_say_is_said_once() -> None:
    found = joined([{"nothing_waits": ["3 facts wait"]}, {"nothing_waits": ["3 facts wait", "x"]}])
    assert found == {"nothing_waits": ["3 facts wait", "x"]}


def test_the_accounts_lie_in_several_parts(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    parts = Parts(folder, PARTS)
    take(right(), parts)
    parts.close()
    sizes = [len(part_of(folder, name).journal) for name in parts.names]
    assert sum(sizes) == len(told())
    assert max(sizes) < len(told())


async def test_a_part_is_judged_in_a_process_of_its_own_and_one_that_cannot_be_is_told(
    tmp_path: Path, database_url: str
) -> None:
    folder = tmp_path / "parts"
    parts = Parts(folder, 2)
    take(_without("journal")(right()), parts)
    parts.close()
    found = await judged(folder, parts.names, database_url)
    assert set(found) == {"nothing_lost", "ledger_folded_in_order"}
    (folder / COMMON).write_bytes(b"no evidence")
    found = await judged(folder, parts.names, database_url)
    assert [sentence.splitlines()[0] for sentence in found["judged"]] == [
        f"{name} was not judged (status 1):" for name in parts.names
    ]
