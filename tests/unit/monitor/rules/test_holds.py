"""What pauses a level, and what is said of it: once when it is held, once when it goes on."""

from tests.unit.monitor.builders import issued, paid
from tests.unit.monitor.debtor_builders import blocked, enforced, insolvent, promised, unblocked
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.policies import HELD, level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: Reached on 2026-02-10 and 2026-02-20.
TEN_AND_TWENTY = (
    level("first", 10, held_by="dispute promise block"),
    level("second", 20, held_by="dispute promise block"),
)
HIGHEST = policy(*TEN_AND_TWENTY)
STEP = policy(*TEN_AND_TWENTY, backlog="step")
#: The first is held by what does not hold the second.
UNEVEN = (level("first", 10, held_by="block"), level("second", 20))
A = {"2026-01-01": [issued("A", "100.00")]}
TWO = {"2026-01-01": [issued("A", "100.00"), issued("B", "100.00")]}


@stories(
    Story(
        "a dispute of all, to its resolution",
        HIGHEST,
        A | {"2026-02-05": [disputed("D", "A")], "2026-02-12": [resolved("D", "A")]},
        "2026-02-21",
        {"2026-02-12": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
    Story(
        "a dispute of a part holds nothing of the rest",
        HIGHEST,
        A | {"2026-02-05": [disputed("D", "A", "99.99")]},
        "2026-02-15",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "two disputes that make up the whole hold it, to the end of one",
        HIGHEST,
        A
        | {
            "2026-02-05": [disputed("D", "A", "40.00"), disputed("E", "A", "60.00")],
            "2026-02-14": [resolved("E", "A")],
        },
        "2026-02-15",
        {"2026-02-14": ["A/1 raised first"]},
    ),
    Story(
        "a dispute that is accepted holds until its credit has come",
        HIGHEST,
        A | {"2026-02-05": [disputed("D", "A")], "2026-02-12": [resolved("D", "A", "accepted")]},
        "2026-03-31",
        {},
    ),
    Story(
        "a part that is paid leaves only what is disputed",
        HIGHEST,
        A
        | {
            "2026-02-05": [disputed("D", "A", "40.00")],
            "2026-02-12": [paid("P", "60.00", ("A", "60.00"), on="2026-02-12")],
        },
        "2026-03-31",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by dispute"],
        },
    ),
    Story(
        "a promise, to the end of its day",
        HIGHEST,
        A | {"2026-02-05": [promised("P", by="2026-02-12")]},
        "2026-02-15",
        {"2026-02-13": ["A/1 raised first", "promise P broken"]},
    ),
    Story(
        "a promise for another invoice",
        HIGHEST,
        TWO | {"2026-02-05": [promised("P", None, "B", by="2026-02-12")]},
        "2026-02-15",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-13": ["B/1 raised first", "promise P broken"],
        },
    ),
    Story(
        "a block, to the end of its last day",
        HIGHEST,
        A | {"2026-02-05": [blocked("B", until="2026-02-11")]},
        "2026-02-15",
        {"2026-02-12": ["A/1 raised first"]},
    ),
    Story(
        "a block without an end, until it is lifted",
        HIGHEST,
        A | {"2026-02-05": [blocked("B")], "2026-02-25": [unblocked("B")]},
        "2026-03-31",
        {"2026-02-25": ["A/1 raised second over first"]},
    ),
    Story(
        "a block of one invoice",
        HIGHEST,
        TWO | {"2026-02-05": [blocked("B", "B")]},
        "2026-02-15",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "of several holds the last one",
        HIGHEST,
        A
        | {
            "2026-02-05": [
                promised("P", by="2026-02-11"),
                blocked("B", until="2026-02-14"),
                blocked("C", until="2026-02-12"),
            ]
        },
        "2026-02-16",
        {"2026-02-12": ["promise P broken"], "2026-02-15": ["A/1 raised first"]},
    ),
    Story(
        "enforcement off holds what nothing else can, and has no end of its own",
        policy(level("first", 10)),
        A
        | {
            "2026-02-05": [enforced(is_on=False)],
            "2026-02-25": [enforced(is_on=True, on="2026-02-25")],
        },
        "2026-03-31",
        {"2026-02-25": ["A/1 raised first"]},
    ),
    Story(
        "insolvency where the policy says so",
        policy(level("first", 10, held_by="insolvency"), level("second", 20)),
        A | {"2026-02-05": [insolvent("2026-02-05")]},
        "2026-03-31",
        {"2026-02-20": ["A/1 raised second over first"]},
    ),
    Story(
        "insolvency that is filed for a day to come, from that day on",
        policy(*(level(name, days, held_by="insolvency") for name, days in (("a", 10), ("b", 20)))),
        A | {"2026-02-05": [insolvent("2026-02-12")]},
        "2026-03-31",
        {"2026-02-10": ["A/1 raised a"], "2026-02-12": ["A/1 held a by insolvency"]},
    ),
    Story(
        "nothing holds a level that names nothing",
        policy(level("first", 10)),
        A | {"2026-02-05": [promised("P"), blocked("B"), insolvent()]},
        "2026-02-15",
        {"2026-02-10": ["A/1 raised first"]},
    ),
)
def test_a_level_is_not_raised_while_something_holds_it(story: Story) -> None:
    check(story)


@stories(
    Story(
        "a block without an end",
        HIGHEST,
        A | {"2026-02-12": [blocked("B")], "2026-02-14": [unblocked("B")]},
        "2026-02-15",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by block B"],
            "2026-02-14": ["A/1 resumed first"],
        },
    ),
    Story(
        "a promise goes on by itself after its day",
        HIGHEST,
        A | {"2026-02-12": [promised("P", by="2026-02-14")]},
        "2026-02-16",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by promise P to 2026-02-14"],
            "2026-02-15": ["A/1 resumed first", "promise P broken"],
        },
    ),
    Story(
        "a block that is said ahead, from its day to the day it is lifted, said ahead as well",
        HIGHEST,
        A
        | {
            "2026-02-11": [blocked("B", on="2026-02-13")],
            "2026-02-12": [unblocked("B", on="2026-02-16")],
        },
        "2026-02-17",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-13": ["A/1 held first by block B to 2026-02-15"],
            "2026-02-16": ["A/1 resumed first"],
        },
    ),
    Story(
        "a switch that is said ahead, and back",
        HIGHEST,
        A
        | {
            "2026-02-11": [
                enforced(is_on=True, on="2026-02-16"),
                enforced(is_on=False, on="2026-02-13"),
            ]
        },
        "2026-02-17",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-13": ["A/1 held first by enforcement to 2026-02-15"],
            "2026-02-16": ["A/1 resumed first"],
        },
    ),
    Story(
        "a longer hold takes over and says so; a shorter one says nothing",
        HIGHEST,
        A
        | {
            "2026-02-12": [blocked("B", until="2026-02-14")],
            "2026-02-13": [blocked("C", until="2026-02-13"), blocked("D", until="2026-02-16")],
        },
        "2026-02-18",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by block B to 2026-02-14"],
            "2026-02-13": ["A/1 held first by block D to 2026-02-16"],
            "2026-02-17": ["A/1 resumed first"],
        },
    ),
    Story(
        "every level that stands is held, and what is reached meanwhile is raised afterwards",
        HIGHEST,
        A | {"2026-02-21": [blocked("B", until="2026-02-22")]},
        "2026-02-24",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-20": ["A/1 raised second"],
            "2026-02-21": ["A/1 held first by block B to 2026-02-22",
                           "A/1 held second by block B to 2026-02-22"],
            "2026-02-23": ["A/1 resumed first", "A/1 resumed second"],
        },
    ),
    Story(
        "what is paid while held is lifted and not resumed",
        HIGHEST,
        A
        | {
            "2026-02-12": [blocked("B", until="2026-02-14")],
            "2026-02-13": [paid("P", "100.00", ("A", "100.00"), on="2026-02-13")],
        },
        "2026-02-20",
        {
            "2026-02-10": ["A/1 raised first"],
            "2026-02-12": ["A/1 held first by block B to 2026-02-14"],
            "2026-02-13": ["A/1 lifted first: paid"],
        },
    ),
    Story(
        "a claim of the default policy is held by a dispute and by nothing else",
        HELD,
        A
        | {
            "2026-04-02": [blocked("B", until="2026-04-04")],
            "2026-04-06": [disputed("D", "A", on="2026-04-06")],
        },
        "2026-04-06",
        {
            "2026-02-15": ["A/1 raised dunning"],
            "2026-03-02": ["A/1 raised legal"],
            "2026-04-01": ["A/1 raised insurance_claim"],
            "2026-04-02": ["A/1 held dunning by block B to 2026-04-04",
                           "A/1 held legal by block B to 2026-04-04"],
            "2026-04-05": ["A/1 resumed dunning", "A/1 resumed legal"],
            "2026-04-06": ["A/1 held dunning by dispute", "A/1 held legal by dispute",
                           "A/1 held insurance_claim by dispute"],
        },
    ),
)  # fmt: skip
def test_what_stands_raised_is_held_and_goes_on(story: Story) -> None:
    check(story)


@stories(
    Story(
        "highest",
        HIGHEST,
        A | {"2026-02-05": [blocked("B", until="2026-02-22")]},
        "2026-03-01",
        {"2026-02-23": ["A/1 raised second over first"]},
    ),
    Story(
        "step",
        STEP,
        A | {"2026-02-05": [blocked("B", until="2026-02-22")]},
        "2026-03-01",
        {"2026-02-23": ["A/1 raised first"], "2026-02-24": ["A/1 raised second"]},
    ),
    *(
        Story(
            f"{backlog}: a held level is passed over by one that is not held",
            policy(*UNEVEN, backlog=backlog),
            A | {"2026-02-05": [blocked("B", until="2026-02-25")]},
            "2026-03-01",
            {"2026-02-20": ["A/1 raised second over first"]},
        )
        for backlog in ("highest", "step")
    ),
    Story(
        "a claim passes over nothing that is held",
        HELD,
        A | {"2026-02-05": [blocked("B", until="2026-04-10")]},
        "2026-04-12",
        {
            "2026-04-01": ["A/1 raised insurance_claim"],
            "2026-04-11": ["A/1 raised legal over dunning"],
        },
    ),
)
def test_what_was_reached_while_held_is_raised_as_the_backlog_says(story: Story) -> None:
    check(story)
