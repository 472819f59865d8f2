"""Pages of the past are bounded by rows and by work, and what had been said is remembered."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest

from services.monitor.domain.policy.policies import Policies, select
from services.monitor.handlers.answers.past import (
    After,
    PastAccount,
    Place,
    Question,
    Then,
    is_beyond,
    past_page,
)
from services.monitor.handlers.answers.remembered import Word, remembered
from services.monitor.handlers.answers.replay import JournalRow
from services.monitor.handlers.ports import AccountKey, Record
from shared.contracts.envelope import LedgerEvent, name_of
from shared.contracts.escalation import HELD, LIFTED, RAISED, RESUMED
from shared.contracts.invoice import InvoiceIssued
from tests.unit.monitor.policies import default_policy

NOW: Final = datetime(2026, 2, 1, tzinfo=UTC)


@dataclass
class FakePast:
    """Accounts `A`, `B`, … with a number of invoices each."""

    sizes: Sequence[int]
    read: list[str] = field(default_factory=list)

    async def policies(self, known_by: datetime | None) -> Policies:
        del known_by
        return select([default_policy()])

    async def in_volumes_until(self, question: Question) -> datetime | None:
        del question
        return None

    async def journal(self, question: Question, after: After | None) -> AsyncIterator[JournalRow]:
        del question
        start = (0, "") if after is None else after.key
        is_done = after is not None and after.place is None
        offset = 0
        for number, size in enumerate(self.sizes):
            account_id = f"default:{chr(ord('A') + number)}"
            for one in range(size):
                offset += 1
                key = (0, account_id)
                if key > start or (key == start and not is_done):
                    self.read.append(account_id)
                    yield row(account_id, f"I-{one}", offset)

    async def words(self, keys: Sequence[AccountKey]) -> Mapping[AccountKey, Sequence[Word]]:
        del keys
        return {}


def row(account_id: str, invoice_id: str, offset: int) -> JournalRow:
    data = InvoiceIssued(
        customer_id=account_id.partition(":")[2],
        invoice_id=invoice_id,
        currency="EUR",
        total="1.00",
        issued_on=date(2026, 1, 1),
        due_on=date(2026, 2, 1),
    )
    name = f"{account_id}/{invoice_id}"
    event = LedgerEvent(
        specversion="1.0",
        id=name,
        source="test",
        type="invoice.issued.v1",
        time=NOW,
        accountid=account_id,
        eventname=name_of("test", name).hex,
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
    return JournalRow(Record(0, offset, msgspec.json.encode(event)), "oldest_due_first", NOW)


def items(account: PastAccount, after: Place | None) -> list[tuple[Place, str]]:
    names = [name for name in sorted(account.replay.account.invoices) if is_beyond((name,), after)]
    return [((name,), f"{account.key[1][-1]}{name[1:]}") for name in names]


async def pages(past: FakePast, limit: int, **more: Any) -> list[list[str]]:
    found, after = list[list[str]](), None
    while True:
        page = await past_page(
            past, Question(Then()), NOW, after=after, limit=limit, rows_of=items, **more
        )
        found.append(page.rows)
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize(
    ("sizes", "limit", "found"),
    [
        ([], 2, [[]]),
        ([2], 2, [["A-0", "A-1"]]),
        ([3], 2, [["A-0", "A-1"], ["A-2"]]),
        ([1, 3], 2, [["A-0", "B-0"], ["B-1", "B-2"]]),
        ([5], 2, [["A-0", "A-1"], ["A-2", "A-3"], ["A-4"]]),
        ([1, 1, 1], 2, [["A-0", "B-0"], ["C-0"]]),
    ],
)
async def test_a_page_may_end_within_an_account_and_the_next_goes_on_there(
    sizes: list[int], limit: int, found: list[list[str]]
) -> None:
    assert await pages(FakePast(sizes), limit) == found


async def test_a_page_that_has_folded_enough_ends_and_the_next_goes_on() -> None:
    past = FakePast([1, 3, 1])
    assert await pages(past, 100, entries_max=2) == [["A-0", "B-0", "B-1", "B-2"], ["C-0"]]
    # An account that is more than enough by itself, and more than a page.
    assert await pages(past, 2, entries_max=2) == [["A-0", "B-0"], ["B-1", "B-2"], ["C-0"]]


async def test_no_more_is_read_than_the_page_needs() -> None:
    past = FakePast([1] * 26)
    page = await past_page(
        past, Question(Then()), NOW, after=None, limit=100, rows_of=items, entries_max=3
    )
    assert page.after == After((0, "default:C"), None)
    # One entry of the next account says that this one is whole.
    assert past.read == ["default:A", "default:B", "default:C", "default:D"]


async def test_what_a_page_before_has_shown_is_not_reckoned_again() -> None:
    asked = []

    def counted(account: PastAccount, after: Place | None) -> list[tuple[Place, str]]:
        asked.append((account.key[1][-1], after))
        return items(account, after)

    after = After((0, "default:A"), ("I-3",))
    page = await past_page(
        FakePast([6, 1]), Question(Then()), NOW, after=after, limit=9, rows_of=counted
    )
    assert page.rows == ["A-4", "A-5", "B-0"]
    assert asked == [("A", ("I-3",)), ("B", None)]


async def test_who_had_no_event_by_then_was_not_there() -> None:
    question = Question(Then(as_of=date(2025, 12, 31)))
    page = await past_page(FakePast([2, 2]), question, NOW, after=None, limit=100, rows_of=items)
    assert page.rows == []


def word(kind: str, minute: int, escalation: str = "E-1", **more: Any) -> Word:
    return Word(
        type=kind,
        time=NOW + timedelta(minutes=minute),
        item_id="I/1",
        escalation_id=escalation,
        **more,
    )


WORDS: Final = (
    word(RAISED, 1, level="dunning"),
    word(HELD, 2, held_by="promise P-1"),
    word(RESUMED, 3),
    word(RAISED, 4, "E-2", level="legal"),
    word(LIFTED, 5, "E-2"),
    word(LIFTED, 6),
    # A word about what was lifted already changes nothing.
    word(HELD, 7, held_by="block B-1"),
)


@pytest.mark.parametrize(
    ("minute", "level", "held_by"),
    [
        (1, None, None),
        (2, "dunning", None),
        (3, "dunning", "promise P-1"),
        (4, "dunning", None),
        (5, "legal", None),
        (6, "dunning", None),
        (7, None, None),
        (99, None, None),
    ],
)
def test_a_level_is_remembered_from_its_raise_to_its_lifting(
    minute: int, level: str | None, held_by: str | None
) -> None:
    found = remembered(WORDS, NOW + timedelta(minutes=minute))
    stood = [(one.level, one.held_by) for one in found.stood("I/1", default_policy())]
    assert stood[-1:] == ([(level, held_by)] if level else [])
    assert found.stood("I/2", default_policy()) == []


def test_the_levels_that_stood_are_in_the_order_of_the_policy() -> None:
    """A claim may come before a letter, by insolvency; one that the policy lost is the lowest."""
    words = [
        word(RAISED, number, f"E-{number}", level=name)
        for number, name in enumerate(("insurance_claim", "dunning", "gone"))
    ]
    stood = remembered(words, NOW + timedelta(hours=1)).stood("I/1", default_policy())
    assert [one.level for one in stood] == ["gone", "dunning", "insurance_claim"]


def test_promises_and_covers_are_remembered() -> None:
    mep_on = date(2026, 1, 9)
    words = [
        Word(type="promise.broken.v1", time=NOW, promise_id="P-1", status="broken"),
        Word(type="promise.kept.v1", time=NOW, promise_id="P-2", status="kept"),
        Word(type="promise.broken.v1", time=NOW, promise_id="P-3", status="partially_kept"),
        Word(type="cover.stopped.v1", time=NOW, policy_no="C-1", mep_on=mep_on),
        Word(type="cover.stopped.v1", time=NOW, policy_no="C-2", mep_on=mep_on),
        Word(type="cover.resumed.v1", time=NOW, policy_no="C-2"),
    ]
    said = remembered(words, NOW + timedelta(minutes=1)).said
    assert said.promises == {"P-1": "broken", "P-2": "kept", "P-3": "partially_kept"}
    assert (said.broken_promises, said.covers_stopped) == (2, {"C-1": mep_on})
