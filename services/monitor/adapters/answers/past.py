"""What reads of the past ask, in one snapshot: journals of accounts and words about them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

import msgspec

from services.monitor.adapters import arrays, queries, rows
from services.monitor.adapters.answers import journal
from services.monitor.adapters.answers.snapshot import snapshot
from services.monitor.adapters.policy_documents import PolicyDocuments
from services.monitor.domain.policy.policies import Policies
from services.monitor.handlers.answers.past import After, Question
from services.monitor.handlers.answers.remembered import Word
from services.monitor.handlers.answers.replay import JournalPart
from services.monitor.handlers.ports import AccountKey
from shared.kafka.producer import partition_of
from shared.postgres.pool import Connection, Database

PREFETCH_ROWS: Final = 1000

#: Openings, and those rows that were recorded by an instant.
_KNOWN: Final = " AND (recorded_at IS NULL OR $3::timestamptz IS NULL OR recorded_at <= $3)"

#: All accounts' journals from a key on, groups left out; by the index on the accounts' keys.
JOURNALS_FROM: Final = journal.parts(
    "(partition, account_id) >= ($1, $2) AND account_id NOT LIKE ':%'" + _KNOWN
)

#: The same beyond a key.
JOURNALS_BEYOND: Final = journal.parts(
    "(partition, account_id) > ($1, $2) AND account_id NOT LIKE ':%'" + _KNOWN
)

#: One account's journal.
JOURNAL: Final = journal.parts("partition = $1 AND account_id = $2" + _KNOWN)

#: Until when what was recorded is in volumes; of one account, where it is given.
IN_VOLUMES_UNTIL: Final = """
SELECT CASE WHEN $2::text IS NULL THEN (SELECT max(recorded_until) FROM monitor.volumes)
       ELSE (SELECT recorded_until FROM monitor.openings WHERE partition = $1 AND account_id = $2)
       END
"""

#: Accounts from a key on that have an invoice of an id.
ACCOUNTS_OF_INVOICE: Final = """
SELECT partition, account_id FROM monitor.invoices
WHERE invoice_id = $3 AND (partition, account_id) >= ($1, $2)
ORDER BY partition, account_id
"""

#: What was said of accounts and their items, in order.
WORDS: Final = """
SELECT e.partition, e.account_id, e.event
FROM unnest($1::text::int[], $2::text::text[]) AS k (partition, account_id)
JOIN monitor.escalations AS e USING (partition, account_id)
ORDER BY e.seq
"""

_word = msgspec.json.Decoder(Word)
_START: Final[AccountKey] = (-1, "")


class PostgresPast:
    """See the port `Past`; `partitions` is the ledger topic's number of partitions."""

    def __init__(self, connection: Connection, documents: PolicyDocuments, partitions: int) -> None:
        self._connection = connection
        self._documents = documents
        self._partitions = partitions

    async def policies(self, known_by: datetime | None) -> Policies:
        """Read versions by the instant they were set."""
        found = await self._connection.fetch(queries.POLICY_HISTORY, known_by)
        return self._documents.history(rows.versions_from(found))

    async def in_volumes_until(self, question: Question) -> datetime | None:
        """Ask for the account's opening, or for the latest volume of all."""
        name = question.account_id
        partition = -1 if name is None else partition_of(name.encode(), self._partitions)
        until: datetime | None = await self._connection.fetchval(IN_VOLUMES_UNTIL, partition, name)
        return until

    async def journal(self, question: Question, after: After | None) -> AsyncIterator[JournalPart]:
        """Stream by a cursor on the server: a journal is as long as an account's life."""
        known_by = question.then.known_by
        start = _START if after is None else after.key
        is_done = after is not None and after.place is None
        if question.account_id is None and question.invoice_id is None:
            query = JOURNALS_BEYOND if is_done else JOURNALS_FROM
            async for row in self._stream(query, *start, known_by):
                yield row
            return
        for key in await self._keys(question, start):
            if key == start and is_done:
                continue
            async for row in self._stream(JOURNAL, *key, known_by):
                yield row

    async def _keys(self, question: Question, start: AccountKey) -> list[AccountKey]:
        """Return the few accounts that are asked for, from a key on."""
        if question.account_id is not None:
            name = question.account_id
            return [(partition_of(name.encode(), self._partitions), name)]
        found = await self._connection.fetch(ACCOUNTS_OF_INVOICE, *start, question.invoice_id)
        return [(row["partition"], row["account_id"]) for row in found]

    async def _stream(self, query: str, *asked: object) -> AsyncIterator[JournalPart]:
        async for row in self._connection.cursor(query, *asked, prefetch=PREFETCH_ROWS):
            yield journal.part_from(row)

    async def words(self, keys: Sequence[AccountKey]) -> dict[AccountKey, list[Word]]:
        """Read the log."""
        found: dict[AccountKey, list[Word]] = defaultdict(list)
        for row in await self._connection.fetch(WORDS, *arrays.columns(keys, 2)):
            found[row["partition"], row["account_id"]].append(_word.decode(row["event"]))
        return found


@asynccontextmanager
async def open_past(
    database: Database, documents: PolicyDocuments, partitions: int
) -> AsyncIterator[PostgresPast]:
    """Open a snapshot."""
    async with snapshot(database) as connection:
        yield PostgresPast(connection, documents, partitions)
