"""The rows of the matrix about what is lost, what piles up, and clocks."""

from datetime import date
from typing import Final

from shared.contracts.catalogue import ESCALATIONS, INVOICES, LEDGER
from tests.faults.striking import backlogs, clocks, losses, poisons, restores
from tests.faults.striking.course import Fault

#: Beyond the ten seconds after which a group gives a silent member's work to another.
COORDINATOR_SECONDS: Final = 6.0
MILLION: Final = 1_000_000
GREAT_SECONDS_MAX: Final = 2_400.0
SUMMER_TIME: Final = (date(2026, 3, 29), date(2026, 10, 25))
TURNS: Final = (date(2026, 3, 31), date(2026, 4, 30), date(2028, 2, 29), date(2028, 3, 1))


def losing() -> list[Fault]:
    """Return the faults of a broker that loses what it had."""
    row = "broker loses records"
    found = [
        Fault(
            row,
            f"{topic} truncated{' under a frozen reader' if is_frozen else ''}",
            losses.truncated(topic, is_frozen=is_frozen),
            order_may_be_broken=topic != INVOICES,
            ends_generation=True,
            is_short=topic == INVOICES or not is_frozen,
        )
        for topic in (INVOICES, LEDGER, ESCALATIONS)
        for is_frozen in (False, True)
    ]
    found += [
        Fault(
            row,
            f"{topic} made anew",
            losses.made_anew(topic),
            order_may_be_broken=True,
            ends_generation=True,
            is_short=False,
        )
        for topic in (LEDGER, ESCALATIONS)
    ]
    return found


def restoring() -> list[Fault]:
    """Return the faults of a database that is older than Kafka, or can hold no more."""
    return [
        Fault(
            "database restored from a backup",
            "an old backup restored",
            restores.restored(),
            order_may_be_broken=True,
            ends_generation=True,
        ),
        Fault("database's disk full", "disk full", restores.disk_full(), ends_generation=True),
    ]


def piling_up() -> list[Fault]:
    """Return the faults of backlogs and of a slow coordinator."""
    return [
        Fault("relay behind", "an outbox that nobody has emptied", backlogs.relay_behind(20_000)),
        *(
            Fault(
                "Kafka's coordinator slow",
                f"{kind}'s coordinator slow",
                backlogs.coordinator_slow(kind, COORDINATOR_SECONDS),
                letters_may_be_late=kind == "notifier",
                is_short=kind == "monitor",
                holds=(kind, "kafka", "postgres"),
            )
            for kind in ("ingest", "monitor", "notifier")
        ),
    ]


def poisoning() -> list[Fault]:
    """Return the faults of many bad events."""
    return [Fault("poison", "a flood of bad events", poisons.flood(5_000), ends_generation=True)]


def great() -> list[Fault]:
    """Return the faults that take many minutes: a long campaign has each once."""
    return [
        Fault(
            "poison",
            "a million bad events",
            poisons.flood(MILLION),
            ends_generation=True,
            is_short=False,
            strike_seconds_max=GREAT_SECONDS_MAX,
        ),
        Fault(
            "relay behind",
            "a million facts in an outbox that nobody has emptied",
            backlogs.relay_behind(MILLION),
            ends_generation=True,
            is_short=False,
            strike_seconds_max=GREAT_SECONDS_MAX,
        ),
    ]


def clocks_wrong() -> list[Fault]:
    """Return the faults of clocks and calendars."""
    row = "clocks"
    return [
        Fault(row, "clocks step back an hour", clocks.steps(-3600), ends_generation=True),
        Fault(row, "clocks step on an hour", clocks.steps(3600), ends_generation=True),
        *(
            Fault(
                row,
                f"{kind}'s clock {minutes:+d} minutes off",
                clocks.skewed(kind, minutes),
                ends_generation=True,
                is_short=kind == "monitor",
            )
            for kind in ("monitor", "notifier")
            for minutes in (-5, 5)
        ),
        Fault(
            row,
            "summer time begins and ends",
            clocks.turning(SUMMER_TIME),
            ends_generation=True,
            is_short=False,
        ),
        Fault(
            row,
            "months end, and a leap day",
            clocks.turning(TURNS),
            ends_generation=True,
            is_short=False,
        ),
    ]
