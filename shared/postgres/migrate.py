"""The schema to its head, by Alembic; every service checks that it is there before it works."""

import asyncio
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.errors import TransientError
from shared.postgres.pool import mapped_losses

MIGRATIONS: Final = Path(__file__).parents[2] / "deploy" / "migrations"


async def upgrade(database_url: str) -> str:
    """Bring the schema to its head and return that revision; safe to call at any time."""
    await asyncio.to_thread(command.upgrade, _config(database_url), "head")
    return head()


def head() -> str:
    """Return the newest revision that this code knows."""
    revision = ScriptDirectory.from_config(_config("")).get_current_head()
    assert revision is not None
    return revision


async def require_head(engine: AsyncEngine) -> None:
    """Refuse to work on another schema than this code's; raises `TransientError` until it is."""
    try:
        async with mapped_losses(), engine.connect() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except ProgrammingError:
        found = None
    if found != head():
        message = f"the database is at revision {found}, not {head()}; run: arrears migrate"
        raise TransientError(message)


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = (
        make_url(database_url).set(drivername="postgresql+asyncpg") if database_url else None
    )
    return config
