"""What a repetition costs beside time: processor seconds by who used them, and bytes of WAL.

Time depends on what else the machine does meanwhile; processor seconds hardly do.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.frame.servers import Servers

TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
#: Places in /proc/PID/stat behind the command's name: parent, and four times used by it and by
#: its children that have ended.
PARENT: Final = 1
USED: Final = slice(11, 15)


@dataclass(frozen=True)
class Usage:
    """Readings since the start of everything; two of them are compared."""

    contender_seconds: float
    postgres_seconds: float
    kafka_seconds: float
    wal_bytes: int

    def per_event(self, before: "Usage", events: int) -> dict[str, float]:
        """Return what each of so many events has cost since a reading before."""
        return {
            "contender_microseconds_of_cpu_per_event": _micro(
                self.contender_seconds - before.contender_seconds, events
            ),
            "postgres_microseconds_of_cpu_per_event": _micro(
                self.postgres_seconds - before.postgres_seconds, events
            ),
            "kafka_microseconds_of_cpu_per_event": _micro(
                self.kafka_seconds - before.kafka_seconds, events
            ),
            "wal_bytes_per_event": (self.wal_bytes - before.wal_bytes) / events,
        }


async def read_usage(servers: Servers) -> Usage:
    """Read the processes below this one, and where the WAL is; Linux alone knows the former."""
    postgres, kafka, others = _processor_seconds(
        servers.postgres.child.pid if servers.postgres.child else 0,
        {one.child.pid for one in servers.brokers() if one.child},
    )
    wal = await servers.sql("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")
    return Usage(others, postgres, kafka, int(wal[0][0]))


def _processor_seconds(postgres: int, kafka: set[int]) -> tuple[float, float, float]:
    """Return what PostgreSQL, the brokers and all others below this process have used."""
    used, children = _processes()
    own = os.getpid()

    def below(pid: int, without: frozenset[int]) -> float:
        """Add a process and its descendants."""
        inner = sum(below(one, without) for one in children.get(pid, ()) if one not in without)
        return used.get(pid, 0.0) + inner

    servers = frozenset({postgres, *kafka})
    others = sum(below(one, servers) for one in children.get(own, ()) if one not in servers)
    return (
        below(postgres, frozenset()),
        sum(below(one, frozenset()) for one in kafka),
        others,
    )


def _processes() -> tuple[Mapping[int, float], Mapping[int, list[int]]]:
    """Return seconds used and children by process."""
    used: dict[int, float] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        pid = int(stat.parent.name)
        used[pid] = sum(int(one) for one in fields[USED]) / TICKS_PER_SECOND
        children[int(fields[PARENT])].append(pid)
    return used, children


def _micro(seconds: float, events: int) -> float:
    return seconds * 1e6 / events
