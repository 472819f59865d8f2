"""The address by which a person lets a stopped partition of a service's topics go on."""

from collections.abc import Awaitable, Callable, Container
from typing import Annotated

import structlog
from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, Field

from shared.errors import ConflictingStateError, NotFoundError

log = structlog.get_logger(__name__)

#: A name as it stands in the log: one line of text.
Name = Annotated[str, AfterValidator(str.strip), Field(min_length=1, max_length=200)]
#: As the database can hold one.
Number = Annotated[int, Path(ge=0, lt=2**31)]


class Resume(BaseModel):
    """Who lets a partition go on, and from where in its topic; null: from where it was."""

    by: Name
    from_offset: int | None = Field(default=None, ge=0, lt=2**63)


class ResumeTopic(Resume):
    """The same, with the topic."""

    topic: str


class Resumed(BaseModel):
    """A partition that goes on, and the topic's offset that is read next."""

    topic: str
    partition: int
    position: int


def partitions_router(
    topics: Container[str], resume: Callable[[str, int, int | None], Awaitable[int | None]]
) -> APIRouter:
    """Let partitions of `topics` go on; `resume` returns from where, or None if none is stopped."""
    router = APIRouter(tags=["partitions"])

    @router.post("/partitions/{partition}/resume")
    async def resume_partition(partition: Number, body: ResumeTopic) -> Resumed:
        if body.topic not in topics:
            message = f"this service does not read {body.topic!r}"
            raise NotFoundError(message)
        position = await resume(body.topic, partition, body.from_offset)
        if position is None:
            message = f"partition {partition} of {body.topic} is not stopped"
            raise ConflictingStateError(message, code="partition_not_stopped")
        log.warning(
            "A stopped partition goes on.",
            action="partition_resumed",
            topic=body.topic,
            partition=partition,
            position=position,
            by=body.by,
        )
        return Resumed(topic=body.topic, partition=partition, position=position)

    return router
