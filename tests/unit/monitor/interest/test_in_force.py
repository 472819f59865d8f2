"""Which terms of the creditor's hold on which day: as policies are set and customers move."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.monitor.domain.folds.event import Event
from services.monitor.domain.folds.fold import fold
from services.monitor.domain.interest.claim import interest_of
from services.monitor.domain.interest.in_force import terms_in_force
from services.monitor.domain.interest.terms import InForce
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST
from services.monitor.domain.ledger.debtor import Debtor
from services.monitor.domain.policy.policies import Policies, in_turn
from services.monitor.domain.policy.policy import Policy, Scope
from shared.calendar import start_of_day
from shared.contracts.customer import CustomerUpdated
from shared.contracts.fields import Inbound
from shared.money import to_minor
from tests.unit.monitor.builders import ACCOUNT_ID, customer
from tests.unit.monitor.interest.cases import terms
from tests.unit.monitor.interest.test_as_of import DAYS, FIRST_ON, book_of, lives
from tests.unit.monitor.policies import default_policy

ZONE: Final = default_policy().time_zone
EVERYBODY: Final = Scope()
SMALL: Final = Scope(segment="small")
GRADE: Final = Scope(grade="B")
OWN: Final = Scope(account_id=ACCOUNT_ID)

#: An instant by its day in January 2026 and hour in Shanghai, and what was set or said at it.
Set = tuple[float, Policy]
Word = tuple[float, CustomerUpdated]


def at(days: float) -> datetime:
    """Return an instant in January 2026, Shanghai time, by its day and parts of a day."""
    return start_of_day(date(2026, 1, 1), ZONE) + timedelta(days=days - 1)


def rule(percent: str | None, version: int = 1, scope: Scope = EVERYBODY, **more: Any) -> Policy:
    """Return a version of the policy of a scope, with a year's percent."""
    name = scope.segment or scope.grade or ("own" if scope.account_id else "default")
    interest = None if percent is None else terms(annual_percent=percent)
    policy = replace(default_policy(), name=name, version=version, scope=scope, interest=interest)
    return replace(policy, **more)


def history(*versions: Set) -> Policies:
    """Return policies by the instants they were set."""
    return in_turn([(at(days), policy) for days, policy in versions])


def debtor_of(words: Sequence[Word]) -> Debtor:
    """Fold words on the customer, in the order they come in."""
    account = Account(ACCOUNT_ID, has_open_in_reach=True)
    for number, (days, data) in enumerate(words):
        fold(account, Event(f"e{number}", at(days), data), OLDEST_DUE_FIRST)
    return account.debtor


def told(found: Sequence[InForce]) -> list[tuple[str, str]]:
    """Return the first day in January, `-` for the beginning, and whose terms begin on it."""
    return [
        ("-" if one.from_on == date.min else f"{one.from_on:%d}", one.terms_of) for one in found
    ]


@dataclass(frozen=True)
class Case:
    """Versions and words on the customer, and whose terms begin on which day."""

    name: str
    versions: list[Set]
    words: list[Word]
    expected: list[tuple[str, str]]


FIRST: Final[Set] = (1, rule("10"))
FOR_SMALL: Final[Set] = (1, rule("1", scope=SMALL))
CASES: Final = [
    Case("one for all time", [FIRST], [], [("-", "default@1")]),
    Case(
        "a new version from its day on",
        [FIRST, (11.5, rule("20", 2))], [], [("-", "default@1"), ("11", "default@2")],
    ),
    Case(
        "the last one set on a day has it",
        [FIRST, (11.2, rule("20", 2)), (11.7, rule("30", 3))], [],
        [("-", "default@1"), ("11", "default@3")],
    ),
    Case(
        "the end of the first day stands for the time before",
        [(5.1, rule(None)), (5.6, rule("20", 2)), (6, rule("30", 3))], [],
        [("-", "default@2"), ("06", "default@3")],
    ),
    Case(
        "the day is the creditor's",
        [FIRST, (11.9, rule("20", 2, time_zone="Europe/Berlin")), (12.2, rule("30", 3))], [],
        [("-", "default@1"), ("11", "default@2"), ("12", "default@3")],
    ),
    Case(
        "of clocks that disagree the higher version",
        [FIRST, (11, rule("30", 3)), (12, rule("20", 2)), (13, rule("40", 4))], [],
        [("-", "default@1"), ("11", "default@3"), ("13", "default@4")],
    ),
    Case("for others", [FIRST, FOR_SMALL, (11, rule("2", 2, SMALL))], [], [("-", "default@1")]),
    Case(
        "a customer moves",
        [FIRST, FOR_SMALL],
        [(2, customer(1, segment="large")), (11.5, customer(2, segment="small"))],
        [("-", "default@1"), ("02", "default@1"), ("11", "small@1")],
    ),
    Case(
        "a customer moves back",
        [FIRST, FOR_SMALL],
        [(5, customer(1, segment="small")), (8, customer(2))],
        [("-", "default@1"), ("05", "small@1"), ("08", "default@1")],
    ),
    Case(
        "what was said before the first day counts from the beginning",
        [FIRST, FOR_SMALL], [(-300, customer(1, segment="small"))], [("-", "small@1")],
    ),
    Case(
        "a word that comes late counts from its own time",
        [FIRST, FOR_SMALL],
        [(11, customer(3)), (5, customer(2, segment="small"))],
        [("-", "default@1"), ("05", "small@1"), ("11", "default@1")],
    ),
    Case(
        "a lower version that was said later counts on no day",
        [FIRST, FOR_SMALL],
        [(5, customer(2)), (8, customer(1, segment="small"))],
        [("-", "default@1"), ("05", "default@1")],
    ),
    Case(
        "a grade goes before a segment",
        [FIRST, FOR_SMALL, (1, rule("2", scope=GRADE))],
        [(5, customer(1, segment="small")), (8, customer(2, segment="small", grade="B"))],
        [("-", "default@1"), ("05", "small@1"), ("08", "B@1")],
    ),
    Case(
        "a policy of its own, wherever it moves",
        [FIRST, FOR_SMALL, (8, rule("3", scope=OWN))],
        [(5, customer(1, segment="small")), (11, customer(2))],
        [("-", "default@1"), ("05", "small@1"), ("08", "own@1"), ("11", "own@1")],
    ),
    Case(
        "the segment's policy is set before and after the move",
        [FIRST, FOR_SMALL, (4, rule("2", 2, SMALL)), (9, rule("3", 3, SMALL))],
        [(6, customer(1, segment="small"))],
        [("-", "default@1"), ("06", "small@2"), ("09", "small@3")],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_each_day_has_the_terms_in_force_at_its_end(case: Case) -> None:
    found = terms_in_force(ACCOUNT_ID, debtor_of(case.words), history(*case.versions))
    assert told(found) == case.expected


@pytest.mark.parametrize("case", [pytest.param(one, id=one.name) for one in CASES])
def test_words_on_the_customer_count_alike_in_any_order(case: Case) -> None:
    expected = debtor_of(case.words).placements
    for words in itertools.permutations(case.words):
        assert debtor_of(words).placements == expected


def test_where_moves_were_not_kept_the_present_place_counts_from_the_beginning() -> None:
    old = msgspec.json.decode(
        msgspec.json.encode({"customer": customer(3, segment="small")}), type=Debtor
    )
    policies = history(FIRST, FOR_SMALL)
    assert told(terms_in_force(ACCOUNT_ID, old, policies)) == [("-", "small@1")]
    account = Account(ACCOUNT_ID, has_open_in_reach=True, debtor=old)
    for days, version in ((4, 2), (9, 4)):
        fold(account, Event(f"e{version}", at(days), customer(version)), OLDEST_DUE_FIRST)
    found = terms_in_force(ACCOUNT_ID, account.debtor, policies)
    assert told(found) == [("-", "small@1"), ("09", "default@1")]


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"2026-07-01": "1"}, {"2026-07-01": "1"}, id="for days that presumed it"),
        pytest.param({"2026-03-01": "1"}, {}, id="for days that knew it"),
        pytest.param({"2007-01-01": "1"}, {"2007-01-01": "1"}, id="from before the table"),
    ],
)
def test_later_rates_fill_in_what_earlier_terms_did_not_know(
    later: dict[str, str], expected: dict[str, str]
) -> None:
    keys: dict[str, Any] = {"reference": "ECB", "margin_percent": "8"}
    before = terms(**keys)
    after = terms(**keys, rates=later) if later else before
    policies = history((1, rule(None, interest=before)), (9, rule(None, 2, interest=after)))
    first, _last = terms_in_force(ACCOUNT_ID, Debtor(), policies)
    assert first.terms == (terms(**keys, rates=expected) if expected else before)


def test_a_rate_that_is_presumed_by_several_is_what_the_first_of_them_says_that_knows_it() -> None:
    rates = [None, {"2026-07-01": "1"}, {"2026-07-01": "2"}]
    each = [terms(reference="ECB", **({"rates": one} if one else {})) for one in rates]
    versions = [(1 + n, rule(None, 1 + n, interest=one)) for n, one in enumerate(each)]
    found = [one.terms for one in terms_in_force(ACCOUNT_ID, Debtor(), history(*versions))]
    assert found == [each[1], each[1], each[2]]


#: Terms whose rates are known on every day: what was presumed may be corrected.
KNOWN: Final[list[dict[str, Any] | None]] = [
    None,
    {"annual_percent": "10"},
    {"annual_percent": "0"},
    {"annual_percent": "20", "fixed_sum": {"EUR": "40.00"}},
    {"daily_percent": "0.05", "disputed": "included"},
    {"annual_percent": "7", "day_count": "30/360", "fixed_sum": {"EUR": "25.00"}},
    {"reference": "ECB", "margin_percent": "8", "fixed_sum": {"EUR": "40.00"}},
]
#: Instants from ten days before the invoice was issued to the end of its days.
instants = st.floats(-10, DAYS).map(lambda days: start_of_day(FIRST_ON, ZONE) + timedelta(days))


@st.composite
def versions_set(draw: st.DrawFn) -> list[tuple[datetime, Policy]]:
    """Draw versions of some policies, each with its instant, in the order of time."""
    scopes = [EVERYBODY, *draw(st.lists(st.sampled_from([EVERYBODY, SMALL, GRADE]), max_size=5))]
    found: list[tuple[datetime, Policy]] = []
    for since, scope in zip(sorted(draw(instants) for _ in scopes), scopes, strict=True):
        keys = draw(st.sampled_from(KNOWN))
        version = 1 + sum(policy.scope == scope for _since, policy in found)
        interest = None if keys is None else terms(**keys)
        found.append((since, rule(None, version, scope, interest=interest)))
    return found


@st.composite
def moves_made(draw: st.DrawFn) -> list[tuple[datetime, CustomerUpdated]]:
    """Draw words on the customer, each with its instant, in the order of time."""
    places = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "segment": st.sampled_from([None, "small"]),
                    "grade": st.sampled_from([None, None, "B"]),
                }
            ),
            max_size=4,
        )
    )
    since = sorted(draw(instants) for _ in places)
    return [
        (at, customer(n, **place))
        for n, (at, place) in enumerate(zip(since, places, strict=True), 1)
    ]


def accrued(
    life: list[Inbound],
    versions: list[tuple[datetime, Policy]],
    moves: list[tuple[datetime, CustomerUpdated]],
    known_on: date,
    until: date,
) -> int:
    """Return the minor units grown by a day, as another day had it at its end."""
    end = start_of_day(known_on + timedelta(1), ZONE)
    account = book_of(life, known_on).account
    for number, (since, word) in enumerate(moves):
        if since < end:
            fold(account, Event(f"m{number}", since, word), OLDEST_DUE_FIRST)
    policies = in_turn([one for one in versions if one is versions[0] or one[0] < end])
    held = terms_in_force(ACCOUNT_ID, account.debtor, policies)
    invoice = account.invoices["A"]
    return to_minor(interest_of(invoice, account.clearings, held, until).accrued, "EUR")


@given(lives(), versions_set(), moves_made(), st.integers(0, DAYS), st.integers(0, DAYS))
def test_interest_never_falls_as_days_pass_and_policies_change(
    life: list[Inbound],
    versions: list[tuple[datetime, Policy]],
    moves: list[tuple[datetime, CustomerUpdated]],
    one: int,
    two: int,
) -> None:
    earlier, later = sorted((FIRST_ON + timedelta(one), FIRST_ON + timedelta(two)))
    then = accrued(life, versions, moves, earlier, earlier)
    assert then == accrued(life, versions, moves, later, earlier)
    assert then <= accrued(life, versions, moves, later, later)
