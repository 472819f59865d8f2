"""The third composition root: `arrears journal` binds volumes, drops them and reads them back."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from services.monitor.adapters.upkeep import volume_file
from services.monitor.adapters.upkeep.volume_file import VolumeFile
from services.monitor.adapters.upkeep.volume_store import open_journal, sealed_partitions
from services.monitor.domain.audit.volume import Volume
from services.monitor.handlers.upkeep import volumes
from services.monitor.handlers.upkeep.volumes import Dropped

#: A file, and what it holds.
Done = tuple[Path, Volume]


async def archive(database_url: str, folder: Path, before: datetime) -> AsyncIterator[Done]:
    """Write what was sealed before an instant into volumes, one a partition; give each.

    Nothing is changed in the database.
    """
    for partition in await sealed_partitions(database_url):
        async with open_journal(database_url, partition) as journal:
            heads = await journal.heads()
            bound = volumes.bound_before(journal, before)
            written = await volume_file.write(
                folder, partition, heads[-1] if heads else None, bound
            )
            if written is not None:
                yield written


async def verify(database_url: str, paths: Sequence[Path]) -> AsyncIterator[Done]:
    """Give what each volume holds, proved by the seals that the database has."""
    for file in _in_order(paths):
        async with open_journal(database_url, file.partition) as journal:
            yield file.path, await volumes.prove(journal, file)


async def drop(
    database_url: str, paths: Sequence[Path], by: str, now: datetime
) -> AsyncIterator[Done]:
    """Take the rows of volumes out of the journal, each in a transaction of its own; give each.

    What has left already is passed over, so that a run that ended early can be repeated.
    """
    for file in _in_order(paths):
        dropped = Dropped(file=file.path.name, sha256=file.sha256(), at=now, by=by)
        async with open_journal(database_url, file.partition) as journal:
            volume = await volumes.drop(journal, file, dropped)
        yield file.path, volume


async def restore(database_url: str, paths: Sequence[Path]) -> AsyncIterator[tuple[int, int]]:
    """Put volumes back into the journal, all of a partition at once; give (partition, rows).

    Of a partition that no volume has left there are no rows.
    """
    by_partition: dict[int, list[VolumeFile]] = defaultdict(list)
    for file in _in_order(paths):
        by_partition[file.partition].append(file)
    for partition, files in by_partition.items():
        async with open_journal(database_url, partition) as journal:
            rows = await volumes.restore(journal, files)
        yield partition, rows


def _in_order(paths: Sequence[Path]) -> list[VolumeFile]:
    files = [VolumeFile(path) for path in paths]
    return sorted(
        files, key=lambda one: (one.partition, 0 if one.follows is None else one.follows.number)
    )
