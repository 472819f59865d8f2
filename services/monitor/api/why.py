"""The whole story of one item over HTTP."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.monitor.adapters.reads.reads import Reads
from services.monitor.api import models, shapes
from services.monitor.domain.ledger.clearing import Clearing
from services.monitor.domain.story.forecast import Expected
from services.monitor.handlers.answers.chapters import Chapter
from services.monitor.handlers.answers.story import Sources, Story, tell
from shared.errors import RejectedError
from shared.money import to_text

#: The largest number of an instalment, as far as the store's column goes.
INSTALMENT_MAX: Final = 2**31 - 1


class StoryChange(BaseModel):
    """What an event changed of what counts for the item.

    `what` is one of `status`, `amount`, `due_on`, `open`, `disputed`, `hold`, `policy`,
    `recipient`, `group`, `group_default`, `insolvent_on`, `level`, `cover`, `interest`, `waiver`.
    """

    what: str
    #: Which one, of several: a level by its name, a hold by its label.
    name: str
    before: str | None
    after: str | None


class StoryClearing(BaseModel):
    """Money that met the item, or, below zero, left it again; instalment 0 is the interest."""

    kind: str
    funds_id: str
    instalment: int
    amount: str
    rule: str
    cleared_on: date


class StoryEvent(BaseModel):
    """An event that touched the item, or a policy that came into force (`policy.set`)."""

    happened_on: date
    recorded_at: datetime
    type: str
    event_id: str
    source: str
    #: What the event says, as it was accepted.
    data: dict[str, Any]
    changes: list[StoryChange]
    clearings: list[StoryClearing]
    #: Why the event did not do what it says.
    remark: str | None


class StoryLevel(BaseModel):
    """A level that stands raised."""

    level: str
    action: str
    raised_on: date
    policy: str
    cycle: int
    skipped: list[str]
    held_by: str | None
    held_until: date | None


class StoryHold(BaseModel):
    """What holds the item, its first day, and its last day, where it has one."""

    held_by: str
    since: date | None
    until: date | None


class StoryDelay(BaseModel):
    """What keeps back a level that is reached: a hold with its days, or a condition."""

    because: str
    since: date | None
    until: date | None


class StoryProspect(BaseModel):
    """A level that does not stand raised: when it is reached, and what becomes of it by itself."""

    level: str
    action: str
    #: The day on which it is reached; where it `follows`, the first one possible.
    on: date
    #: The last day on which it makes sense; null: it always does.
    until: date | None
    #: What keeps it back on the day it is reached; null: nothing does.
    waits: str | None
    #: All that keeps it back from that day on, one after another.
    delays: list[StoryDelay]
    #: `raised`, `passed_over`, `over` (its time is), or `waits` (for an event).
    becomes: str
    becomes_on: date | None
    #: The level that passes it over.
    by: str | None
    #: Whether the level before it must be raised first, and only an event brings that one.
    follows: bool
    #: Whether only another account's default brings it on that day.
    cross_default: bool
    #: Whether a running dispute stops its clock, so that `on` is as if it ended today.
    clock_stands: bool


class StoryLift(BaseModel):
    """A level that the next look calls back, and why."""

    level: str
    because: str


class ItemStory(BaseModel):
    """Each event that touched an item, each word about it, what stands now, and what comes next."""

    item: models.Item
    today: date
    policy: str
    events: list[StoryEvent]
    #: What was recorded of the account until then is in volumes, and not told; null: all is told.
    in_volumes_until: datetime | None
    words: list[models.EscalationRow]
    raised: list[StoryLevel]
    holds: list[StoryHold]
    #: Levels that the next look raises, for they are reached already.
    raises: list[str]
    lifts: list[StoryLift]
    outlook: list[StoryProspect]
    #: The claim on the insurance as it stands, else as it would be today, with its arithmetic.
    claim: models.EscalationRow | None
    interest: models.InvoiceInterest | None


def why_router(
    reads: Reads,
    open_stories: Callable[[], AbstractAsyncContextManager[Sources]],
    now: Callable[[], datetime],
) -> APIRouter:
    """Serve the story."""
    router = APIRouter(tags=["ledger"])

    @router.get("/items/{account_id:path}/{invoice_id:path}/{instalment}/why")
    async def why(request: Request, account_id: str, invoice_id: str, instalment: str) -> ItemStory:
        raw = request.scope.get("raw_path")
        if raw is not None:
            account_id, invoice_id, instalment = _named(raw)
        number = _number(instalment)
        async with open_stories() as sources:
            story = await tell(sources, reads.ledger.key_of(account_id), invoice_id, number, now())
        return _shown(story)

    return router


def _named(raw_path: bytes) -> tuple[str, str, str]:
    """Return account, invoice and instalment: ids may hold a slash, which stands there as `%2F`."""
    path = raw_path.decode("ascii", "replace").partition("?")[0]
    account_id, invoice_id, instalment, _why = path.split("/")[-4:]
    return unquote(account_id), unquote(invoice_id), unquote(instalment)


def _number(instalment: str) -> int:
    if instalment.isascii() and instalment.isdigit() and int(instalment) <= INSTALMENT_MAX:
        return int(instalment)
    message = f"instalment: {instalment!r} is no number of an instalment; the first one is 1"
    raise RejectedError(message, code="bad_instalment", field="instalment")


def _shown(story: Story) -> ItemStory:
    item, decision = story.item, story.decision
    account_id = story.key[1]
    interest = story.interest
    return ItemStory(
        item=shapes.item(account_id, item, story.today),
        today=story.today,
        policy=story.policy.label,
        events=[_event(one, item.currency) for one in story.chapters],
        in_volumes_until=story.in_volumes_until,
        words=[dict(word) for word in story.words],
        raised=[
            StoryLevel(
                level=one.level,
                action=one.action,
                raised_on=one.raised_on,
                policy=one.policy,
                cycle=one.cycle,
                skipped=one.skipped,
                held_by=one.held_by,
                held_until=one.held_until,
            )
            for one in item.raised
        ],
        holds=[
            StoryHold(held_by=one.label, since=one.since, until=one.until) for one in story.holds
        ],
        raises=[one.level.name for one in decision.raises],
        lifts=[StoryLift(level=one.level, because=because) for one, because in decision.lifts],
        outlook=[_prospect(one) for one in story.outlook],
        claim=None if story.claim is None else msgspec.to_builtins(story.claim),
        interest=None if interest is None else shapes.interest(account_id, interest, story.today),
    )


def _prospect(one: Expected) -> StoryProspect:
    return StoryProspect(
        level=one.level.name,
        action=one.level.action,
        on=one.on,
        until=one.until,
        waits=one.delays[0].because if one.delays else None,
        delays=[
            StoryDelay(because=delay.because, since=delay.since, until=delay.until)
            for delay in one.delays
        ],
        becomes=one.becomes,
        becomes_on=one.becomes_on,
        by=one.by,
        follows=one.follows,
        cross_default=one.cross_default,
        clock_stands=one.clock_stands,
    )


def _event(chapter: Chapter, currency: str) -> StoryEvent:
    return StoryEvent(
        happened_on=chapter.happened_on,
        recorded_at=chapter.recorded_at,
        type=chapter.type,
        event_id=chapter.event_id,
        source=chapter.source,
        data=dict(chapter.data),
        changes=[
            StoryChange(what=one.what, name=one.name, before=one.before, after=one.after)
            for one in chapter.changes
        ],
        clearings=[_clearing(one, currency) for one in chapter.clearings],
        remark=chapter.remark,
    )


def _clearing(one: Clearing, currency: str) -> StoryClearing:
    return StoryClearing(
        kind=one.kind,
        funds_id=one.funds_id,
        instalment=one.instalment,
        amount=to_text(one.amount, currency),
        rule=one.rule,
        cleared_on=one.cleared_on,
    )
