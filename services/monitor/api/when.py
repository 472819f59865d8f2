"""The past day that a question may name, and the pages of its answer."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final

from fastapi import Depends, Query

from services.monitor.handlers.answers.past import (
    After,
    Past,
    Question,
    Row,
    RowsOf,
    Then,
    past_page,
)
from shared.clock import parse_instant
from shared.contracts.fields import check_day
from shared.errors import RejectedError
from shared.postgres.paging import (
    PAGE_ROWS_DEFAULT,
    Cursor,
    Limit,
    Page,
    bad_cursor,
    read_cursor,
    write_cursor,
)

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
#: Partition, account, and the place of a row in it, which is null after the whole account.
_CURSOR_PARTS: Final = 3

AsOf = Annotated[
    str | None,
    Query(
        description="What had happened by the end of that day; a later one asks what is to come.",
        json_schema_extra={"format": "date"},
    ),
]
KnownBy = Annotated[
    str | None,
    Query(
        description="What was recorded by that instant; without `as_of`, as of today.",
        json_schema_extra={"format": "date-time"},
    ),
]


def _then(as_of: AsOf = None, known_by: KnownBy = None) -> Then | None:
    """Return the past that is asked for; None: the present."""
    if as_of is None and known_by is None:
        return None
    return Then(
        None if as_of is None else _day(as_of), None if known_by is None else _instant(known_by)
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list is asked for, and of which day."""

    #: None: the present.
    then: Then | None
    cursor: str | None
    limit: int


def _asked(
    then: Annotated[Then | None, Depends(_then)],
    cursor: Cursor = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
) -> Asked:
    """Return what the parameters of a list that has a past ask for."""
    return Asked(then, cursor, limit)


#: The parameters of a list that has a past.
AskedPage = Annotated[Asked, Depends(_asked)]
#: Opens a snapshot of journal and log.
OpenPast = Callable[[], AbstractAsyncContextManager[Past]]


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        message = f"as_of: {text!r} is no date; write it as in 2026-06-30"
        raise RejectedError(message, code="not_a_date", field="as_of")
    check_day(day, "as_of")
    return day


def _instant(text: str) -> datetime:
    # A plus that was not written as %2B arrives as a blank.
    date_, blank, offset = text.rpartition(" ")
    try:
        return parse_instant(f"{date_}+{offset}" if blank and "T" in date_ else text)
    except (RejectedError, OverflowError):
        message = (
            f"known_by: {text!r} is no instant; write date, time and offset, "
            "as in 2026-07-01T00:00:00+08:00"
        )
        raise RejectedError(message, code="not_an_instant", field="known_by") from None


@dataclass(frozen=True, slots=True)
class PastPages:
    """Answers lists as they were on a past day."""

    open_past: OpenPast
    now: Callable[[], datetime]

    async def read(
        self,
        asked: Asked,
        account_id: str | None,
        invoice_id: str | None = None,
        *,
        place: tuple[type, ...],
        rows_of: RowsOf[Row],
    ) -> Page[Row]:
        """Return a page; `place` names the types of what tells an account's rows apart."""
        assert asked.then is not None
        after = None if asked.cursor is None else _after(asked.cursor, place)
        question = Question(asked.then, account_id, invoice_id)
        async with self.open_past() as past:
            found = await past_page(
                past, question, self.now(), after=after, limit=asked.limit, rows_of=rows_of
            )
        beyond = found.after
        if beyond is None:
            return Page(rows=found.rows)
        parts = None if beyond.place is None else list(beyond.place)
        return Page(rows=found.rows, next=write_cursor([*beyond.key, parts]))


def _after(cursor: str, place: tuple[type, ...]) -> After:
    partition, account_id, parts = read_cursor(cursor, _CURSOR_PARTS)
    if type(partition) is not int or not isinstance(account_id, str):
        raise bad_cursor()
    if parts is None:
        return After((partition, account_id), None)
    if not isinstance(parts, list) or tuple(type(part) for part in parts) != place:
        raise bad_cursor()
    return After((partition, account_id), tuple(parts))
