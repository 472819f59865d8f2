"""Commands that open the database themselves, `migrate`, `rebuild` and `journal`, find it here."""

import os
from pathlib import Path
from typing import Final

from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cli.errors import FailedError, UsageError
from shared.postgres.migrate import upgrade

DATABASE_VARIABLE: Final = "ARREARS_DATABASE_URL"
#: Kept by the local stack, for its owner alone.
DATABASE_URL_FILE: Final = "database_url"


def database_url_of(data: Path) -> str:
    """Return the database's address: the environment's, else that of the stack in the folder."""
    if url := os.environ.get(DATABASE_VARIABLE):
        return url
    try:
        return (data / DATABASE_URL_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        message = (
            f"no database is known: set {DATABASE_VARIABLE}, or start a stack with: "
            f"arrears up --data {data}"
        )
        raise UsageError(message) from None


async def migrate_to_head(database_url: str) -> str:
    """Bring the schema to its head and return that revision."""
    try:
        return await upgrade(database_url)
    except ArgumentError:
        message = (
            f"{DATABASE_VARIABLE} is no database address; write it as in "
            "postgresql://user:password@host:5432/arrears"
        )
        raise UsageError(message) from None
    except (SQLAlchemyError, CommandError, OSError) as error:
        message = f"the schema could not be brought to its head: {type(error).__name__}: {error}"
        raise FailedError(message) from error
