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
from services.monitor.handlers.story import Chapter, Sources, Story, tell
from shared.errors import RejectedError
from shared.money import to_text

#: The largest number of an instalment, as far as the store's column goes.
INSTALMENT_MAX: Final = 2**31 - 1


class StoryChange(BaseModel):
    """What an event changed: `amount`, `due_on`, `open` or `disputed`."""

    what: str
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
    """An event that touched the item."""

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
    """What holds the item, and its last day, where it has one."""

    held_by: str
    until: date | None


class StoryProspect(BaseModel):
    """A level that may still be raised, and the day on which it is reached."""

    level: str
    action: str
    on: date
    #: The last day on which it makes sense; null: it always does.
    until: date | None
    #: What holds it back; null: nothing does.
    waits: str | None
    #: Whether the level before it must be raised first.
    follows: bool
    #: Whether only another account's default brings it on that day.
    cross_default: bool


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
    words: list[models.EscalationRow]
    raised: list[StoryLevel]
    holds: list[StoryHold]
    #: Levels that the next look raises, for they are reached already.
    raises: list[str]
    lifts: list[StoryLift]
    outlook: list[StoryProspect]
    #: The claim on the insurance as it would be today, with its arithmetic.
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
        holds=[StoryHold(held_by=one.label, until=one.until) for one in story.holds],
        raises=[one.level.name for one in decision.raises],
        lifts=[StoryLift(level=one.level, because=because) for one, because in decision.lifts],
        outlook=[
            StoryProspect(
                level=one.level.name,
                action=one.level.action,
                on=one.on,
                until=one.until,
                waits=waits,
                follows=one.follows,
                cross_default=one.cross_default,
            )
            for one, waits in story.outlook
        ],
        claim=None if story.claim is None else msgspec.to_builtins(story.claim),
        interest=None if interest is None else shapes.interest(account_id, interest, story.today),
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
            StoryChange(what=one.what, before=one.before, after=one.after)
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
