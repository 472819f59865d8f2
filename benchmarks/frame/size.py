"""How much of everything a run measures."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Size:
    """Repetitions and amounts."""

    repetitions: int
    events: int
    #: Events after which the time begins.
    warm_up_events: int
    #: Open items of the books that sweeps are measured on.
    few_open_items: int
    many_open_items: int
    #: For contenders that would take minutes over the whole stream.
    short_events: int
    #: Items that the peers which raise go over.
    due_items: int
    letters: int


FULL: Final = Size(
    repetitions=5,
    events=40_000,
    warm_up_events=6_000,
    few_open_items=100_000,
    many_open_items=1_000_000,
    short_events=2_000,
    due_items=2_000,
    letters=200,
)
#: For the checks alone: every contender gives the same balances. The ratios say little.
QUICK: Final = Size(
    repetitions=1,
    events=20_000,
    warm_up_events=2_000,
    few_open_items=2_000,
    many_open_items=4_000,
    short_events=500,
    due_items=200,
    letters=40,
)
