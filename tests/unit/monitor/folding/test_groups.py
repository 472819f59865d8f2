"""What a group says to its members."""

from datetime import date

from services.monitor.domain.ledger.group import Group, Member

JOINED = date(2026, 1, 1)


def member(name: str, defaulted_on: date | None = None) -> Member:
    is_in_default, on = defaulted_on is not None, defaulted_on or JOINED
    because = "A/1 stands at legal" if is_in_default else None
    return Member(1, name, "default", True, is_in_default, on, because)


def test_a_member_hears_since_when_the_first_of_the_others_is_in_default() -> None:
    members = {
        "default:LATE": member("LATE", date(2026, 3, 2)),
        "default:FIRST": member("FIRST", date(2026, 2, 1)),
        "default:OTHER": member("OTHER"),
    }
    told = {one.customer_id: one.defaulted_on for one in Group("G", members).words()}
    assert told == {
        "FIRST": date(2026, 3, 2),
        "LATE": date(2026, 2, 1),
        "OTHER": date(2026, 2, 1),
    }
