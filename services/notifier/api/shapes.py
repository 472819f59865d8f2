"""The JSON of letters and tasks, and how rows become it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, Field

from services.notifier.domain.dispatch import letter_day
from services.notifier.domain.recipients import masked
from services.notifier.domain.work import Escalation, Letter, LetterStatus
from services.notifier.handlers.ports import Content
from shared.money import to_text

Status = Literal["planned", "sending", "sent", "unknown", "failed", "recalled"]
TaskState = Literal["open", "taken", "completed", "closed"]


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


class LetterDetail(LetterRow):
    """A letter with what was, or would be, sent."""

    plain: str
    html: str


class Resolution(BaseModel):
    """A person's word on a letter whose fate nobody knows, or that failed."""

    outcome: Literal["sent", "resend"]


class HistoryEntry(BaseModel):
    """What was escalated about an item before."""

    level: str
    action: str
    cycle: int
    raised_on: date
    lifted_on: date | None
    letter_sent_at: datetime | None


class ClaimFigures(BaseModel):
    """A claim on the insurance: its amount and arithmetic, or that a person must review it."""

    policy_no: str | None = None
    insurer: str | None = None
    amount: str | None = None
    currency: str | None = None
    manual_review: bool
    why: list[str]


class ItemFigures(BaseModel):
    """One item of a task, as of the monitor's last word on it."""

    escalation_id: uuid.UUID
    item_id: str
    invoice_id: str
    level: str
    amount: str
    open: str
    currency: str
    days_overdue: int
    issued_on: date
    due_on: date
    raised_on: date
    skipped: list[str]
    policy: str
    why: str
    standing: bool
    lifted_on: date | None
    lifted_why: str | None
    history: list[HistoryEntry]
    claim: ClaimFigures | None = None


class TaskRow(BaseModel):
    """A task with its figures."""

    task_id: uuid.UUID
    kind: str
    account_id: str
    item_ids: list[str]
    level: str
    status: TaskState
    opened_on: date
    due_on: date
    closed_on: date | None
    outcome: str | None
    note: str | None
    assignee: str | None
    figures: list[ItemFigures]


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
        day = letter_day(letter, today)
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
            reason=letter.reason,
        )

    return shape


def letter_detail(row: Any, writer: Writer, today: date) -> LetterDetail:
    """Return a letter with its text: the one that was sent, else the one that would be."""
    plain, html = row.plain, row.html
    if plain is None:
        letter = _letter(row)
        content = writer.write(letter, _escalations(row), letter_day(letter, today))
        plain, html = content.plain, content.html
    brief = letter_shape(writer, today)(row)
    return LetterDetail(**brief.model_dump(), plain=plain, html=html)


def task_shape(row: Any) -> TaskRow:
    """Return a task's row as JSON."""
    return TaskRow(
        task_id=row.task_id,
        kind=row.kind,
        account_id=row.account_id,
        item_ids=[item["item_id"] for item in row.items],
        level=row.level,
        status=row.status,
        opened_on=row.opened_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        outcome=row.outcome,
        note=row.note,
        assignee=row.assignee,
        figures=[_figures(item, row.kind) for item in row.items],
    )


def _figures(item: dict[str, Any], kind: str) -> ItemFigures:
    currency = item["currency"]
    claim = item["claim"]
    if claim is None and kind == "insurance_claim":
        why = ["manual review: no claim figures came with the escalation"]
        claim = {"manual_review": True, "why": why}
    return ItemFigures(
        **{key: item[key] for key in ItemFigures.model_fields.keys() & item.keys() - {"claim"}},
        amount=to_text(item["amount_minor"], currency),
        open=to_text(item["open_minor"], currency),
        claim=claim,
    )


def _letter(row: Any) -> Letter:
    values = {field.name: getattr(row, field.name) for field in fields(Letter)}
    return Letter(**{**values, "status": LetterStatus(row.status)})


def _escalations(row: Any) -> list[Escalation]:
    """Return a letter's items; what letters do not show is left out."""
    return [
        Escalation(
            **{name: item[name] for name in _SHOWN},
            issued_on=date.fromisoformat(item["issued_on"]),
            due_on=date.fromisoformat(item["due_on"]),
            raised_on=date.fromisoformat(item["raised_on"]),
            escalation_id=uuid.UUID(item["escalation_id"]),
            skipped=tuple(item["skipped"]),
            claim=None,
        )
        for item in row.items
    ]


_SHOWN = (
    *("account_id", "creditor_id", "item_id", "invoice_id", "instalment", "level", "action"),
    *("cycle", "currency", "amount_minor", "open_minor", "days_overdue", "policy", "why"),
    *("standing", "in_letter"),
)
