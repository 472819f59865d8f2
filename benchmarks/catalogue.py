"""What is measured and which bars it must reach: the one place that joins the frame to contenders.

A new contender costs its file and a line here; a new bar costs a line.
"""

from collections.abc import Sequence
from typing import Final

from benchmarks.frame.bars import Bar
from benchmarks.frame.contender import Contender, Subject
from benchmarks.frame.folding import EVENTS_PER_SECOND
from benchmarks.frame.servers import Servers
from benchmarks.frame.size import Size
from benchmarks.letters.subjects import LETTERS_PER_SECOND, LOOP, NOTIFIER
from benchmarks.limits.folding import limits
from benchmarks.limits.sweep import SetBasedSweep
from benchmarks.peers.contenders import FASTSTREAM, FAUST, QUIX, Peers
from benchmarks.product.chain import Chain
from benchmarks.product.monitor import Monitor, UntaxedMonitor
from benchmarks.product.sweep import IDLE_SWEEP_SECONDS, SWEEP_SECONDS, Sweep


def contenders(servers: Servers, peers: Peers) -> Sequence[Contender]:
    """Return who folds the stream, each once in every repetition."""
    return [*limits(), Monitor(), UntaxedMonitor(), Chain(servers), *peers.whole]


def sweeps(servers: Servers, size: Size) -> Sequence[Subject]:
    """Return who sweeps, each once a repetition: its own books' next day."""
    few, days = size.few_open_items, size.repetitions
    due = few // days // 2
    return [
        Sweep("sweep", servers, open_items=few, due_items=few // days, days=days),
        SetBasedSweep(servers, open_items=few, due_items=few // days, days=days),
        Sweep("sweep, few open", servers, open_items=few, due_items=due, days=days),
        Sweep(
            "sweep, many open", servers, open_items=size.many_open_items, due_items=due, days=days
        ),
    ]


def _faster(name: str, above: str, below: str, bar: float, sentence: str) -> Bar:
    rate = EVENTS_PER_SECOND
    return Bar(name=name, sentence=sentence, above=(above, rate), below=(below, rate), bar=bar)


BARS: Final = (
    _faster("P1", "monitor", "limit 1, same rows", 0.5, "monitor ÷ the same rows without rules"),
    _faster("P2 Faust", "monitor", FAUST, 1.5, "monitor ÷ Faust-streaming"),
    _faster("P2 Quix", "monitor", QUIX, 1.0, "monitor ÷ Quix Streams, exactly once"),
    _faster("P3", "monitor", FASTSTREAM, 20.0, "monitor ÷ FastStream, a commit per event"),
    _faster("P4", "whole chain", "monitor", 0.6, "the whole chain ÷ the monitor alone"),
    Bar(
        name="P5",
        sentence="a sweep that raises for all ÷ one set-based statement",
        above=("sweep", SWEEP_SECONDS),
        below=("limit 3", SWEEP_SECONDS),
        bar=2.0,
        direction="at most",
    ),
    Bar(
        name="P6",
        sentence="a sweep among many open items ÷ among few",
        above=("sweep, many open", SWEEP_SECONDS),
        below=("sweep, few open", SWEEP_SECONDS),
        bar=1.2,
        direction="at most",
    ),
    Bar(
        name="P6 idle",
        sentence="the same with nothing due",
        above=("sweep, many open", IDLE_SWEEP_SECONDS),
        below=("sweep, few open", IDLE_SWEEP_SECONDS),
        bar=1.2,
        direction="at most",
    ),
    Bar(
        name="P8",
        sentence="notifier ÷ a loop on one SMTP connection",
        above=(NOTIFIER, LETTERS_PER_SECOND),
        below=(LOOP, LETTERS_PER_SECOND),
        bar=0.7,
    ),
    _faster("P10", "monitor", "monitor, at least once", 0.75, "exactly once ÷ at least once"),
)
