"""Tells a trade at a steady rate, week by week, and moves the clock on with it."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final

from services.monitor.domain.policy.document import DEFAULT_DOCUMENT
from tests.faults.rest import go_to
from tests.faults.system import PARTITIONS, System
from tests.faults.telling.trade import Trade
from tests.faults.telling.upstream import Upstream
from tests.faults.telling.workload import Message

#: How often something is sent.
CHUNKS_PER_SECOND: Final = 10
#: What was told of late, for faults that say it again.
RECENT: Final = 400
#: Messages in one go when as much is sent as goes.
BURST_MESSAGES: Final = 500
#: A letter costs a mail's dialogue. The trade pays so badly that one event in twenty would make
#: one, beyond what a notifier can send beside half of the top rate; so small debts get none.
POLICY: Final = DEFAULT_DOCUMENT.replace(
    "action: dunning_letter\n",
    "action: dunning_letter\n"
    '    minimum_open: {CNY: "90000", USD: "14000", EUR: "11000", JPY: "2000000"}\n',
)
POLICY_SECONDS_MAX: Final = 30.0


async def put_policy(system: System) -> None:
    """Have small debts left alone; raises `httpx.HTTPError`."""
    answer = await system.http.post(
        f"{system.services['monitor-1'].url}/v1/policies",
        content=POLICY,
        headers={"Content-Type": "application/yaml"},
        timeout=POLICY_SECONDS_MAX,
    )
    answer.raise_for_status()


class Stream:
    """The upstream systems of a soak."""

    def __init__(self, system: System, trade: Trade) -> None:
        self.told = 0
        self.recent: deque[Message] = deque(maxlen=RECENT)
        self._system = system
        self._trade = trade

    async def burst(self, messages: Sequence[Message]) -> None:
        """Send as fast as the broker takes it."""
        async with self._upstream() as upstream:
            for start in range(0, len(messages), BURST_MESSAGES):
                await self._send(upstream, messages[start : start + BURST_MESSAGES])

    async def run(self, rate: float, until: float) -> None:
        """Tell so many events a second until a moment of the loop's clock.

        What was held up is told as soon as it goes, as upstream systems do. The week that is told
        is the one that passes: it begins when the clock moves on, and ends no sooner than that.
        """
        loop = asyncio.get_running_loop()
        began, told_before = loop.time(), self.told
        size = max(1, int(rate / CHUNKS_PER_SECOND))
        async with self._upstream() as upstream:
            messages = await self._next_week()
            while loop.time() < until:
                moving = asyncio.create_task(go_to(self._system, self._trade.day))
                following = asyncio.create_task(self._next_week())
                try:
                    for start in range(0, len(messages), size):
                        due = began + (self.told - told_before) / rate
                        await asyncio.sleep(max(0.0, due - loop.time()))
                        if loop.time() >= until:
                            break
                        await self._send(upstream, messages[start : start + size])
                    await moving
                    messages = await following
                finally:
                    moving.cancel()
                    following.cancel()
                    await asyncio.gather(moving, following, return_exceptions=True)

    async def _next_week(self) -> list[Message]:
        """Make up the next week beside the loop, which carries everybody's bytes."""
        return await asyncio.to_thread(self._trade.week)

    async def _send(self, upstream: Upstream, messages: Sequence[Message]) -> None:
        await upstream.send(messages)
        self.told += len(messages)
        self.recent.extend(messages)

    def _upstream(self) -> Upstream:
        return Upstream(self._system.kafka.bootstrap_servers, PARTITIONS)
