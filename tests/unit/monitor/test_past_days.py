"""From which day an event counts in the past: as of today is today, whatever lies ahead."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.adapters.answers.journal import opening_from, state_of
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.policy.policies import Policies, select
from services.monitor.handlers.answers.past import (
    After,
    PastAccount,
    Place,
    Question,
    Then,
    past_page,
)
from services.monitor.handlers.answers.remembered import Word
from services.monitor.handlers.answers.replay import (
    JournalPart,
    JournalRow,
    Opening,
    Replay,
    counts_from,
)
from services.monitor.handlers.batch import decode
from services.monitor.handlers.ports import AccountKey, Record
from shared.calendar import local_date, start_of_day
from shared.contracts.catalogue import LEDGER_TYPES
from shared.contracts.envelope import LedgerEvent, name_of
from shared.contracts.fields import Inbound
from shared.errors import ConflictingStateError
from tests.unit.monitor.builders import ACCOUNT_ID, customer, day, paid
from tests.unit.monitor.debtor_builders import blocked
from tests.unit.monitor.drawing import FIRST_DAY
from tests.unit.monitor.histories import histories
from tests.unit.monitor.policies import default_policy

TYPES: Final = {struct: name for name, struct in LEDGER_TYPES.items()}
KEY: Final[AccountKey] = (0, ACCOUNT_ID)
ZONE: Final = default_policy().time_zone
#: Events are recorded within so many hours after the first day begins; their days are up to 60.
HOURS_MAX: Final = 40 * 24


def row(data: Inbound, number: int, recorded_at: datetime) -> JournalRow:
    """Return an event as the journal keeps it."""
    event = LedgerEvent(
        specversion="1.0",
        id=str(number),
        source="test",
        type=TYPES[type(data)],
        time=recorded_at,
        accountid=ACCOUNT_ID,
        eventname=name_of("test", str(number)).hex,
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
    record = Record(0, number, msgspec.json.encode(event))
    return JournalRow(record, "oldest_due_first", recorded_at)


@dataclass
class FakePast:
    """The journal of one account, of which the first rows may be in a volume."""

    rows: Sequence[JournalRow]
    in_volume: int = 0

    async def in_volumes_until(self, question: Question) -> datetime | None:
        del question
        return max((one.recorded_at for one in self.rows[: self.in_volume]), default=None)

    async def policies(self, known_by: datetime | None) -> Policies:
        del known_by
        return select([default_policy()])

    async def journal(self, question: Question, after: After | None) -> AsyncIterator[JournalPart]:
        del after
        known_by = question.then.known_by
        if self.in_volume:
            yield opening(self.rows[: self.in_volume])
        for one in self.rows[self.in_volume :]:
            if known_by is None or one.recorded_at <= known_by:
                yield one

    async def words(self, keys: Sequence[AccountKey]) -> Mapping[AccountKey, Sequence[Word]]:
        del keys
        return {}


def opening(rows: Sequence[JournalRow]) -> Opening:
    """Return what rows come to, as it is stored and read again."""
    replay = Replay(ACCOUNT_ID)
    for one in rows:
        replay.add(one)
    made = replay.opening(0, rows[-1].recorded_at)
    read = opening_from(state_of(made))
    assert read == made
    return read


async def then(
    rows: Sequence[JournalRow], asked: Then, now: datetime, in_volume: int = 0
) -> Account | None:
    """Ask for the account as it was; None where it was not there."""

    def whole(account: PastAccount, after: Place | None) -> list[tuple[Place, Account]]:
        del after
        return [(("",), account.replay.account)]

    past = FakePast(rows, in_volume)
    page = await past_page(past, Question(asked), now, after=None, limit=2, rows_of=whole)
    return page.rows[0] if page.rows else None


def state(rows: Sequence[JournalRow]) -> Account | None:
    """Return the account as it stands when it has folded so much."""
    replay = Replay(ACCOUNT_ID)
    for one in rows:
        replay.add(one)
    replay.account.close()
    return replay.account if rows else None


@st.composite
def journals(draw: st.DrawFn) -> list[JournalRow]:
    """Draw a journal whose events are recorded before, on and after their own days."""
    events = draw(histories())
    hours = draw(st.lists(st.integers(0, HOURS_MAX), min_size=len(events), max_size=len(events)))
    start = start_of_day(FIRST_DAY, ZONE)
    return [
        row(event.data, number, start + timedelta(hours=hour))
        for number, (event, hour) in enumerate(zip(events, sorted(hours), strict=True))
    ]


@given(journals(), st.integers(0, 3 * 24))
async def test_as_of_today_is_today(rows: list[JournalRow], hours: int) -> None:
    now = rows[-1].recorded_at + timedelta(hours=hours)
    today = local_date(now, ZONE)
    present = state(rows)
    assert await then(rows, Then(), now) == present
    assert await then(rows, Then(as_of=today), now) == present


@given(journals(), st.integers(-1, HOURS_MAX // 24 + 1))
async def test_a_past_day_as_it_was_known_is_what_it_was(rows: list[JournalRow], days: int) -> None:
    on = FIRST_DAY + timedelta(days)
    end = start_of_day(on + timedelta(1), ZONE) - timedelta.resolution
    present = state([one for one in rows if one.recorded_at <= end])
    now = rows[-1].recorded_at
    assert await then(rows, Then(as_of=on, known_by=end), now) == present


@given(journals(), st.integers(-1, HOURS_MAX // 24 + 1))
async def test_what_happened_and_was_recorded_later_is_left_out(
    rows: list[JournalRow], days: int
) -> None:
    """What was not said ahead counts from its own day, even if it came long afterwards."""
    on = FIRST_DAY + timedelta(days)
    counts = [
        one
        for one in rows
        if local_date(one.recorded_at, ZONE) <= on
        or (decode(one.record).data.happened_on or date.max) <= on
    ]
    assert await then(rows, Then(as_of=on), rows[-1].recorded_at) == state(counts)


@pytest.mark.parametrize(
    ("data", "recorded", "counts"),
    [
        pytest.param(paid("P", "1", on="2026-01-20"), "2026-01-20", "2026-01-20", id="on its day"),
        pytest.param(paid("P", "1", on="2026-01-20"), "2026-02-03", "2026-01-20", id="late"),
        pytest.param(paid("P", "1", on="2026-02-05"), "2026-02-03", "2026-02-03", id="ahead"),
        pytest.param(blocked("K", on="2026-12-01"), "2026-02-03", "2026-02-03", id="arranged"),
        pytest.param(customer(1), "2026-02-03", "2026-02-03", id="without a day"),
    ],
)
def test_an_event_counts_from_its_day_or_from_when_it_was_said(
    data: Inbound, recorded: str, counts: str
) -> None:
    one = row(data, 1, start_of_day(day(recorded), ZONE))
    assert counts_from(one, decode(one.record), ZONE) == day(counts)


def test_the_day_it_was_recorded_is_the_creditors() -> None:
    one = row(paid("P", "1", on="2026-02-05"), 1, datetime(2026, 2, 3, 16, tzinfo=UTC))
    assert counts_from(one, decode(one.record), "Asia/Shanghai") == day("2026-02-04")
    assert counts_from(one, decode(one.record), "Europe/Berlin") == day("2026-02-03")


@given(journals(), st.data())
async def test_with_rows_in_volumes_the_past_is_the_same_or_refused(
    rows: list[JournalRow], data: st.DataObject
) -> None:
    """Whatever is asked: what is answered from an opening is what all of the rows come to."""
    count = data.draw(st.integers(1, len(rows)))
    days = st.none() | st.integers(-1, HOURS_MAX // 24 + 30).map(
        lambda one: FIRST_DAY + timedelta(one)
    )
    hours = st.none() | st.integers(0, HOURS_MAX)
    hour = data.draw(hours)
    start = start_of_day(FIRST_DAY, ZONE)
    asked = Then(data.draw(days), None if hour is None else start + timedelta(hours=hour))
    now = rows[-1].recorded_at
    last = rows[count - 1].recorded_at
    whole = await then(rows, asked, now)
    try:
        found = await then(rows, asked, now, count)
    except ConflictingStateError:
        is_early = asked.known_by is not None and asked.known_by < last
        # A day is refused where it is not over everywhere when the last row is recorded.
        assert is_early or (asked.as_of is not None and asked.as_of <= local_date(last, ZONE))
    else:
        assert without_marks(found) == without_marks(whole)


@given(journals(), st.data())
def test_folding_goes_on_from_an_opening(rows: list[JournalRow], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(rows)))
    whole, rest = Replay(ACCOUNT_ID), Replay(ACCOUNT_ID)
    rest.begin(opening(rows[:count]))
    for one in rows:
        whole.add(one)
    for one in rows[count:]:
        rest.add(one)
    assert (rest.events, rest.clearings) == (whole.events, whole.clearings)
    for replay in (whole, rest):
        replay.account.close()
    assert without_marks(rest.account) == without_marks(whole.account)


def without_marks(account: Account | None) -> Account | None:
    """Return an account without what a batch notes for the shell: an opening begins a new one."""
    if account is None:
        return None
    plain = Account(account.account_id, has_open_in_reach=True)
    plain.invoices, plain.funds = account.invoices, account.funds
    plain.debtor, plain.group = account.debtor, account.group
    plain.balances = account.balances
    return plain
