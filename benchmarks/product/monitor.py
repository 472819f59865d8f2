"""The monitor alone, whole rules, from the ledger topic to what is committed."""

from collections.abc import Sequence
from typing import Final

from benchmarks.frame.contender import Course
from benchmarks.frame.tabled import TabledContender
from benchmarks.product.services import on_course
from deploy.local.parts import Part

#: Events whose transaction is committed.
DONE: Final = "SELECT sum(next_offset) FROM monitor.partitions"
#: The same by the journal, for a monitor that moves no partition row.
DONE_BY_JOURNAL: Final = """
SELECT sum(offsets.next) FROM generate_series(0, (SELECT ledger_partitions - 1 FROM
monitor.topology)) AS p (partition), LATERAL (
    SELECT max("offset") + 1 AS next FROM monitor.journal AS j WHERE j.partition = p.partition
) AS offsets
"""
BALANCES: Final = "SELECT account_id, open_minor - unapplied_minor FROM monitor.balances"


class Monitor(TabledContender):
    """`services.monitor.main`, one process."""

    def __init__(self) -> None:
        super().__init__("monitor", done_query=DONE, balances_query=BALANCES)

    async def programs(self, course: Course) -> Sequence[Part]:
        """Return the service."""
        return [on_course("monitor", course)]


class UntaxedMonitor(TabledContender):
    """The same code at least once: without partition row, known names and outbox."""

    def __init__(self) -> None:
        super().__init__(
            "monitor, at least once", done_query=DONE_BY_JOURNAL, balances_query=BALANCES
        )

    async def programs(self, course: Course) -> Sequence[Part]:
        """Return the service with the parts left out that make it exactly once."""
        return [on_course("monitor", course, module="benchmarks.product.untaxed")]
