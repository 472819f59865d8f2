"""What becomes of an item's levels, in words: reached when, held until when, raised when."""

from collections.abc import Iterator
from typing import Final

from cli.api.client import Row

RAISED: Final = "raised"
PASSED_OVER: Final = "passed_over"
OVER: Final = "over"


def prospect(one: Row, today: str) -> Row:
    """Return a level to come as a row: the day it is raised on, if any, and how that comes."""
    raised_on = one["becomes_on"] if one["becomes"] == RAISED else None
    return {**one, "raised_on": raised_on, "how": "; ".join(_how(one, today))}


def _how(one: Row, today: str) -> Iterator[str]:
    yield from _reached(one)
    yield from map(_delayed, one["delays"])
    yield from _ends(one, today)
    if one["until"] and one["becomes"] != OVER:
        yield f"makes no sense after {one['until']}"


def _ends(one: Row, today: str) -> Iterator[str]:
    """Say what becomes of a level in the end; one that waits for an event is told by its delays."""
    on = one["becomes_on"]
    if one["becomes"] == RAISED:
        when = "at the next look" if on <= today else "that day" if on == one["on"] else f"on {on}"
        yield f"then raised {when}" if one["delays"] else f"raised {when}"
    elif one["becomes"] == PASSED_OVER:
        yield f"passed over by {one['by']} on {on}" if one["by"] else f"passed over on {on}"
    elif one["becomes"] == OVER:
        yield f"its time is over {'since' if on <= today else 'on'} {on}"


def _reached(one: Row) -> Iterator[str]:
    if one["clock_stands"]:
        yield f"its clock stands still: on {one['on']} at the earliest, if the dispute ended today"
    elif one["follows"]:
        yield f"the level before it comes first: on {one['on']} at the earliest"
    elif one["becomes"] == OVER and one["until"] and one["on"] > one["until"]:
        yield "is not reached in its time"
    else:
        by = ", by the default of others of the group" if one["cross_default"] else ""
        yield f"reached on {one['on']}{by}"


def _delayed(delay: Row) -> str:
    """Say what keeps a level back, since when and until when."""
    text = str(delay["because"])
    if delay["since"]:
        text += f" since {delay['since']}"
        text += f" to the end of {delay['until']}" if delay["until"] else ", until an event ends it"
    return text
