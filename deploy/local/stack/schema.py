"""The database's schema, brought to its head before the services start."""

import asyncio

from deploy.local.errors import StackError

UPGRADE_SECONDS_MAX = 600.0


async def upgrade_schema(database_url: str) -> None:
    """Run the migrations; raises `StackError` when they fail or do not end in time."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from shared.postgres.migrate import upgrade

    try:
        async with asyncio.timeout(UPGRADE_SECONDS_MAX):
            await upgrade(database_url)
    except TimeoutError:
        message = f"the schema was not at its head after {UPGRADE_SECONDS_MAX:g} s"
        raise StackError(message) from None
    except (SQLAlchemyError, CommandError, OSError) as error:
        message = f"the schema could not be brought to its head: {error}"
        raise StackError(message) from error
