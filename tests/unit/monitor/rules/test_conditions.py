"""What must hold beside age: enough that is open, enough items that are overdue; by item, account.

SAP dunning has both: "minimum amounts" of a dunning level, and days in arrears of an account.
"""

from services.monitor.domain.policy.policy import Conditions
from tests.unit.monitor.builders import DUE_ON, credited, issued, paid, reversed_
from tests.unit.monitor.invoice_builders import disputed, resolved
from tests.unit.monitor.policies import level, policy
from tests.unit.monitor.rules.world import Story, check, stories

#: In minor units: 100.00 EUR.
HUNDRED = {"EUR": 10000}
TEN_AND_TWENTY = (level("first", 10), level("second", 20))
ONE_AFTER_ANOTHER = (level("first", 10), level("second", 20, min_days_after_previous=5))
BY_ITEM = policy(*TEN_AND_TWENTY, minimum=HUNDRED)
BY_ACCOUNT = policy(*TEN_AND_TWENTY, minimum=HUNDRED, minimum_scope="account")
TWO_ITEMS = policy(*TEN_AND_TWENTY, minimum_items=2)
#: Due on 2026-01-31 and on 2026-02-15.
A_60 = issued("A", "60.00")
B_60 = issued("B", ("2026-02-15", "60.00"))


@stories(
    Story("under it by a cent", BY_ITEM, {"2026-01-01": [issued("A", "99.99")]}, "2026-03-01", {}),
    Story(
        "at it to the cent",
        BY_ITEM,
        {"2026-01-01": [issued("A", "100.00")]},
        "2026-02-15",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "paid down under it, what stands is not lifted",
        BY_ITEM,
        {
            "2026-01-01": [issued("A", "100.00")],
            "2026-02-12": [paid("P", "50.00", ("A", "50.00"), on="2026-02-12")],
        },
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "a bounce brings it back over it",
        BY_ITEM,
        {
            "2026-01-01": [issued("A", "100.00"), paid("P", "50.00", ("A", "50.00"))],
            "2026-02-12": [reversed_("R", "P", on="2026-02-12")],
        },
        "2026-02-15",
        {"2026-02-12": ["A/1 raised first"]},
    ),
    Story(
        "the disputed part is not counted, until it is resolved",
        BY_ITEM,
        {
            "2026-01-01": [issued("A", "100.00")],
            "2026-02-01": [disputed("D", "A", "0.01")],
            "2026-02-18": [resolved("D", "A", on="2026-02-18")],
        },
        "2026-02-25",
        {"2026-02-18": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
    Story(
        "a currency without a minimum has none",
        BY_ITEM,
        {"2026-01-01": [issued("A", "0.01", currency="USD")]},
        "2026-02-15",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "each level has its own",
        policy(level("first", 10), level("second", 20, conditions=Conditions(HUNDRED))),
        {"2026-01-01": [A_60]},
        "2026-03-01",
        {"2026-02-10": ["A/1 raised first"]},
    ),
    Story(
        "a level short of its own is passed over by one that is not",
        policy(level("first", 10, conditions=Conditions(HUNDRED)), level("second", 20)),
        {"2026-01-01": [A_60]},
        "2026-03-01",
        {"2026-02-20": ["A/1 raised second over first"]},
    ),
    Story(
        "one that waits for the level before it does not wait for a level short of its own",
        policy(
            level("first", 10, conditions=Conditions(HUNDRED)),
            level("second", 20, min_days_after_previous=5),
        ),
        {"2026-01-01": [A_60]},
        "2026-03-01",
        {"2026-02-20": ["A/1 raised second over first"]},
    ),
    Story(
        "it waits for the one before that",
        policy(
            level("first", 10),
            level("second", 20, conditions=Conditions(HUNDRED), min_days_after_previous=5),
            level("third", 30, min_days_after_previous=25),
        ),
        {"2026-01-01": [A_60]},
        "2026-04-01",
        {"2026-02-10": ["A/1 raised first"], "2026-03-07": ["A/1 raised third over second"]},
    ),
    Story(
        "and for the level itself once that has what it needs",
        policy(
            level("first", 10, conditions=Conditions(HUNDRED)),
            level("second", 20, min_days_after_previous=5),
        ),
        {
            "2026-01-01": [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00"))],
            "2026-02-18": [reversed_("R", "P", on="2026-02-18")],
        },
        "2026-03-01",
        {"2026-02-18": ["A/1 raised first"], "2026-02-23": ["A/1 raised second"]},
    ),
    Story(
        "all that are short of one minimum wait for it, and then in their order",
        policy(*ONE_AFTER_ANOTHER, minimum=HUNDRED),
        {
            "2026-01-01": [issued("A", "100.00"), paid("P", "40.00", ("A", "40.00"))],
            "2026-02-25": [reversed_("R", "P", on="2026-02-25")],
        },
        "2026-03-10",
        {"2026-02-25": ["A/1 raised first"], "2026-03-02": ["A/1 raised second"]},
    ),
    Story("two small items by item", BY_ITEM, {"2026-01-01": [A_60, B_60]}, "2026-03-31", {}),
    Story(
        "two small items by account, from the day after the second is due",
        BY_ACCOUNT,
        {"2026-01-01": [A_60, B_60]},
        "2026-03-01",
        {
            "2026-02-16": ["A/1 raised first"],
            "2026-02-20": ["A/1 raised second"],
            "2026-02-25": ["B/1 raised first"],
        },
    ),
    Story(
        "another currency is no part of it",
        BY_ACCOUNT,
        {"2026-01-01": [A_60, issued("B", "60.00", currency="USD")]},
        "2026-02-15",
        {"2026-02-10": ["B/1 raised first"]},
    ),
    Story(
        "what is disputed of another item is no part of it",
        BY_ACCOUNT,
        {
            "2026-01-01": [A_60, issued("B", "60.00")],
            "2026-02-01": [disputed("D", "B")],
            "2026-02-14": [resolved("D", "B", on="2026-02-14")],
        },
        "2026-02-15",
        {"2026-02-14": ["A/1 raised first", "B/1 raised first"]},
    ),
    Story(
        "a new invoice that is due already brings the account over it at once",
        BY_ACCOUNT,
        {"2026-01-01": [A_60], "2026-02-14": [issued("B", "60.00")]},
        "2026-02-15",
        {"2026-02-14": ["A/1 raised first", "B/1 raised first"]},
    ),
    Story(
        "a credit takes the account under it before the day",
        BY_ACCOUNT,
        {"2026-01-01": [A_60, issued("B", "60.00"), credited("N", "20.01", "B")]},
        "2026-02-15",
        {},
    ),
    Story(
        "a letter on the due date counts the item itself among the account's",
        policy(level("due", 0), minimum=HUNDRED, minimum_scope="account"),
        {"2026-01-01": [A_60, B_60, issued("C", (DUE_ON, "40.00"))]},
        "2026-02-20",
        {
            "2026-02-01": ["A/1 raised due", "C/1 raised due"],
            "2026-02-15": ["B/1 raised due"],
        },
    ),
    Story(
        "a letter on the due date of the only item",
        policy(level("due", 0), minimum=HUNDRED, minimum_scope="account"),
        {"2026-01-01": [issued("A", "100.00")]},
        "2026-02-20",
        {"2026-01-31": ["A/1 raised due"]},
    ),
    Story(
        "a reminder goes by the item's own amount",
        policy(level("remind", -5), minimum=HUNDRED, minimum_scope="account"),
        {"2026-01-01": [A_60, issued("B", ("2026-02-15", "100.00"))]},
        "2026-03-01",
        {"2026-02-10": ["B/1 raised remind"]},
    ),
    Story("one item is fewer than two", TWO_ITEMS, {"2026-01-01": [A_60]}, "2026-03-01", {}),
    Story(
        "two items from the day after the second is due",
        TWO_ITEMS,
        {"2026-01-01": [A_60, B_60]},
        "2026-02-24",
        {"2026-02-16": ["A/1 raised first"], "2026-02-20": ["A/1 raised second"]},
    ),
    Story(
        "instalments are items",
        TWO_ITEMS,
        {"2026-01-01": [issued("A", (DUE_ON, "1.00"), ("2026-02-12", "1.00"))]},
        "2026-02-19",
        {"2026-02-13": ["A/1 raised first"]},
    ),
    Story(
        "a reminder counts no items",
        policy(level("remind", -5), minimum_items=2),
        {"2026-01-01": [A_60]},
        "2026-03-01",
        {"2026-01-26": ["A/1 raised remind"]},
    ),
)
def test_a_level_is_raised_once_its_conditions_hold(story: Story) -> None:
    check(story)


def test_an_item_short_of_its_minimum_is_not_looked_at_in_vain() -> None:
    story = Story("", BY_ITEM, {"2026-01-01": [issued("A", "99.99")]}, "2026-12-31", {})
    assert check(story).looks == 1
