"""Promises to pay: which there are, by what was said of them."""

from sqlalchemy import JSON, case, cast, func, select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from services.monitor.adapters import tables
from services.monitor.adapters.reads.rows import filtered, page_of
from services.monitor.domain.escalation.promises import OPEN, WITHDRAWN
from services.monitor.handlers.ports import AccountKey
from shared.postgres.paging import Page


class PromiseReads:
    """Questions about promises; `partitions` is the ledger topic's number of partitions."""

    def __init__(self, engine: AsyncEngine, partitions: int) -> None:
        self._engine = engine
        self._partitions = partitions

    async def keys(
        self, account_id: str | None, status: str | None, cursor: str | None, limit: int
    ) -> Page[tuple[AccountKey, str]]:
        """Return the accounts and ids of promises, by account and by what stands of them."""
        accounts = tables.accounts
        every = func.json_each(accounts.c.facts["promises"]).table_valued("key", "value", name="p")
        facts = cast(every.c.value, JSON)
        given_up = facts["withdrawn_on"].as_string() <= facts["promised_on"].as_string()
        stands = func.coalesce(
            func.json_extract_path_text(accounts.c.said, "promises", every.c.key),
            case((given_up, WITHDRAWN), else_=OPEN),
        )
        keys = [accounts.c.partition, accounts.c.account_id, every.c.key]
        query = select(*keys).join(every, true()).where(facts["made_on"].as_string().is_not(None))
        query = filtered(query, accounts, {"account_id": account_id}, self._partitions)
        if status is not None:
            query = query.where(stands == status)
        page = await page_of(self._engine, query, keys, cursor, limit)
        rows = [((row.partition, row.account_id), row.key) for row in page.rows]
        return Page(rows=rows, next=page.next)
