"""Passes over planned letters: what is asked, what is `sending`, and what a failure leaves."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from services.notifier.domain.delivery import Accepted, Deferred, Refused, Unsure
from services.notifier.domain.work import Letter, LetterStatus
from services.notifier.handlers.last_look import Asked
from services.notifier.handlers.send import CLAIMED_AT_ONCE_MAX
from services.notifier.handlers.turns import ANSWER_SECONDS_MAX, Turns
from shared.errors import TransientError
from tests.unit.notifier.sending import LIMITS, NOON, Mailer, Row, Sending, Writer

LETTERS = 100
CONNECTIONS = 4


@pytest.fixture
def sending(letter: Any, escalation: Any) -> Callable[..., Sending]:
    """Return what makes a pass over so many letters, one for each account unless said otherwise."""

    def make(
        letters: int = LETTERS, connections: int = CONNECTIONS, accounts: int = LETTERS
    ) -> Sending:
        made = Sending()
        for number in range(letters):
            name = uuid.UUID(int=number + 1)
            account_id = f"default:C-{number % accounts}"
            made.store.rows[name] = Row(
                letter(letter_id=name, account_id=account_id),
                escalation(escalation_id=name, account_id=account_id),
            )
        made.mailers = [Mailer(made.sent) for _ in range(connections)]
        return made

    return make


def watched(sending: Sending, look: Callable[[Letter], None]) -> None:
    for mailer in sending.mailers:
        mailer.handed_over = look


async def test_every_letter_leaves_once_and_few_questions_and_transactions_serve_them_all(
    sending: Any,
) -> None:
    one = sending()
    await one.use_case().send_all(one.stop)
    assert sorted(one.sent) == sorted(one.store.rows)
    assert set(one.store.statuses()) == {"sent"}
    # On a slow machine some are asked for anew, one at a time.
    assert [size for size in one.monitor.questions if size > 1] == [CLAIMED_AT_ONCE_MAX] * 3 + [4]
    assert one.store.turns < LETTERS / 2


async def test_no_more_letters_are_sending_than_there_are_connections(sending: Any) -> None:
    one = sending()
    seen: list[bool] = []
    watched(
        one,
        lambda leaving: seen.append(
            one.store.rows[leaving.letter_id].status is LetterStatus.SENDING
        ),
    )
    await one.use_case().send_all(one.stop)
    assert one.store.sending_most == CONNECTIONS
    assert seen == [True] * LETTERS


async def test_letters_of_one_account_leave_one_after_the_other_in_their_order(
    sending: Any,
) -> None:
    one = sending(letters=30, accounts=3)
    beside: list[int] = []

    def look(leaving: Letter) -> None:
        same = [
            row for row in one.store.rows.values() if row.letter.account_id == leaving.account_id
        ]
        beside.append(sum(row.status is LetterStatus.SENDING for row in same))

    watched(one, look)
    await one.use_case().send_all(one.stop)
    assert beside == [1] * 30
    for number in range(3):
        own = [name for name in one.sent if (name.int - 1) % 3 == number]
        assert own == sorted(own)


async def test_a_letter_about_what_was_paid_is_recalled_among_others_that_leave(
    sending: Any,
) -> None:
    one = sending(letters=6)
    one.monitor.paid.add(uuid.UUID(int=3))
    await one.use_case().send_all(one.stop)
    assert one.store.statuses() == ["sent", "sent", "recalled", "sent", "sent", "sent"]
    assert uuid.UUID(int=3) not in one.sent


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Accepted(), "sent"),
        (Refused("550 no"), "failed"),
        (Unsure("lost"), "unknown"),
        (Deferred("451 later"), "planned"),
    ],
)
async def test_what_became_of_a_letter_is_written_before_its_connection_takes_another(
    sending: Any, outcome: Any, status: str
) -> None:
    one = sending(letters=2, connections=1)
    one.mailers[0].outcomes[uuid.UUID(int=1)] = outcome
    seen: list[list[str]] = []
    watched(one, lambda _leaving: seen.append(one.store.statuses()))
    await one.use_case().send_all(one.stop)
    assert seen == [["sending", "planned"], [status, "sending"]]
    assert one.store.statuses() == [status, "sent"]


async def test_a_letter_that_takes_long_keeps_no_other_accounts_waiting(sending: Any) -> None:
    one = sending(letters=40)
    one.mailers[0].waits_for = asyncio.Event()

    def look(_leaving: Letter) -> None:
        if len(one.sent) == 40:
            one.mailers[0].waits_for.set()

    watched(one, look)
    async with asyncio.timeout(10):
        await one.use_case().send_all(one.stop)
    assert set(one.store.statuses()) == {"sent"}


async def test_a_letter_that_the_notifier_fails_at_holds_up_no_other(sending: Any) -> None:
    one = sending(letters=12)
    bad = uuid.UUID(int=6)
    one.store.poison.add(bad)
    with pytest.raises(LookupError):
        await one.use_case().send_all(one.stop)
    others = [row.status.value for name, row in one.store.rows.items() if name != bad]
    assert others == ["sent"] * 11
    row = one.store.rows[bad]
    assert (row.status.value, row.waits, row.is_claimed) == ("planned", True, False)
    assert row.letter.reason == "a fault of the notifier: LookupError"


@pytest.mark.parametrize("when", ["fails_before", "fails_after"])
async def test_letters_whose_beginning_nobody_heard_of_leave_once_in_the_next_pass(
    sending: Any, when: str
) -> None:
    one = sending()
    setattr(one.store, when, TransientError("PostgreSQL does not answer"))
    use_case = one.use_case()
    with pytest.raises(TransientError):
        await use_case.send_all(one.stop)
    assert LetterStatus.SENDING not in one.store.statuses()
    await use_case.recover(own=False)
    await use_case.send_all(one.stop)
    assert sorted(one.sent) == sorted(one.store.rows)
    assert set(one.store.statuses()) == {"sent"}


async def test_no_letter_leaves_and_none_is_kept_while_the_monitor_is_away(sending: Any) -> None:
    one = sending()
    one.monitor.away = True
    with pytest.raises(TransientError, match="the monitor does not answer"):
        await one.use_case().send_all(one.stop)
    assert (one.sent, len(one.monitor.questions)) == ([], 1)
    assert not any(row.is_claimed or row.waits for row in one.store.rows.values())
    reasons = [row.letter.reason for row in one.store.rows.values()]
    assert reasons.count("the monitor does not answer") == CLAIMED_AT_ONCE_MAX


async def test_a_connection_that_cannot_be_made_leaves_the_letters_to_the_others(
    sending: Any,
) -> None:
    one = sending()
    one.mailers[1].away = True
    with pytest.raises(TransientError, match="the mail server does not answer"):
        await one.use_case().send_all(one.stop)
    assert set(one.store.statuses()) == {"sent"}


async def test_without_a_mail_server_letters_stay_planned_and_say_why(sending: Any) -> None:
    one = sending(letters=2)
    for mailer in one.mailers:
        mailer.away = True
    with pytest.raises(TransientError):
        await one.use_case().send_all(one.stop)
    assert not any(row.is_claimed or row.waits for row in one.store.rows.values())
    assert one.store.rows[uuid.UUID(int=1)].letter.reason == "the mail server does not answer"


async def test_what_is_paid_while_a_connection_is_made_leaves_no_more(sending: Any) -> None:
    one = sending(letters=2, connections=1)
    (mailer,) = one.mailers
    mailer.is_connected = False

    async def pay() -> None:
        one.monitor.paid.add(uuid.UUID(int=1))

    mailer.connects = pay
    await one.use_case().send_all(one.stop)
    assert one.store.statuses() == ["recalled", "sent"]


async def test_with_stop_what_has_begun_ends_and_the_rest_is_let_go_of(sending: Any) -> None:
    one = sending()
    watched(one, lambda _leaving: one.stop.set() if len(one.sent) == 10 else None)
    await one.use_case().send_all(one.stop)
    assert 10 <= len(one.sent) < 10 + CONNECTIONS
    assert one.store.statuses().count("sent") == len(one.sent)
    assert one.store.statuses().count("planned") == LETTERS - len(one.sent)
    assert not any(row.is_claimed for row in one.store.rows.values())


@pytest.mark.parametrize(
    ("age_seconds", "begins"), [(0.0, True), (ANSWER_SECONDS_MAX + 0.1, False)]
)
async def test_a_letter_does_not_leave_on_what_the_monitor_said_long_ago(
    sending: Any, age_seconds: float, begins: bool
) -> None:
    one = sending(letters=1)
    (claimed,) = await one.store.claim("a", NOON.date(), seconds=60, letters_max=1)
    asked = Asked(
        claimed=claimed,
        day=claimed.planned_on,
        answers=await one.monitor.ask(claimed.escalation_ids, claimed.planned_on),
        asked_at_seconds=asyncio.get_running_loop().time() - age_seconds,
    )
    begun = await Turns(one.store, Writer(), LIMITS).begin(asked)
    assert (begun is not None) == begins
    (row,) = one.store.rows.values()
    assert row.is_claimed == begins
    assert not row.waits
