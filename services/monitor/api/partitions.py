"""Ledger partitions over HTTP: shown, audited, and let go on after a repair."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from services.monitor.domain.audit.chain import Head, head_from
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.upkeep.auditor import Auditor, Audits, PartitionState
from shared.errors import ArrearsError
from shared.postgres.paging import Page
from shared.runtime.partitions import Number, Resume

#: Heads that one question can name.
HEADS_MAX: Final = 1024
LINES: Final = "application/x-ndjson"


class Partition(BaseModel):
    """A ledger partition as it is stored."""

    partition: int
    owner: str
    #: The journal's offset to be folded next, and the topic's, which is another one where the topic
    #: has lost records.
    next_offset: int
    position: int
    #: Why and since when it is stopped; null when it is not.
    stopped_reason: str | None
    stopped_at: datetime | None
    audited_at: datetime | None
    #: Seals of its journal, the last offset under them, and the newest one's name.
    seals: int
    sealed_offset: int | None
    head: str | None


class AuditQuestion(BaseModel):
    """What to look at: everything, or the journal's chain alone."""

    chain_only: bool = False
    #: Heads as an earlier audit gave them.
    expected: list[str] = Field(default=[], max_length=HEADS_MAX)


class AuditProgress(BaseModel):
    """How far an audit is."""

    looked_at: int
    items: int


class AuditViolation(BaseModel):
    """One place where an invariant does not hold."""

    invariant: str
    claim: str
    sentence: str
    row: dict[str, Any]


class AuditResult(BaseModel):
    """What an audit has found; by any violation the partition is stopped."""

    partition: int
    #: Rows looked at.
    rows: int
    #: How many of each invariant, where any are; the first 100 of each are among `violations`.
    counts: dict[str, int]
    violations: list[AuditViolation]
    #: The newest seal that is in order.
    head: str | None


class AuditFailure(BaseModel):
    """Why an audit could not be brought to its end."""

    code: str
    detail: str


def partitions_router(auditor: Auditor, audits: Audits) -> APIRouter:
    """Serve partitions."""
    router = APIRouter(tags=["partitions"])

    @router.get("/partitions")
    async def partitions() -> Page[Partition]:
        return Page(rows=[_shown(one) for one in await audits.partitions()])

    @router.post("/partitions/{partition}/resume")
    async def resume(partition: Number, body: Resume) -> Partition:
        return _shown(await auditor.resume(partition, body.by, body.from_offset))

    @router.post(
        "/partitions/{partition}/audit",
        response_class=StreamingResponse,
        responses={200: {"content": {LINES: {}}}},
    )
    async def audit_partition(partition: Number, body: AuditQuestion) -> StreamingResponse:
        """Answer in lines: how far the audit is, and at last its result."""
        expected = [head_from(text) for text in body.expected]
        steps = _lines(auditor, partition, expected, chain_only=body.chain_only)
        return StreamingResponse(steps, media_type=LINES)

    return router


async def _lines(
    auditor: Auditor, partition: int, expected: list[Head], *, chain_only: bool
) -> AsyncIterator[str]:
    """Write each step as a line; a failure is the last one, since 200 was said before."""
    try:
        steps = auditor.audit(partition, chain_only=chain_only, expected=expected)
        async with aclosing(steps):
            findings = Findings(partition)
            async for findings in steps:
                yield _line(AuditProgress(looked_at=findings.looked_at, items=findings.rows))
        yield _line(_result(findings))
    except ArrearsError as error:
        yield _line(AuditFailure(code=error.code, detail=error.message))


def _line(model: BaseModel) -> str:
    return model.model_dump_json() + "\n"


def _shown(state: PartitionState) -> Partition:
    return Partition(
        partition=state.partition,
        owner=state.owner,
        next_offset=state.next_offset,
        position=state.position,
        stopped_reason=state.stopped_reason,
        stopped_at=state.stopped_at,
        audited_at=state.audited_at,
        seals=state.seals,
        sealed_offset=state.sealed_offset,
        head=None if state.head is None else str(state.head),
    )


def _result(findings: Findings) -> AuditResult:
    return AuditResult(
        partition=findings.partition,
        rows=findings.looked_at,
        counts=findings.counts,
        violations=[
            AuditViolation(
                invariant=one.invariant,
                claim=one.claim,
                sentence=one.sentence(),
                row=dict(one.row),
            )
            for one in findings.violations
        ],
        head=None if findings.head is None else str(findings.head),
    )
