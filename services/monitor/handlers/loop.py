"""The monitor's loop: take over, fetch, fold, sweep. One task does all of it, in turn.

So a batch and a sweep of one process never meet; those of two processes are kept apart by the
partition row. Any doubt about ownership ends the loop: its supervisor joins the group anew.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from time import perf_counter
from typing import Final

import structlog

from services.monitor.handlers.batch import fold_batch
from services.monitor.handlers.collector import collector_paused
from services.monitor.handlers.observer import Observer
from services.monitor.handlers.places import Source, place
from services.monitor.handlers.ports import Ownership, Record, Store, Word
from services.monitor.handlers.sweep import sweep
from services.monitor.handlers.upkeep.stops import Evidence, Stop, stop_partition
from shared.errors import BrokenInvariantError, ConflictingStateError, FencedError
from shared.kafka.positions import Begin

log = structlog.get_logger(__name__)

#: A partition that is further behind than this many records does not raise: a payment may wait.
BEHIND_RECORDS_MAX: Final = 1000
#: A sweep lets the ledger be read after this long, and goes on from where it was.
SWEEP_SECONDS_MAX: Final = 1.0
#: It raises all the same once it has been behind for this long.
PATIENCE_SECONDS_MAX: Final = 600.0
#: A round without anything to read waits this long.
IDLE_SECONDS: Final = 0.02


class Loop:
    """State of one run of the loop: what it owns, and what was asked of it."""

    def __init__(
        self,
        store: Store,
        source: Source,
        observer: Observer,
        evidence: Evidence,
        now: Callable[[], datetime],
        *,
        owner: str,
        wake_relay: Callable[[], None],
    ) -> None:
        self._store = store
        self._source = source
        self._observer = observer
        self._evidence = evidence
        self._now = now
        self._owner = owner
        self._wake_relay = wake_relay
        self.owned: dict[int, Ownership] = {}
        #: Partitions of `owned` that are stopped, with the reason; as the store has it.
        self.stopped: dict[int, str] = {}
        #: Partitions that a restored database has read again, and up to which offset of the topic.
        self.repeated: dict[int, int] = {}
        self._behind_since: dict[int, float] = {}
        self._sought: dict[int, int] = {}
        self._sweeps_wanted: list[asyncio.Future[None]] = []
        self._tick = False
        self._sweep_first = 0

    def tick(self) -> None:
        """Ask for a sweep; several before the next one are one."""
        self._tick = True

    async def swept(self) -> None:
        """Ask for a sweep and wait until it is done."""
        done = asyncio.get_running_loop().create_future()
        self._sweeps_wanted.append(done)
        await done

    def abandon(self, error: BaseException) -> None:
        """Tell whoever waits for a sweep that this run has ended."""
        for done in self._sweeps_wanted:
            if not done.done():
                done.set_exception(error)
        self._sweeps_wanted.clear()

    async def step(self) -> None:
        """Do one round."""
        await self._take_over()
        records = await self._source.fetch(self._running()) if self.owned else {}
        if records:
            await self._fold(records)
        elif not self.owned:
            await asyncio.sleep(IDLE_SECONDS)
        if self._tick or self._sweeps_wanted:
            await self._sweep()

    def _running(self) -> list[int]:
        for partition in [one for one in self.owned if not self._source.still_assigned(one)]:
            del self.owned[partition]
            self.repeated.pop(partition, None)
        return [partition for partition in self.owned if partition not in self.stopped]

    async def _take_over(self) -> None:
        new = self._source.newly_assigned()
        if not new:
            return
        for owned in await self._store.acquire(new, self._owner):
            await self._source.seek(owned)
            self.owned[owned.partition] = owned
        await self._heed_stops()
        await self._place([one for one in self._running() if one in new])
        log.info("Took over.", action="partitions_taken", partitions=sorted(self.owned))
        self._wake_relay()

    async def _place(self, partitions: Sequence[int]) -> None:
        """Compare positions with the topic and the group; where records are gone, stop."""
        found = await place(self._source, [self.owned[one] for one in partitions])
        for partition, where in found.items():
            if not isinstance(where, Begin):
                await self._stop(partition, where.reason)
            elif where.repeated_until is not None and partition not in self.repeated:
                self.repeated[partition] = where.repeated_until
                log.error(
                    "The database is older than Kafka: it was restored; folding again.",
                    action="restore_detected",
                    partition=partition,
                    offset=self.owned[partition].position,
                    until=where.repeated_until,
                )

    async def _fold(self, records: Mapping[int, Sequence[Record]]) -> None:
        """Fold all partitions in one transaction; where one is broken, each on its own."""
        wanted = {
            partition: fresh
            for partition, batch in records.items()
            if (fresh := await self._in_place(partition, batch))
        }
        try:
            await self._fold_together(wanted)
        except FencedError:
            # Who stops a partition fences it as a new owner does; the others go on.
            if not await self._heed_stops():
                raise
            await self._fold({one: records[one] for one in wanted if one not in self.stopped})
        except BrokenInvariantError as error:
            if len(wanted) == 1:
                await self._stop(next(iter(wanted)), error.message)
                return
            for partition, batch in wanted.items():
                try:
                    await self._fold_together({partition: batch})
                except BrokenInvariantError as alone:
                    await self._stop(partition, alone.message)

    async def _in_place(self, partition: int, batch: Sequence[Record]) -> list[Record]:
        """Return the records from the expected offset on; lost ones stop the partition."""
        owned = self.owned.get(partition)
        if owned is None:
            return []
        fresh = [one for raw in batch if (one := owned.placed(raw)).offset >= owned.next_offset]
        if fresh and fresh[0].offset == owned.next_offset:
            return fresh
        await self._place([partition])
        if not fresh or partition in self.stopped:
            return []
        if self._sought.get(partition) != owned.next_offset:
            # The client handed over what it had fetched before it was told where to read.
            self._sought[partition] = owned.next_offset
            await self._source.seek(owned)
            return []
        return fresh

    async def _fold_together(self, records: Mapping[int, Sequence[Record]]) -> None:
        if not records:
            return
        started = perf_counter()
        now = self._now()
        next_offsets = {partition: batch[-1].offset + 1 for partition, batch in records.items()}
        moved = [replace(self.owned[one], next_offset=at) for one, at in next_offsets.items()]
        live = {owned.partition for owned in moved if self._is_live(owned)}
        with collector_paused():
            folded = await fold_batch(self._store, self.owned, records, now, live=live)
        for owned in moved:
            self.owned[owned.partition] = owned
            if owned.position >= self.repeated.get(owned.partition, 0):
                self.repeated.pop(owned.partition, None)
        self._wake_relay()
        # What the batch made due for a look is looked at before the next one.
        self._tick = self._tick or folded.retimed
        self._observer.folded(folded, perf_counter() - started)
        self._observer.said(folded.words)

    def _is_live(self, owned: Ownership) -> bool:
        """Say whether a partition may raise: it is not far behind, or has been for too long.

        What a restored database has not read again may pay what it takes for open.
        """
        partition = owned.partition
        is_whole = owned.position >= self.repeated.get(partition, 0)
        if is_whole and self._source.behind(partition, owned.position) <= BEHIND_RECORDS_MAX:
            self._behind_since.pop(partition, None)
            return True
        since = self._behind_since.setdefault(partition, perf_counter())
        return perf_counter() - since > PATIENCE_SECONDS_MAX

    async def _sweep(self) -> None:
        waiting, self._sweeps_wanted, self._tick = self._sweeps_wanted, [], False
        started = perf_counter()
        is_done = True
        try:
            await self._heed_stops()
            now = self._now()
            due = await self._store.partitions_due(self._running(), now)
            for partition, retime in sorted(due, key=self._turn):
                if perf_counter() - started >= SWEEP_SECONDS_MAX:
                    # The next round begins with this one, so that each has its turn.
                    self._sweep_first, is_done = partition, False
                    break
                if self._is_live(self.owned[partition]):
                    is_done = (
                        await self._sweep_one(partition, now, started, retime=retime) and is_done
                    )
                else:
                    is_done = False
        except BaseException as error:
            self._sweeps_wanted += waiting
            self.abandon(error)
            raise
        if not is_done:
            # Whoever waits goes on waiting: the ledger is read for a moment in between.
            self._tick = True
            self._sweeps_wanted += waiting
            return
        self._observer.swept(perf_counter() - started, now)
        for done in waiting:
            if done.done():
                continue
            if self.stopped:
                message = f"not swept, for they are stopped: partitions {sorted(self.stopped)}"
                done.set_exception(ConflictingStateError(message, code="partition_stopped"))
            else:
                done.set_result(None)

    def _turn(self, due: tuple[int, bool]) -> tuple[bool, int]:
        """Order partitions for a sweep: from the one that had no time in the last one on."""
        return due[0] < self._sweep_first, due[0]

    async def _sweep_one(
        self, partition: int, now: datetime, started: float, *, retime: bool
    ) -> bool:
        try:
            with collector_paused():
                return await sweep(
                    self._store,
                    self.owned[partition],
                    now,
                    retime=retime,
                    said=self._said,
                    has_time=lambda: perf_counter() - started < SWEEP_SECONDS_MAX,
                )
        except FencedError:
            if not await self._heed_stops():
                raise
            return True
        except BrokenInvariantError as error:
            await self._stop(partition, error.message)
            return True

    async def _said(self, words: list[Word]) -> None:
        if words:
            self._wake_relay()
        self._observer.said([word for _partition, word in words])

    async def _stop(self, partition: int, reason: str) -> None:
        stop = Stop(partition, reason, self._now())
        epoch = self.owned[partition].epoch
        await stop_partition(self._store, self._evidence, stop, epoch=epoch)
        await self._heed_stops()

    async def _heed_stops(self) -> bool:
        """Take note of who is stopped and who goes on; says whether another one is stopped."""
        before = self.stopped
        found = await self._store.stops(sorted(self.owned))
        self.stopped = {one.partition: reason for one, reason in found if reason is not None}
        self._observer.stopped(len(self.stopped))
        is_more = bool(self.stopped.keys() - before.keys())
        for stored, reason in found:
            if reason is None and stored.partition in before:
                await self._resume(stored)
        return is_more

    async def _resume(self, stored: Ownership) -> None:
        """Go on from where the store is: whoever repaired it may have moved that."""
        owned = replace(stored, epoch=self.owned[stored.partition].epoch)
        self.owned[owned.partition] = owned
        self._sought.pop(owned.partition, None)
        await self._source.seek(owned)
        log.info("A partition goes on.", action="partition_goes_on", partition=owned.partition)
        await self._place([owned.partition])
