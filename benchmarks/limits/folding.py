"""Limit 1 as contenders: the lean one, and the one that writes the monitor's own rows."""

from collections.abc import Sequence

from benchmarks.frame.contender import Course
from benchmarks.frame.program import Program
from benchmarks.frame.tabled import TabledContender
from benchmarks.limits import lean
from benchmarks.product import monitor
from deploy.local.parts import Part


class Limit(TabledContender):
    """A program of this folder."""

    def __init__(self, name: str, module: str, *, done_query: str, balances_query: str) -> None:
        super().__init__(name, done_query=done_query, balances_query=balances_query)
        self._module = module

    async def programs(self, course: Course) -> Sequence[Part]:
        """Return the program."""
        environ = {
            "BENCH_KAFKA": course.kafka,
            "BENCH_TOPIC": course.topic,
            "BENCH_PARTITIONS": str(course.partitions),
            "BENCH_DATABASE_URL": course.database_url,
        }
        return [Program(self._module, environ, course.folder / "limit.log")]


def limits() -> list[Limit]:
    """Return both."""
    return [
        Limit(
            "limit 1, lean",
            "benchmarks.limits.lean",
            done_query=lean.DONE,
            balances_query=lean.BALANCES,
        ),
        Limit(
            "limit 1, same rows",
            "benchmarks.limits.same_rows",
            done_query=monitor.DONE,
            balances_query=monitor.BALANCES,
        ),
    ]
