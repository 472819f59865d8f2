"""Every contender that needs nothing but the project comes to the balances of the events.

The peers have an environment of their own: `make bench QUICK=1` checks them, and the rates.
"""

from pathlib import Path
from typing import Final

from benchmarks.catalogue import contenders
from benchmarks.frame.contender import Contender
from benchmarks.frame.servers import Servers, opened
from benchmarks.frame.waiting import wait_for
from benchmarks.peers.contenders import Peers
from benchmarks.stream.mix import Stream, make_stream

EVENTS: Final = 2_000
SECONDS_MAX: Final = 60.0


async def test_every_contender_of_our_own_comes_to_the_same_balances(tmp_path: Path) -> None:
    stream = make_stream(EVENTS)
    async with opened(tmp_path / "servers") as servers:
        await servers.load(stream)
        none = Peers(whole=[], short=[], raising=[], absent={})
        found = {
            one.name: await _balances(one, servers, stream) for one in contenders(servers, none)
        }
    wanted = {account: minor for account, minor in stream.balances.items() if minor}
    assert len(found) == 5
    assert found == dict.fromkeys(found, wanted)


async def _balances(contender: Contender, servers: Servers, stream: Stream) -> dict[str, int]:
    async with servers.course(stream, warm_up_events=0) as course:

        async def all_are_done() -> bool:
            return await contender.done() >= len(stream.events)

        try:
            await contender.start(course)
            await wait_for(all_are_done, SECONDS_MAX, f"{contender.name} has done all events")
            balances = await contender.balances()
        finally:
            await contender.stop()
    return {account: minor for account, minor in balances.items() if minor}
