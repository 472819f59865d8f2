"""The past day that a question may name."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

AsOf = Annotated[
    date | None, Query(description="A past day, by what had happened by its end; or a later one.")
]
KnownBy = Annotated[
    AwareDatetime | None, Query(description="An instant: leave out what was recorded later.")
]
