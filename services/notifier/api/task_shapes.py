"""The JSON of tasks, and how rows become it."""

import uuid
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from shared.money import to_text

TaskState = Literal["open", "taken", "completed", "closed"]


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
    insured: str | None = Field(None, description="What of the open amount is insured.")
    manual_review: bool
    notify_by: date | None = Field(None, description="The last day to tell the insurer.")
    eligible_on: date | None = Field(None, description="The first day a claim may be made.")
    mep_on: date | None = Field(
        None, description="Open beyond this day, new deliveries are not insured."
    )
    discretionary: bool = Field(
        default=False, description="Whether the limit is the seller's own, for want of a named one."
    )
    changed_on: date | None = Field(
        None,
        description="The day on which the figures became these; none while they are as raised.",
    )
    was: str | None = Field(None, description="The amount before that day, where there was one.")
    why: list[str]


class InterestFigures(BaseModel):
    """Interest on late payment so far: what has grown, and what of it is owed."""

    accrued: str
    open: str
    currency: str
    why: list[str]


class FactFigures(BaseModel):
    """The figures of a task that is not about items; those that its kind has."""

    promise_id: str | None = None
    promised_on: date | None = None
    promise_status: str | None = None
    promised: str | None = None
    paid: str | None = None
    currency: str | None = None
    broken_promises: int | None = None
    policy_no: str | None = None
    insurer: str | None = None
    mep_on: date | None = None
    group_id: str | None = None
    causes: list[str] | None = None


class ItemFigures(BaseModel):
    """One item of a task, as of the monitor's last word on it."""

    escalation_id: uuid.UUID
    item_id: str
    invoice_id: str
    level: str
    amount: str
    open: str
    disputed: str = Field(description="What of `open` is in dispute, and not dunned.")
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
    held_by: str | None
    held_until: date | None
    history: list[HistoryEntry]
    claim: ClaimFigures | None = None
    interest: InterestFigures | None = None


class TaskRow(BaseModel):
    """A task with its figures."""

    task_id: uuid.UUID
    kind: str
    account_id: str
    customer_name: str | None = Field(description="As the customer was named last.")
    item_ids: list[str]
    level: str | None = Field(description="None for what no level has made.")
    status: TaskState
    opened_on: date
    due_on: date
    closed_on: date | None
    outcome: str | None
    note: str | None
    assignee: str | None
    on_hold: bool = Field(description="Whether every item of it that stands is on hold.")
    held_by: str | None
    held_on: date | None
    held_until: date | None
    subject: str | None = Field(description="What it is about beside items, as in a promise's id.")
    why: str | None
    manual_review: bool = Field(description="Whether a claim of it needs a person's judgement.")
    facts: FactFigures | None
    figures: list[ItemFigures]


def task_shape(row: Any) -> TaskRow:
    """Return a task's row as JSON."""
    figures = [_figures(item, row.kind) for item in row.items]
    return TaskRow(
        task_id=row.task_id,
        kind=row.kind,
        account_id=row.account_id,
        customer_name=row.customer_name,
        item_ids=[item["item_id"] for item in row.items],
        level=row.level,
        status=row.status,
        opened_on=row.opened_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        outcome=row.outcome,
        note=row.note,
        assignee=row.assignee,
        on_hold=row.held_by is not None,
        held_by=row.held_by,
        held_on=row.held_on,
        held_until=row.held_until,
        subject=row.subject,
        why=row.why,
        manual_review=any(item.claim.manual_review for item in figures if item.claim),
        facts=row.facts,
        figures=figures,
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
        disputed=to_text(item["disputed_minor"], currency),
        claim=claim,
    )
