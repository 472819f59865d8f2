"""What an event changed for an item: what is different of all that counts for it, and no more."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest

from services.monitor.domain.policy.policy import CrossDefault, Policy
from services.monitor.domain.story.facts import Change, Facts, changes_of, facts_of
from shared.contracts.fields import Inbound
from shared.contracts.interest import parse_interest
from tests.unit.monitor.book import Book
from tests.unit.monitor.builders import (
    amended,
    cancelled,
    cover,
    credited,
    customer,
    day,
    issued,
    paid,
    reversed_,
)
from tests.unit.monitor.debtor_builders import (
    GROUP,
    blocked,
    cover_withdrawn,
    enforced,
    group_cured,
    group_defaulted,
    insolvent,
    promise_withdrawn,
    promised,
    unblocked,
)
from tests.unit.monitor.invoice_builders import disputed, extended, resolved, waived, written_off
from tests.unit.monitor.policies import HELD, policy

TODAY: Final = day("2026-02-10")
INVOICE: Final = issued("A", "100.00")
ONE: Final = policy(("dunning", 15, "dunning_letter"))
NOTIFIED: Final = policy(("dunning", 15, "dunning_letter"), ("notice", 20, "insurance_notice"))
CROSSED: Final = replace(HELD, cross_default=CrossDefault("legal", {}, "legal"))
RESTART: Final = replace(HELD, on_resolution="restart")


def bearing(**interest: Any) -> Policy:
    """A policy with interest."""
    return replace(ONE, interest=parse_interest(interest, "interest", "bad_policy"))


INSURED: Final = (
    "TC-1 of Example Credit Insurance: 90 %, limit 500000 EUR; overdue notice by 2026-03-02; "
    "claim from 2026-04-01; extension to 2026-04-01 at most"
)
NOWHERE: Final = "Example Trading without an e-mail address"


@dataclass(frozen=True)
class Case:
    """What had happened, the event, and what it changed."""

    before: tuple[Inbound, ...]
    event: Inbound
    changes: tuple[str, ...]
    by: Policy = ONE
    kept: frozenset[str] = field(default_factory=frozenset)


CASES: Final[dict[str, Case]] = {
    "an invoice, with all that counts for it": Case(
        (customer(1, email="ap@c1.example"), cover(), blocked("B")), INVOICE,
        ("status: None → open", "amount: None → 100.00", "due_on: None → 2026-01-31",
         "open: None → 100.00", "disputed: None → 0.00",
         "hold block B: None → block B until an event ends it", "policy: None → tests@1",
         "recipient: None → Example Trading <ap@c1.example>", "level dunning: None → 2026-02-15",
         f"cover: None → {INSURED}"),
    ),
    "what is said before the invoice is there changes nothing of it": Case((), cover(), ()),
    "money": Case((INVOICE,), paid("P", "40.00", ("A", "40.00")), ("open: 100.00 → 60.00",)),
    "money that clears it": Case(
        (INVOICE, promised("W")), paid("P", "100.00"),
        ("hold promise W: promise W to the end of 2026-02-20 → None", "status: open → cleared",
         "open: 100.00 → 0.00"),
    ),
    "a bounce": Case(
        (INVOICE, paid("P", "100.00")), reversed_("R", "P"),
        ("status: cleared → open", "open: 0.00 → 100.00"),
    ),
    "a credit": Case((INVOICE,), credited("N", "10.00", "A"), ("open: 100.00 → 90.00",)),
    "a write-off": Case(
        (INVOICE,), written_off("A"), ("status: open → written_off", "open: 100.00 → 0.00")
    ),
    "another amount": Case(
        (INVOICE,), amended("A", 1, "80.00"),
        ("amount: 100.00 → 80.00", "open: 100.00 → 80.00"),
    ),
    "more time": Case(
        (INVOICE,), extended("A", "2026-03-31"),
        ("due_on: 2026-01-31 → 2026-03-31", "level dunning: 2026-02-15 → 2026-04-15"),
    ),
    "a dispute of a part": Case(
        (INVOICE,), disputed("D", "A", "40.00"), ("disputed: 0.00 → 40.00",)
    ),
    "a dispute of all": Case(
        (INVOICE,), disputed("D", "A"),
        ("disputed: 0.00 → 100.00", "hold dispute: None → dispute until an event ends it"),
    ),
    "the rest is paid, so that all is disputed": Case(
        (INVOICE, disputed("D", "A", "40.00")), paid("P", "60.00", ("A", "60.00")),
        ("open: 100.00 → 40.00", "hold dispute: None → dispute until an event ends it"),
    ),
    "a dispute that is over gives its days back": Case(
        (INVOICE, disputed("D", "A", on="2026-02-05")), resolved("D", "A", on="2026-02-08"),
        ("hold dispute: dispute until an event ends it → None", "disputed: 100.00 → 0.00",
         "level dunning: 2026-02-20 → 2026-02-18", "level legal: 2026-03-07 → 2026-03-05"),
        RESTART,
    ),
    "a promise": Case(
        (INVOICE,), promised("W", None, "A"),
        ("hold promise W: None → promise W to the end of 2026-02-20",),
    ),
    "a promise for another": Case((INVOICE,), promised("W", None, "B"), ()),
    "a promise that is over": Case((INVOICE,), promised("W", by="2026-02-09"), ()),
    "a promise is withdrawn": Case(
        (INVOICE, promised("W")), promise_withdrawn("W"),
        ("hold promise W: promise W to the end of 2026-02-20 → None",),
    ),
    "one that was kept is withdrawn": Case(
        (INVOICE, promised("W")), promise_withdrawn("W"), (), kept=frozenset({"W"})
    ),
    "a block": Case(
        (INVOICE,), blocked("B", until="2026-02-12"),
        ("hold block B: None → block B to the end of 2026-02-12",),
    ),
    "a block is lifted": Case(
        (INVOICE, blocked("B")), unblocked("B"),
        ("hold block B: block B until an event ends it → None",),
    ),
    "a second block of one name": Case((INVOICE, blocked("B")), blocked("B"), ()),
    "enforcement off": Case(
        (INVOICE,), enforced(is_on=False),
        ("hold enforcement: None → enforcement until an event ends it",),
    ),
    "insolvency": Case(
        (INVOICE, cover()), insolvent("2026-02-09"),
        ("hold insolvency: None → insolvency until an event ends it",
         "insolvent_on: None → 2026-02-09", "level insurance_claim: 2026-04-01 → 2026-02-09"),
        HELD,
    ),
    "cover": Case((INVOICE,), cover(), (f"cover: None → {INSURED}",)),
    "an invoice that no cover insures has no overdue notice": Case(
        (), INVOICE,
        ("status: None → open", "amount: None → 100.00", "due_on: None → 2026-01-31",
         "open: None → 100.00", "disputed: None → 0.00", "policy: None → tests@1",
         "level dunning: None → 2026-02-15"),
        NOTIFIED,
    ),
    "cover brings an overdue notice": Case(
        (INVOICE,), cover(),
        ("level notice: None → 2026-02-20", f"cover: None → {INSURED}"), NOTIFIED,
    ),
    "fewer days of cover bring the overdue notice forward": Case(
        (INVOICE, cover()), cover(notice_days=10, valid_from=day("2025-06-01")),
        ("level notice: 2026-02-20 → 2026-02-10",
         f"cover: {INSURED} → {INSURED.replace('2026-03-02', '2026-02-10')}"), NOTIFIED,
    ),
    "more time for the debtor does not move the overdue notice": Case(
        (INVOICE, cover()), extended("A", "2026-02-10"),
        ("due_on: 2026-01-31 → 2026-02-10", "level dunning: 2026-02-15 → 2026-02-25"), NOTIFIED,
    ),
    "without cover there is no overdue notice any more": Case(
        (INVOICE, cover()), cover_withdrawn(on="2025-12-31"),
        ("level notice: 2026-02-20 → None", f"cover: {INSURED} → None"), NOTIFIED,
    ),
    "another percentage and limit from a day before the invoice": Case(
        (INVOICE, cover()),
        cover(insured_percentage="80", limit="0", discretionary_limit="900.00",
              deductible="50.00", deductible_kind="annual_aggregate",
              claim_limit_annual="1000.00", valid_from=day("2025-06-01")),
        (f"cover: {INSURED} → "
         + INSURED.replace("90 %, limit 500000 EUR",
                           "80 %, limit 900.00 (the seller's own judgement) EUR, deductible 50.00 "
                           "of the year, before the percentage, at most 1000.00 a year"),),
    ),
    "a renewal leaves insured what was invoiced before": Case(
        (INVOICE, cover()), cover(limit="1.00", valid_from=day("2026-02-01")), ()
    ),
    "so does a withdrawal": Case((INVOICE, cover()), cover_withdrawn(), ()),
    "a withdrawal from a day before the invoice": Case(
        (INVOICE, cover()), cover_withdrawn(on="2025-12-31"), (f"cover: {INSURED} → None",)
    ),
    "an address": Case(
        (INVOICE, customer(1)), customer(2, email="new@c1.example", locale="de"),
        (f"recipient: {NOWHERE} → Example Trading <new@c1.example>, de",),
    ),
    "an older version": Case((INVOICE, customer(2)), customer(1, email="old@c1.example"), ()),
    "a group": Case(
        (INVOICE, customer(1)), customer(2, group_id=GROUP), (f"group: None → {GROUP}",)
    ),
    "others of the group are in default": Case(
        (INVOICE, customer(1, group_id=GROUP)), group_defaulted(1),
        ("group_default: None → since 2026-02-01: default:C2",
         "level legal: 2026-03-02 → 2026-02-01 by the default of others of its group"),
        CROSSED,
    ),
    "they are cured": Case(
        (INVOICE, customer(1, group_id=GROUP), group_defaulted(1)), group_cured(2),
        ("group_default: since 2026-02-01: default:C2 → None",
         "level legal: 2026-02-01 by the default of others of its group → 2026-03-02"),
        CROSSED,
    ),
    "interest is waived": Case(
        (INVOICE,), waived("W", "A", "5.00"), ("waiver W: None → W: 5.00, on 2026-03-01",)
    ),
    "all interest is waived": Case(
        (INVOICE,), waived("W", "A"),
        ("waiver W: None → W: all that had grown, on 2026-03-01",),
    ),
    "the end of all": Case(
        (INVOICE,), cancelled("A"),
        ("level dunning: 2026-02-15 → None", "status: open → cancelled",
         "amount: 100.00 → 0.00", "open: 100.00 → 0.00"),
    ),
}  # fmt: skip


def written(change: Change) -> str:
    return f"{f'{change.what} {change.name}'.rstrip()}: {change.before} → {change.after}"


def facts(book: Book, by: Policy, kept: frozenset[str] = frozenset()) -> Facts:
    account = book.account
    return facts_of(account.debtor, account.invoices.get("A"), 1, by, kept, TODAY)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_an_event_changed_what_is_different_after_it(case: Case) -> None:
    book = Book()
    book.fold(*case.before)
    before = facts(book, case.by, case.kept)
    book.fold(case.event)
    after = facts(book, case.by, case.kept)
    assert tuple(map(written, changes_of(before, after))) == case.changes


#: A policy's interest, and how it is told.
INTEREST: Final = (
    ({"annual_percent": "10"}, "10 % a year (policy)"),
    ({"daily_percent": "0.05"}, "0.05 % a day (policy)"),
    (
        {"reference": "ECB", "margin_percent": "8", "fixed_sum": {"EUR": "40.00"}},
        "ECB + 8 points a year, a fixed sum of 40.00 EUR (policy)",
    ),
    (
        {"reference": "CN_LPR_1Y", "factor": "1.5", "rate_of": "first_day_overdue"},
        "1.5 x CN_LPR_1Y a year, by the first day overdue (policy)",
    ),
    (
        {"annual_percent": "7.25", "day_count": "30/360", "disputed": "included"},
        "7.25 % a year, 30/360, disputed parts too (policy)",
    ),
)


@pytest.mark.parametrize(("terms", "told"), INTEREST, ids=[told for _terms, told in INTEREST])
def test_a_policy_with_interest_changes_what_late_payment_costs(
    terms: dict[str, Any], told: str
) -> None:
    book = Book()
    book.fold(INVOICE)
    by = replace(bearing(**terms), version=2)
    assert tuple(map(written, changes_of(facts(book, ONE), facts(book, by)))) == (
        "policy: tests@1 → tests@2",
        f"interest: None → {told}",
    )
