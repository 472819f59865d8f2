"""The JSON of letters, and how rows become it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any, Literal, Protocol

import msgspec
from pydantic import AwareDatetime, BaseModel, Field

from services.notifier.domain.dispatch import letter_day
from services.notifier.domain.holds import Hold, told_of
from services.notifier.domain.recipients import masked
from services.notifier.domain.work import Escalation, Letter, LetterStatus
from services.notifier.handlers.ports import Content
from shared.contracts.escalation import Interest

Status = Literal["planned", "sending", "sent", "unknown", "failed", "recalled"]


class LetterRow(BaseModel):
    """A letter in a list."""

    letter_id: uuid.UUID
    account_id: str
    level: str
    status: Status
    recipient: str | None = Field(description="Masked, as in a…@example.com.")
    locale: str
    subject: str
    message_id: str
    item_ids: list[str]
    planned_on: date
    sent_at: AwareDatetime | None
    reason: str | None = Field(description="Why it is not sent, or not yet.")
    held_by: str | None = Field(description="What keeps it from leaving, as in promise P-17.")
    held_until: date | None = Field(description="The last day of that, where there is one.")


class LetterDetail(LetterRow):
    """A letter with what was, or would be, sent."""

    plain: str
    html: str


class Resolution(BaseModel):
    """A person's word on a letter whose fate nobody knows, or that failed."""

    outcome: Literal["sent", "resend"]


class Writer(Protocol):
    """Says what a letter would be."""

    def message_id(self, letter: Letter) -> str:
        """Return its Message-ID."""

    def subject(self, letter: Letter, items: Sequence[Escalation], day: date) -> str:
        """Return its subject."""

    def write(self, letter: Letter, items: Sequence[Escalation], day: date) -> Content:
        """Return all of it."""


def letter_shape(writer: Writer, today: date) -> Callable[[Any], LetterRow]:
    """Return what makes rows of letters into JSON."""

    def shape(row: Any) -> LetterRow:
        letter, items = _letter(row), _escalations(row)
        day = letter_day(letter.planned_on, today)
        return LetterRow(
            letter_id=letter.letter_id,
            account_id=letter.account_id,
            level=letter.level,
            status=letter.status.value,
            recipient=masked(letter.recipient_email),
            locale=letter.locale,
            subject=row.subject or writer.subject(letter, items, day),
            message_id=row.message_id or writer.message_id(letter),
            item_ids=[item.item_id for item in items],
            planned_on=letter.planned_on,
            sent_at=row.sent_at,
            reason=_reason(letter),
            held_by=letter.held_by,
            held_until=letter.held_until,
        )

    return shape


def letter_detail(row: Any, writer: Writer, today: date) -> LetterDetail:
    """Return a letter with its text: the one that was sent, else the one that would be."""
    plain, html = row.plain, row.html
    if plain is None:
        letter = _letter(row)
        content = writer.write(letter, _escalations(row), letter_day(letter.planned_on, today))
        plain, html = content.plain, content.html
    brief = letter_shape(writer, today)(row)
    return LetterDetail(**brief.model_dump(), plain=plain, html=html)


def _letter(row: Any) -> Letter:
    values = {field.name: getattr(row, field.name) for field in fields(Letter)}
    return Letter(**{**values, "status": LetterStatus(row.status)})


def _reason(letter: Letter) -> str | None:
    if letter.held_by is None or letter.status != LetterStatus.PLANNED:
        return letter.reason
    return told_of(Hold(by=letter.held_by, until=letter.held_until))


def _escalations(row: Any) -> list[Escalation]:
    """Return a letter's items; what letters do not show is left out.

    One that has not left is shown as it would leave: without those of its items that are on hold,
    unless there are no others.
    """
    items = [_escalation(item) for item in row.items]
    going = [item for item in items if item.dunnable]
    return going if going and row.status == LetterStatus.PLANNED else items


def _escalation(item: dict[str, Any]) -> Escalation:
    interest = item["interest"]
    return Escalation(
        **{name: item[name] for name in _SHOWN},
        issued_on=date.fromisoformat(item["issued_on"]),
        due_on=date.fromisoformat(item["due_on"]),
        raised_on=date.fromisoformat(item["raised_on"]),
        escalation_id=uuid.UUID(item["escalation_id"]),
        skipped=tuple(item["skipped"]),
        claim=None,
        interest=None if interest is None else msgspec.convert(interest, Interest),
    )


_SHOWN = (
    *("account_id", "creditor_id", "item_id", "invoice_id", "instalment", "level", "action"),
    *("cycle", "currency", "amount_minor", "open_minor", "disputed_minor", "days_overdue"),
    *("policy", "why", "standing", "in_letter", "held_by"),
)
