"""What an invariant is: a claim in words, and the statement that gives what contradicts it."""

from dataclasses import dataclass
from typing import Final

#: A range's worth of contradictions that a statement gives at the most.
ROWS_MAX: Final = 101


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold of what is stored."""

    name: str
    #: What should hold, in a sentence.
    claim: str
    #: Gives a row for each contradiction; $1 is the partition. By account, $2 and $3 are the
    #: account ids after and up to which it looks; with `takes_now`, the next is the instant.
    statement: str
    takes_now: bool = False
