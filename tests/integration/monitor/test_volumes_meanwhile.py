"""What others do while rows leave the journal or come back: nobody waits, and nothing is missed."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.monitor.adapters.upkeep.volume_file import VolumeFile
from services.monitor.adapters.upkeep.volume_store import open_journal
from services.monitor.domain.audit.volume import Bound
from services.monitor.handlers.upkeep import volumes
from services.monitor.handlers.upkeep.volumes import Dropped
from shared.errors import BrokenInvariantError, ConflictingStateError
from tests.integration.monitor.cabinet import LATER, MARCH, Cabinet, make_cabinet
from tests.integration.monitor.shelf import PARTITION
from tests.integration.monitor.world import payment


@pytest.fixture
async def cabinet(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[Cabinet]:
    async with make_cabinet(fresh_database_url, tmp_path / "volumes") as made:
        yield made


async def test_the_monitor_folds_on_while_rows_leave(cabinet: Cabinet) -> None:
    [path] = await cabinet.archive(MARCH)
    file = VolumeFile(path)
    [row] = await cabinet.shelf.sql('SELECT event FROM monitor.journal WHERE "offset" = 1')
    count = await cabinet.count("journal")
    async with open_journal(cabinet.url, PARTITION) as journal:
        dropped = Dropped(file=path.name, sha256=file.sha256(), at=LATER, by="li.na")
        await volumes.drop(journal, file, dropped)
        await cabinet.shelf.fold(payment("OLD", "P-5", "10.00"), on="2026-05-20")
        await cabinet.shelf.fold_value(row["event"].encode())
        await cabinet.seal()
        with pytest.raises(ConflictingStateError, match="is being bound, dropped or restored"):
            await cabinet.archive(MARCH)
    assert await cabinet.count("journal") == count + 1 - 5
    assert await cabinet.differences() == []
    assert (await cabinet.audit()).violations == []


class _Fickle(VolumeFile):
    """A volume on a disk that gives other bytes when it is read once more."""

    times = 0

    def bound(self) -> Iterator[Bound]:
        self.times += 1
        for seal, rows in super().bound():
            changes = '{"forged": true}' if self.times > 1 else rows[0].changes
            yield seal, [replace(rows[0], changes=changes), *rows[1:]]


async def test_what_is_put_back_is_proved_where_it_is_put(cabinet: Cabinet) -> None:
    [path] = await cabinet.archive(MARCH)
    await cabinet.drop(path)
    with pytest.raises(BrokenInvariantError, match=r"the journal of partition 0: .* was changed"):
        async with open_journal(cabinet.url, PARTITION) as journal:
            await volumes.restore(journal, [_Fickle(path)])
    assert await cabinet.count("volumes") == 1
    assert await cabinet.restore(path) == [(PARTITION, 5)]
