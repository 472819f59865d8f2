"""Policy documents that are wrong, each with the path and the sentence it is refused by."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from services.monitor.domain.policy.document import LEVELS_MAX, MINIMUM_ITEMS_MAX
from services.monitor.domain.policy.plain import DAYS_MAX
from tests.unit.monitor.policies import document


def level(**changed: Any) -> dict[str, Any]:
    """Return a right level, changed; None takes a key away."""
    whole = {"level": "dunning", "after_days": 15, "action": "dunning_letter"} | changed
    return {key: value for key, value in whole.items() if value is not None}


def calendar(**entries: Any) -> dict[str, Any]:
    """Return a right document with these entries in its calendar."""
    return document(calendar=entries)


def claim(**changed: Any) -> dict[str, Any]:
    """Return a right level that is a claim on the insurance, changed."""
    return level(level="claim", after_days=60, action="insurance_claim", **changed)


def notice(**changed: Any) -> dict[str, Any]:
    """Return a right level that is the overdue notice to the insurer, changed."""
    return level(**({"level": "notice", "after_days": 20, "action": "insurance_notice"} | changed))


def crossed(**changed: Any) -> dict[str, Any]:
    """Return a right document with a rule of cross-default, changed."""
    return document(levels=[level(), claim()], cross_default={"at": "dunning"} | changed)


OWN_DAYS = [date(2026, 1, 1) + timedelta(number) for number in range(1001)]

WRONG: list[tuple[str, Any, str | None, str]] = [
    ("no mapping", [], None, "must be a mapping"),
    ("nothing", None, None, "must be a mapping"),
    ("an unknown key", document(level=1), "level", "is not known"),
    ("a key that is no text", document() | {1: 2}, "1", "is not known"),
    ("no name", {"levels": [level()]}, "policy", "is missing"),
    ("no levels", {"policy": "default"}, "levels", "is missing"),
    ("an empty name", document(policy=" "), "policy", "1 to 128 characters"),
    ("a name that is a number", document(policy=7), "policy", "1 to 128 characters"),
    ("a name too long", document(policy="x" * 129), "policy", "1 to 128 characters"),
    ("levels that are no list", document(levels={}), "levels", "list of 1 to 50"),
    ("an empty list of levels", document(levels=[]), "levels", "list of 1 to 50"),
    ("too many levels", document(levels=[level()] * (LEVELS_MAX + 1)), "levels", "1 to 50"),
    ("a level that is no mapping", document(levels=["dunning"]), "levels[0]", "a mapping"),
    ("a level without a name", document(levels=[level(level=None)]), "levels[0].level", "missing"),
    ("a level's name empty", document(levels=[level(level="")]), "levels[0].level", "characters"),
    ("no action", document(levels=[level(action=None)]), "levels[0].action", "is missing"),
    ("an action of a number", document(levels=[level(action=1)]), "levels[0].action", "text"),
    ("no days", document(levels=[level(after_days=None)]), "levels[0].after_days", "is missing"),
    ("days as text", document(levels=[level(after_days="15")]), "levels[0].after_days", "whole"),
    ("days in parts", document(levels=[level(after_days=1.5)]), "levels[0].after_days", "whole"),
    ("days as yes", document(levels=[level(after_days=True)]), "levels[0].after_days", "whole"),
    (
        "days too many",
        document(levels=[level(after_days=DAYS_MAX + 1)]),
        "levels[0].after_days", "is not between -3650 and 3650",
    ),
    (
        "days too many before",
        document(levels=[level(after_days=-DAYS_MAX - 1)]),
        "levels[0].after_days", "is not between -3650 and 3650",
    ),
    (
        "two levels of one name",
        document(levels=[level(), level(after_days=30)]), "levels[1].level", "stands twice",
    ),
    (
        "two levels of one day",
        document(levels=[level(), level(level="legal")]), "levels[1].after_days", "the order",
    ),
    (
        "levels out of order",
        document(levels=[level(), level(level="legal", after_days=14)]),
        "levels[1].after_days", "in the order of their days",
    ),
    ("an unknown key in a level", document(levels=[level(days=1)]), "levels[0].days", "not known"),
    ("held by text", document(levels=[level(held_by="dispute")]), "levels[0].held_by", "a list"),
    (
        "held by what holds nothing",
        document(levels=[level(held_by=["dispute", "rain"])]),
        "levels[0].held_by[1]", "'rain' is not one of: dispute, promise, block, insolvency",
    ),
    ("an unknown backlog", document(backlog="all"), "backlog", "highest, step"),
    ("an unknown clearing rule", document(clearing="random"), "clearing", "oldest_due_first, none"),
    ("a calendar of text", document(calendar="CN"), "calendar", "must be a mapping"),
    ("an unknown calendar key", calendar(zone="Asia/Shanghai"), "calendar.zone", "is not known"),
    ("an unknown zone", calendar(time_zone="Asia/Peking"), "calendar.time_zone", "no IANA"),
    ("an empty zone", calendar(time_zone=""), "calendar.time_zone", "characters"),
    ("a zone that is a folder", calendar(time_zone="Asia"), "calendar.time_zone", "no IANA"),
    ("a zone up a folder", calendar(time_zone="../etc"), "calendar.time_zone", "no IANA"),
    ("days of another kind", calendar(days="working"), "calendar.days", "calendar, business"),
    ("moved elsewhere", calendar(on_holiday="nearest"), "calendar.on_holiday", "none, following"),
    ("holidays of a number", calendar(holidays=86), "calendar.holidays", "86 is no code or list"),
    ("an unknown country", calendar(holidays="XX"), "calendar.holidays", "'XX' is no known"),
    ("an unknown part", calendar(holidays=["DE-XX"]), "calendar.holidays", "no known part of DE"),
    ("a country twice", calendar(holidays=["DE", "DE"]), "calendar.holidays", "different codes"),
    ("a list with a number", calendar(holidays=["DE", 1]), "calendar.holidays", "no code or list"),
    ("own days of text", calendar(holidays_added="x"), "calendar.holidays_added", "be a list"),
    ("no date", calendar(holidays_added=["x"]), "calendar.holidays_added[0]", "write it as 2026"),
    (
        "an instant among own days",
        calendar(holidays_removed=[date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)]),
        "calendar.holidays_removed[1]", "is no date",
    ),
    ("too many own days", calendar(holidays_added=OWN_DAYS), "calendar.holidays_added", "1000"),
    (
        "own days both ways, too many together",
        calendar(holidays_added=OWN_DAYS[:501], holidays_removed=OWN_DAYS[501:]),
        "calendar.holidays_added", "1001 days of your own are more than 1000",
    ),
    (
        "a day both off and on",
        calendar(holidays_added=OWN_DAYS[:1], holidays_removed=OWN_DAYS[:1]),
        "calendar.holidays_removed", "2026-01-01 is both added and removed",
    ),
    (
        "hardly a day left to work on",
        calendar(holidays_added=OWN_DAYS[:90]), "calendar.holidays_added", "no business day stands",
    ),
    ("minimums in a list", document(minimum_open=[]), "minimum_open", "must be a mapping"),
    ("a minimum as number", document(minimum_open={"EUR": 10.5}), "minimum_open.EUR", "quotes"),
    ("an unknown currency", document(minimum_open={"EURO": "1"}), "minimum_open.EURO", "ISO 4217"),
    ("a currency as no", document(minimum_open={False: "1"}), "minimum_open.False", "ISO 4217"),
    (
        "a minimum with too many decimals",
        document(minimum_open={"JPY": "1.5"}), "minimum_open.JPY", "more decimals than",
    ),
    ("a minimum of words", document(minimum_open={"EUR": "x"}), "minimum_open.EUR", "no dec"),
    ("a negative minimum", document(minimum_open={"EUR": "-1"}), "minimum_open.EUR", "negative"),
    ("another policy for nobody", document(policy="strict"), "applies_to", "needs applies_to"),
    (
        "the default policy for one creditor",
        document(applies_to={"creditor": "acme"}), "applies_to", "applies to everybody",
    ),
    ("for text", document(applies_to="acme"), "applies_to", "must be a mapping"),
    ("for nobody named", document(applies_to={}), "applies_to", "give one of account, grade"),
    (
        "for both",
        document(applies_to={"account": "a:b", "creditor": "a"}),
        "applies_to", "give one of account, grade, segment and creditor",
    ),
    ("for a customer", document(applies_to={"customer": "b"}), "applies_to.customer", "not known"),
    (
        "for an account without a creditor",
        document(policy="p", applies_to={"account": "C1"}), "applies_to.account", "<creditor>:",
    ),
    ("for a nameless creditor", document(applies_to={"creditor": ""}), "applies_to.creditor", "1"),
    ("for a grade that is a number", document(applies_to={"grade": 1}), "applies_to.grade", "text"),
    ("resolved otherwise", document(on_resolution="stop"), "on_resolution", "continue, restart"),
    ("minimums of a group", document(scope="group"), "scope", "one of: item, account"),
    ("no item at all", document(minimum_items=0), "minimum_items", "between 1 and 100000"),
    ("items as text", document(minimum_items="2"), "minimum_items", "no whole number"),
    (
        "more items than there can be",
        document(minimum_items=MINIMUM_ITEMS_MAX + 1), "minimum_items", "between 1 and 100000",
    ),
    ("interest of text", document(interest="8%"), "interest", "must be a mapping"),
    (
        "interest as a number",
        document(interest={"annual_percent": 8}), "interest.annual_percent", "must stand in quotes",
    ),
    *(
        (f"a level: {name}", document(levels=[level(**changed)]), f"levels[0].{path}", sentence)
        for name, changed, path, sentence in (
            ("moved elsewhere", {"on_holiday": "next"}, "on_holiday", "following, preceding"),
            ("no items", {"minimum_items": 0}, "minimum_items", "between 1 and"),
            ("a bad minimum", {"minimum_open": {"EUR": 1}}, "minimum_open.EUR", "in quotes"),
            ("over before it begins", {"not_after_days": 14}, "not_after_days", "15 and 3650"),
            (
                "a reminder on the due date", {"after_days": -5, "not_after_days": 0},
                "not_after_days", "before it or not at all",
            ),
            ("days as yes", {"not_after_days": True}, "not_after_days", "no whole number"),
            (
                "waiting for nothing", {"min_days_after_previous": 1},
                "min_days_after_previous", "no level before the first",
            ),
        )
    ),
    (
        "waiting for no day",
        document(levels=[level(), level(level="b", after_days=20, min_days_after_previous=0)]),
        "levels[1].min_days_after_previous", "between 1 and 3650",
    ),
    *(
        (f"{what} that is {name}", document(levels=[level(**(of | changed))]),
         f"levels[0].{path}", text)
        for what, of in (("a claim", claim()), ("a notice", notice()))
        for name, changed, path, text in (
            ("moved", {"on_holiday": "following"}, "on_holiday", "the insurer's days"),
            ("out of time", {"not_after_days": 90}, "not_after_days", "the insurer's days"),
            ("waiting", {"min_days_after_previous": 1}, "min_days_after_previous", "insurer's"),
            ("held by insolvency", {"held_by": ["insolvency"]}, "held_by", "cannot hold it"),
            ("held by promises", {"held_by": ["promise"]}, "held_by", "promise is the debtor's"),
            ("held by blocks", {"held_by": ["dispute", "block"]}, "held_by", "block spares"),
        )
    ),
    (
        "a notice that is held by disputes", document(levels=[notice(held_by=["dispute"])]),
        "levels[0].held_by", "dispute leaves the insurer's last day where it is; a notice to the",
    ),
    (
        "a notice of several items alone", document(levels=[notice(minimum_items=2)]),
        "levels[0].minimum_items", "the insurer is told of each item by its last day",
    ),
    ("a default of text", document(cross_default="dunning"), "cross_default", "a mapping"),
    ("a default at nothing", document(cross_default={}), "cross_default.at", "is missing"),
    ("a default at no level", crossed(at="x"), "cross_default.at", "is not one of: dunning, claim"),
    ("raising no level", crossed(**{"raise": "x"}), "cross_default.raise", "dunning, claim"),
    (
        "raising a notice",
        document(levels=[level(), notice()], cross_default={"at": "dunning", "raise": "notice"}),
        "cross_default.raise", "a level for the insurer keeps the insurer's days",
    ),
    (
        "raising a reminder",
        document(
            levels=[level(level="early", after_days=-5), level()],
            cross_default={"at": "dunning", "raise": "early"},
        ),
        "cross_default.raise", "a reminder is for before",
    ),
    (
        "a default at a reminder",
        document(
            levels=[level(level="early", after_days=-5), level()], cross_default={"at": "early"}
        ),
        "cross_default.at", "before its due date nothing is in default",
    ),
    (
        "a default at a notice",
        document(levels=[level(), notice()], cross_default={"at": "notice"}),
        "cross_default.at", "a notice to the insurer is no default yet",
    ),
    *(
        (
            f"waiting for nothing but {name}",
            document(levels=[*before, level(after_days=70, min_days_after_previous=1)]),
            f"levels[{len(before)}].min_days_after_previous", "no level before the first",
        )
        for name, before in (
            ("a notice", [notice()]),
            ("a claim", [claim()]),
            ("both", [notice(), claim()]),
        )
    ),
    ("raising a claim", crossed(**{"raise": "claim"}), "cross_default.raise", "another level"),
    (
        "a threshold as a number",
        crossed(threshold={"EUR": 1000}), "cross_default.threshold.EUR", "in quotes",
    ),
    ("of whose choice", crossed(of="group"), "cross_default.of", "is not known"),
]  # fmt: skip
