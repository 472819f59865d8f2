"""What a dispute does to the clock of the levels it held, once it is resolved."""

import pytest

from services.monitor.domain.policy.policy import RESTART
from shared.business_calendar import BusinessCalendar
from shared.contracts.fields import Inbound
from tests.unit.monitor.builders import cover, issued, paid, reversed_
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

LEVELS = (
    level("first", 10, held_by="dispute"),
    level("second", 20),
    level("claim", 30, "insurance_claim", held_by="dispute"),
)
CONTINUE = policy(*LEVELS)
GIVES_BACK = policy(*LEVELS, on_resolution=RESTART)
#: Due on Friday, 2026-01-30, in a calendar of weekends.
FRIDAY = {"2026-01-01": [issued("A", ("2026-01-30", "100.00"))]}
WEEKENDS = BusinessCalendar(())
A = {"2026-01-01": [issued("A", "100.00")]}


def dispute(
    first: str, end: str, name: str = "D", amount: str | None = None
) -> dict[str, list[Inbound]]:
    """A dispute of A from one day to another."""
    return {
        first: [disputed(name, "A", amount, on=first)],
        end: [resolved(name, "A", on=end)],
    }


@stories(
    Story(
        "continue counts on from the due date",
        CONTINUE,
        A | dispute("2026-02-05", "2026-02-14"),
        "2026-02-19",
        {"2026-02-14": ["A/1 raised first"]},
    ),
    Story(
        "restart gives the nine days back to the level that was held",
        GIVES_BACK,
        A | dispute("2026-02-05", "2026-02-14"),
        "2026-03-01",
        {"2026-02-19": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
    Story(
        "a dispute that began before the due date counts from it",
        GIVES_BACK,
        A | dispute("2026-01-20", "2026-02-04"),
        "2026-02-19",
        {"2026-02-14": ["A/1 raised first"]},
    ),
    Story(
        "a dispute that was over by the due date gives nothing back",
        GIVES_BACK,
        A | dispute("2026-01-10", "2026-01-31"),
        "2026-02-19",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "two disputes that overlap count their days once",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-06") | dispute("2026-02-04", "2026-02-08", "E"),
        "2026-02-19",
        {"2026-02-16": ["A/1 raised first"]},
    ),
    Story(
        "two disputes apart count both",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-04") | dispute("2026-02-06", "2026-02-09", "E"),
        "2026-02-19",
        {"2026-02-15": ["A/1 raised first"]},
    ),
    Story(
        "what stands raised stays where it is",
        GIVES_BACK,
        A | dispute("2026-02-12", "2026-02-15"),
        "2026-02-19",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by dispute"],
            "2026-02-15": ["A/1 resumed first"],
        },
    ),
    Story(
        "a part in dispute is no time for the rest",
        GIVES_BACK,
        A | {"2026-02-05": [disputed("D", "A", "1.00", on="2026-02-05")]},
        "2026-02-19",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "and gives none back when it comes to nothing",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-09", amount="1.00"),
        "2026-02-21",
        {"2026-02-10": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
    Story(
        "the days count from the payment of the rest on: five of seven",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-09", amount="40.00")
        | {"2026-02-04": [paid("P", "60.00", ("A", "60.00"), on="2026-02-04")]},
        "2026-02-19",
        {"2026-02-15": ["A/1 raised first"]},
    ),
    Story(
        "and to the day on which the payment has left again: three of seven",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-09", amount="40.00")
        | {
            "2026-02-04": [paid("P", "60.00", ("A", "60.00"), on="2026-02-04")],
            "2026-02-07": [reversed_("R", "P", reason="refund", on="2026-02-07")],
        },
        "2026-02-19",
        {"2026-02-13": ["A/1 raised first"]},
    ),
    Story(
        "two disputes of parts that are all of it together",
        GIVES_BACK,
        A | dispute("2026-02-02", "2026-02-08", amount="60.00")
        | {"2026-02-04": [disputed("E", "A", "40.00", on="2026-02-04")],
           "2026-02-09": [resolved("E", "A", on="2026-02-09")]},
        "2026-02-19",
        {"2026-02-14": ["A/1 raised first"]},
    ),
    Story(
        "business days are given back as such: Thursday, Friday and Monday",
        policy(level("first", 5, held_by="dispute"), on_resolution=RESTART, days="business",
               calendar=WEEKENDS),
        FRIDAY | dispute("2026-02-05", "2026-02-10"),
        "2026-02-19",
        {"2026-02-11": ["A/1 raised first"]},
    ),
    Story(
        "a weekend's dispute takes no business day",
        policy(level("first", 5, held_by="dispute"), on_resolution=RESTART, days="business",
               calendar=WEEKENDS),
        FRIDAY | dispute("2026-01-31", "2026-02-02"),
        "2026-02-19",
        {"2026-02-06": ["A/1 raised first"]},
    ),
    Story(
        "days given back end on a business day where the level keeps to them",
        policy(level("first", 7, held_by="dispute", on_holiday="following"),
               on_resolution=RESTART, calendar=WEEKENDS),
        FRIDAY | dispute("2026-02-02", "2026-02-03"),
        "2026-02-19",
        {"2026-02-09": ["A/1 raised first"]},
    ),
    Story(
        "an insurer's clock gets nothing back",
        policy(LEVELS[2], on_resolution=RESTART),
        {"2026-01-01": [cover(waiting_days=30), issued("A", "100.00")]}
        | dispute("2026-02-05", "2026-02-14"),
        "2026-03-10",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
)  # fmt: skip
def test_the_clock_goes_on_as_the_policy_says(story: Story) -> None:
    check(story)


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn"])
def test_a_dispute_that_comes_to_nothing_ends_its_hold(outcome: str) -> None:
    events = A | {
        "2026-02-05": [disputed("D", "A", on="2026-02-05")],
        "2026-02-14": [resolved("D", "A", outcome, on="2026-02-14")],
    }
    check(Story(outcome, CONTINUE, events, "2026-02-19", {"2026-02-14": ["A/1 raised first"]}))
