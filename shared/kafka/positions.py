"""Where to read a partition on, by what the topic, the database and Kafka's group say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Begin:
    """Read from this offset on."""

    offset: int
    #: Where what was done before ends, when the database knows nothing of that any more.
    repeated_until: int | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Records that nobody has read are gone: nothing is read until a person decides."""

    #: Where the partition was to be read next.
    position: int
    reason: str


def begin_at(
    topic: str, partition: int, *, first: int, end: int, kept: int | None, committed: int | None
) -> Begin | Lost:
    """Return where to read a partition that has the records from `first` to before `end`.

    `kept` is the position that the database has, `committed` the group's in Kafka, which follows
    it. The earlier one counts: a repeat does no harm. Kafka's may be set back on purpose.
    """
    position = committed if kept is None else kept
    if position is None:
        return Begin(first)
    if position < first:
        return Lost(
            position,
            f"{topic} partition {partition} begins at offset {first}, but {position} is to be read "
            f"next: the records between are gone; restore the topic, or go on without them: "
            f"{go_on(topic, partition, first)}",
        )
    if position > end:
        return Lost(
            position,
            f"{topic} partition {partition} ends at offset {end}, but the records before "
            f"{position} were read: the topic was lost or made anew; restore it, or read the new "
            f"one: {go_on(topic, partition, first)}",
        )
    if committed is None:
        # Kafka forgets groups that are away for long, and those of a topic that is made anew.
        return Begin(first)
    if committed > end or committed < first:
        return Begin(position)
    return Begin(min(position, committed), committed if committed > position else None)


def go_on(topic: str, partition: int, offset: int) -> str:
    """Return the command that has a stopped partition read from an offset."""
    return f"arrears partition resume {partition} --topic {topic} --from {offset} --as NAME"


def read_again(what: str) -> str:
    """Return what the health page says while a restored database reads again."""
    return f"the database is older than Kafka, it was restored; reads again {what}"
