"""The names of accepted events in PostgreSQL: one statement a batch."""

import uuid
from collections.abc import Mapping
from typing import Final

from shared.postgres.pool import Database

#: Writes the names of a batch that are not there yet, and returns the others with their digests.
#: The digest is null where another writer was first since the statement began.
CLAIM: Final = """
    WITH given AS (
        SELECT name, digest FROM unnest($1::uuid[], $2::bytea[]) AS given (name, digest)
    ), fresh AS (
        INSERT INTO ingest.names (name, digest)
        SELECT name, digest FROM given ORDER BY name
        ON CONFLICT (name) DO NOTHING
        RETURNING name
    )
    SELECT given.name, names.digest
    FROM given
    LEFT JOIN ingest.names ON names.name = given.name
    WHERE NOT EXISTS (SELECT FROM fresh WHERE fresh.name = given.name)
"""
#: Reads the digests of names that another writer has committed meanwhile.
READ: Final = "SELECT name, digest FROM ingest.names WHERE name = ANY($1::uuid[])"


class PostgresNames:
    """Names as rows of `ingest.names`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, digests: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """Write each name with its digest, unless it is there; return the digests that were.

        A statement alone is its own transaction, and one round trip. Raises `TransientError`.
        """
        names = [uuid.UUID(bytes=name) for name in digests]
        async with self._database.connection() as connection:
            rows = await connection.fetch(CLAIM, names, list(digests.values()))
            late = [row["name"] for row in rows if row["digest"] is None]
            if late:
                rows += await connection.fetch(READ, late)
        return {row["name"].bytes: row["digest"] for row in rows if row["digest"] is not None}
