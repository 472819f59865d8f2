"""Groups: firms that belong together, one of which may pull the others into its default."""

from dataclasses import dataclass
from random import Random
from typing import Final

#: In every so many customers there is one group.
GROUP_EVERY: Final = 25
MEMBERS: Final = (2, 4)
#: In how many groups one member stops paying.
FAILING_SHARE: Final = 0.6


@dataclass(frozen=True, kw_only=True)
class Group:
    """Numbers of customers under one roof; `failing` is the one that stops paying."""

    group_id: str
    members: frozenset[int]
    failing: int | None


def group_near(number: int, seed: int) -> Group:
    """Return the group among the customers around a number, whether it is a member or not.

    It follows from the seed and the number alone, so that more customers change no other.
    """
    block = (number - 1) // GROUP_EVERY
    random = Random(f"{seed}/group/{block}")  # noqa: S311  (a story, no secret)
    first = block * GROUP_EVERY + 1
    members = random.sample(range(first, first + GROUP_EVERY), k=random.randint(*MEMBERS))
    failing = members[0] if random.random() < FAILING_SHARE else None
    return Group(group_id=f"G-{block + 1:03d}", members=frozenset(members), failing=failing)
