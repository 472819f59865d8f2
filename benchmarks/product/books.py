"""Books filled by SQL: open items by the hundred thousand, as the monitor would have stored them.

Each item is an invoice of its own, overdue by the day that its cohort is due on. Those of cohort 0
are not due for years; those of cohort n reach their first level on the n-th day after `TODAY`.
"""

from datetime import timedelta
from typing import Final

from benchmarks.frame.servers import PARTITIONS, Servers, ask
from benchmarks.stream.mix import CURRENCY, TODAY
from shared.calendar import start_of_day

RAISED: Final = "SELECT count(*) FROM monitor.escalations WHERE type = 'escalation.raised.v1'"
TIME_ZONE: Final = "Asia/Shanghai"
ITEMS_PER_ACCOUNT: Final = 20
AMOUNT_MINOR: Final = 123_400
#: Days after the due date on which the default policy raises its first level.
FIRST_LEVEL_DAYS: Final = 15
#: A cohort that is not due while anybody measures.
FAR_DAYS: Final = 3_000

FILL_INVOICES: Final = """
INSERT INTO monitor.invoices (partition, account_id, invoice_id, facts)
SELECT n / $3 % $4, 'default:B' || $1 || '-' || n / $3, 'B' || $1 || '-' || n, json_build_object(
    'invoice_id', 'B' || $1 || '-' || n, 'currency', $5::text, 'issued_on', $6::date - 30,
    'parts', json_build_array(json_build_object('due_on', $6::date, 'amount', $7::bigint)))
FROM generate_series(0, $2::int - 1) AS n
"""
FILL_ITEMS: Final = """
INSERT INTO monitor.items (
    partition, account_id, invoice_id, instalment, currency, amount_minor, cleared_minor,
    credited_minor, written_off_minor, disputed_minor, open_minor, issued_on, due_on,
    original_due_on, status, cycle, raised, next_attention_on)
SELECT n / $3 % $4, 'default:B' || $1 || '-' || n / $3, 'B' || $1 || '-' || n, 1, $5::text,
    $7::bigint, 0, 0, 0, 0, $7::bigint, $6::date - 30, $6::date, $6::date, 'open', 1, '[]', $8::date
FROM generate_series(0, $2::int - 1) AS n
"""
FILL_TIMERS: Final = """
INSERT INTO monitor.timers (partition, account_id, invoice_id, instalment, due_at)
SELECT n / $3 % $4, 'default:B' || $1 || '-' || n / $3, 'B' || $1 || '-' || n, 1, $5::timestamptz
FROM generate_series(0, $2::int - 1) AS n
"""
FILL_BALANCES: Final = """
INSERT INTO monitor.balances (
    partition, account_id, currency, invoiced_minor, received_minor, credited_minor,
    written_off_minor, reversed_minor, open_minor, unapplied_minor)
SELECT partition, account_id, currency, sum(amount_minor), 0, 0, 0, 0, sum(open_minor), 0
FROM monitor.items GROUP BY partition, account_id, currency
"""
#: The partitions have seen the only policy there is: nothing waits to be looked at anew.
SEED: Final = """
INSERT INTO monitor.partitions (partition, owner, policies_seen)
SELECT n, 'books', 1 FROM generate_series(0, $1::int - 1) AS n
"""


class Books:
    """Books that are filled once, and swept day by day."""

    def __init__(self, servers: Servers, *, open_items: int, due_items: int, days: int) -> None:
        self._servers = servers
        self._open_items = open_items
        self._due_items = due_items
        self._days = days
        self._database_url = ""

    async def database_url(self) -> str:
        """Return the address of the filled database, with all of it on the disk."""
        if not self._database_url:
            self._database_url = await self._servers.fresh_database()
            await fill(
                self._database_url,
                open_items=self._open_items,
                cohorts=self._days,
                cohort_items=self._due_items,
            )
        await self._servers.sql("CHECKPOINT")
        return self._database_url

    async def check(self, name: str, days: int) -> None:
        """Raise unless every item that fell due by a day was raised, and no other."""
        raised = (await ask(self._database_url, RAISED))[0][0]
        if raised != self._due_items * days:
            message = f"{name}: {raised} escalations were raised, not {self._due_items * days}"
            raise RuntimeError(message)


async def fill(database_url: str, *, open_items: int, cohorts: int, cohort_items: int) -> None:
    """Fill an empty database with so many open items, of which cohorts fall due day by day."""
    await ask(database_url, SEED, PARTITIONS)
    quiet = open_items - cohorts * cohort_items
    for cohort in range(cohorts + 1):
        items = quiet if cohort == 0 else cohort_items
        if items:
            await _fill_cohort(database_url, cohort, items)
    await ask(database_url, FILL_BALANCES)
    for table in ("invoices", "items", "timers", "balances"):
        await ask(database_url, f"VACUUM ANALYZE monitor.{table}")


async def _fill_cohort(database_url: str, cohort: int, items: int) -> None:
    reached_on = TODAY + timedelta(days=cohort or FAR_DAYS)
    due_on = reached_on - timedelta(days=FIRST_LEVEL_DAYS)
    spread = (str(cohort), items, ITEMS_PER_ACCOUNT, PARTITIONS)
    await ask(database_url, FILL_INVOICES, *spread, CURRENCY, due_on, AMOUNT_MINOR)
    await ask(database_url, FILL_ITEMS, *spread, CURRENCY, due_on, AMOUNT_MINOR, reached_on)
    await ask(database_url, FILL_TIMERS, *spread, start_of_day(reached_on, TIME_ZONE))
