"""An insurer's clocks day by day: waiting period, insolvency, stop and return of cover."""

from tests.unit.monitor.builders import cover, issued, paid, reversed_
from tests.unit.monitor.debtor_builders import blocked, cover_withdrawn, insolvent
from tests.unit.monitor.invoice_builders import disputed, extended, resolved
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Due on 2026-01-31: reached on 2026-02-10 and, without cover, 2026-03-02.
POLICY = policy(
    level("first", 10, held_by="dispute promise block insolvency"),
    level("claim", 30, "insurance_claim", held_by="dispute"),
)
CLAIM_ALONE = policy(level("claim", 30, "insurance_claim"))
#: Everybody's claim days before everybody's letters.
CLAIM_FIRST = policy(level("claim", 5, "insurance_claim"), level("second", 40))
#: The court's level is reached on 2026-03-07.
AND_COURT = policy(*POLICY.levels, level("court", 35, min_days_after_previous=15))
A = issued("A", "100.00")


@stories(
    Story(
        "the waiting period is longer than the policy's days",
        CLAIM_ALONE,
        {"2026-01-01": [cover(waiting_days=45, mep_days=90), A]},
        "2026-04-01",
        {"2026-03-17": ["A/1 raised claim"]},
    ),
    Story(
        "the policy's days are longer than the waiting period",
        CLAIM_ALONE,
        {"2026-01-01": [cover(waiting_days=15, mep_days=90), A]},
        "2026-04-01",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
    Story(
        "no cover: the policy's days, and a person decides",
        CLAIM_ALONE,
        {"2026-01-01": [A]},
        "2026-04-01",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
    Story(
        "a cover of another currency insures nothing",
        CLAIM_ALONE,
        {"2026-01-01": [cover(waiting_days=45, currency="USD", mep_days=90), A]},
        "2026-04-01",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
    Story(
        "more time for the debtor is none for the insured",
        POLICY,
        {
            "2026-01-01": [cover(waiting_days=20, mep_days=90), A],
            "2026-01-20": [extended("A", "2026-03-31")],
        },
        "2026-04-30",
        {"2026-03-02": ["A/1 raised claim"], "2026-04-10": ["A/1 raised first"]},
    ),
    Story(
        "more time lifts the letter and not the claim",
        POLICY,
        {
            "2026-01-01": [cover(waiting_days=20, mep_days=90), A],
            "2026-03-05": [extended("A", "2026-03-31", agreed_on="2026-03-05")],
        },
        "2026-03-31",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-03-02": ["A/1 raised claim"],
            "2026-03-05": ["A/1 lifted first: terms extended"],
        },
    ),
    Story(
        "without cover more time moves the claim as well",
        POLICY,
        {"2026-01-01": [A], "2026-01-20": [extended("A", "2026-03-31")]},
        "2026-04-30",
        {"2026-04-10": ["A/1 raised first"], "2026-04-30": ["A/1 raised claim"]},
    ),
    Story(
        "a block holds the letter and not the claim",
        POLICY,
        {"2026-01-01": [cover(waiting_days=20, mep_days=90), A, blocked("B")]},
        "2026-04-01",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
    Story(
        "a dispute of all holds a claim that names disputes, of a part it does not",
        policy(level("claim", 30, "insurance_claim", held_by="dispute")),
        {
            "2026-01-01": [A, issued("B", "100.00")],
            "2026-02-01": [disputed("D", "A"), disputed("E", "B", "10.00")],
            "2026-03-10": [resolved("D", "A")],
        },
        "2026-04-01",
        {"2026-03-02": ["B/1 raised claim"], "2026-03-10": ["A/1 raised claim"]},
    ),
    Story(
        "where it names none, a person must judge what is disputed, in time for the insurer",
        CLAIM_ALONE,
        {"2026-01-01": [cover(waiting_days=20), A], "2026-02-01": [disputed("D", "A")]},
        "2026-04-01",
        {"2026-03-02": ["A/1 raised claim"]},
    ),
    Story(
        "insolvency raises the claim for what is disputed too",
        CLAIM_ALONE,
        {"2026-01-01": [cover(), A], "2026-02-01": [disputed("D", "A"), insolvent("2026-02-01")]},
        "2026-02-02",
        {"2026-02-01": ["A/1 raised claim"]},
    ),
    Story(
        "step by step a claim waits for no letter",
        policy(*POLICY.levels, backlog="step"),
        {"2026-03-20": [A]},
        "2026-04-01",
        {"2026-03-20": ["A/1 raised first", "A/1 raised claim"]},
    ),
    Story(
        "a claim that comes first leaves the levels above it",
        CLAIM_FIRST,
        {"2026-01-01": [A]},
        "2026-04-01",
        {"2026-02-05": ["A/1 raised claim"], "2026-03-12": ["A/1 raised second"]},
    ),
    Story(
        "what waits for the level before it does not wait for a claim that is raised",
        AND_COURT,
        {"2026-01-01": [A]},
        "2026-04-30",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-03-02": ["A/1 raised claim"],
            "2026-03-07": ["A/1 raised court"],
        },
    ),
    Story(
        "nor for one that the waiting period keeps back",
        AND_COURT,
        {"2026-01-01": [cover(waiting_days=60, mep_days=90), A]},
        "2026-04-30",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-03-07": ["A/1 raised court"],
            "2026-04-01": ["A/1 raised claim"],
        },
    ),
)
def test_a_claim_comes_on_the_insurers_day(story: Story) -> None:
    check(story)


@stories(
    Story(
        "at once, and what it holds waits",
        POLICY,
        {
            "2026-01-01": [cover(waiting_days=20, mep_days=90), A],
            "2026-02-05": [insolvent("2026-02-05")],
        },
        "2026-03-31",
        {"2026-02-05": ["A/1 raised claim"]},
    ),
    Story(
        "before anything is due",
        CLAIM_ALONE,
        {"2026-01-01": [cover(), A], "2026-01-10": [insolvent("2026-01-10")]},
        "2026-01-31",
        {"2026-01-10": ["A/1 raised claim"]},
    ),
    Story(
        "without cover as well",
        CLAIM_ALONE,
        {"2026-01-01": [A], "2026-01-10": [insolvent("2026-01-10")]},
        "2026-01-31",
        {"2026-01-10": ["A/1 raised claim"]},
    ),
    Story(
        "an invoice of later is claimed on the day it comes",
        CLAIM_ALONE,
        {"2026-01-01": [cover()], "2026-01-02": [insolvent("2026-01-02")], "2026-01-15": [A]},
        "2026-01-31",
        {"2026-01-15": ["A/1 raised claim"]},
    ),
    Story(
        "an invoice that is told ahead is claimed on the day it is issued",
        CLAIM_ALONE,
        {
            "2026-01-01": [cover()],
            "2026-01-02": [insolvent("2026-01-02")],
            "2026-01-05": [issued("A", "100.00", on="2026-01-15")],
        },
        "2026-01-31",
        {"2026-01-15": ["A/1 raised claim"]},
    ),
    Story(
        "filed for a day to come",
        CLAIM_ALONE,
        {"2026-01-01": [A, insolvent("2026-01-20")]},
        "2026-01-31",
        {"2026-01-20": ["A/1 raised claim"]},
    ),
)
def test_insolvency_raises_the_claim(story: Story) -> None:
    check(story)


#: The maximum extension period ends on 2026-03-02.
COVERED = [cover(mep_days=30)]
PAID = [paid("P", "100.00", ("A", "100.00"), on="2026-03-10")]
QUIET = policy(level("late", 300))


@stories(
    Story(
        "stops on the day after, and is back once the item is paid",
        QUIET,
        {"2026-01-01": [*COVERED, A], "2026-03-10": PAID},
        "2026-03-31",
        {"2026-03-03": ["cover TC-1 stopped after 2026-03-02"], "2026-03-10": ["cover TC-1 back"]},
    ),
    Story(
        "is there to the end of the last day, however often that is looked at",
        QUIET,
        {
            "2026-01-01": [*COVERED, A],
            "2026-03-02": [
                paid("P", "1.00", ("A", "1.00"), on="2026-03-02"),
                cover("TC-2", currency="USD"),
            ],
        },
        "2026-03-31",
        {"2026-03-03": ["cover TC-1 stopped after 2026-03-02"]},
    ),
    Story(
        "stops again after a bounce",
        QUIET,
        {
            "2026-01-01": [*COVERED, A],
            "2026-03-10": PAID,
            "2026-03-15": [reversed_("R", "P", on="2026-03-15")],
        },
        "2026-03-31",
        {
            "2026-03-03": ["cover TC-1 stopped after 2026-03-02"],
            "2026-03-10": ["cover TC-1 back"],
            "2026-03-15": ["cover TC-1 stopped after 2026-03-02"],
        },
    ),
    Story(
        "counts from the invoice's own date where the cover says so",
        QUIET,
        {"2026-01-01": [cover(mep_days=30, mep_from="invoice"), A]},
        "2026-03-31",
        {"2026-02-01": ["cover TC-1 stopped after 2026-01-31"]},
    ),
    Story(
        "goes by the oldest item: what is left of it keeps cover stopped",
        QUIET,
        {
            "2026-01-01": [*COVERED, A, issued("B", ("2026-02-02", "50.00"))],
            "2026-03-10": PAID,
        },
        "2026-03-31",
        {"2026-03-03": ["cover TC-1 stopped after 2026-03-02"]},
    ),
    Story(
        "is not put off by more time for the debtor, nor by a dispute",
        QUIET,
        {
            "2026-01-01": [*COVERED, A],
            "2026-01-20": [extended("A", "2026-06-30"), disputed("D", "A")],
        },
        "2026-03-31",
        {"2026-03-03": ["cover TC-1 stopped after 2026-03-02"]},
    ),
    Story(
        "is of the cover that insures the item, withdrawn since or not",
        QUIET,
        {"2026-01-01": [*COVERED, A], "2026-02-10": [cover_withdrawn(on="2026-02-10")]},
        "2026-03-31",
        {"2026-03-03": ["cover TC-1 stopped after 2026-03-02"]},
    ),
    Story(
        "is never stopped by what it does not insure",
        QUIET,
        {"2026-01-01": [cover(mep_days=30, valid_from=A.due_on), A]},
        "2026-03-31",
        {},
    ),
)
def test_cover_for_new_deliveries(story: Story) -> None:
    """Coface and Atradius, general terms: automatic stop at the maximum extension period."""
    check(story)
