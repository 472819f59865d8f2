"""What is measured and which bars it must reach: the one place that joins the frame to contenders.

A new contender costs its file and a line here; a new bar costs a line.
"""

from collections.abc import Sequence
from typing import Final

from benchmarks.frame.bars import Bar
from benchmarks.frame.contender import Contender
from benchmarks.frame.folding import EVENTS_PER_SECOND
from benchmarks.frame.servers import Servers
from benchmarks.limits.folding import limits
from benchmarks.product.chain import Chain
from benchmarks.product.monitor import Monitor, UntaxedMonitor


def contenders(servers: Servers) -> Sequence[Contender]:
    """Return who folds the stream, each once in every repetition."""
    return [*limits(), Monitor(), UntaxedMonitor(), Chain(servers)]


def _faster(name: str, above: str, below: str, bar: float, sentence: str) -> Bar:
    rate = EVENTS_PER_SECOND
    return Bar(name=name, sentence=sentence, above=(above, rate), below=(below, rate), bar=bar)


BARS: Final = (
    _faster("P1", "monitor", "limit 1, same rows", 0.5, "monitor ÷ the same rows without rules"),
    _faster("P4", "whole chain", "monitor", 0.6, "the whole chain ÷ the monitor alone"),
    _faster("P10", "monitor", "monitor, at least once", 0.75, "exactly once ÷ at least once"),
)
