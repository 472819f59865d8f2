"""Draws one event of any type on the ledger, over a few invoices, payments, promises and blocks.

Few ids and round amounts, so that events meet: the same invoice is amended, paid, credited,
disputed and cancelled, money is on account, comes before its invoice, bounces before it came.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from shared.contracts.cover import CoverUpdated
from shared.contracts.credit_note import CreditNoteCancelled, CreditNoteIssued
from shared.contracts.dunning import DunningBlocked, PromiseMade
from shared.contracts.fields import Inbound
from shared.contracts.group import AccountCured, AccountDefaulted
from shared.contracts.invoice import (
    DisputeResolved,
    InterestWaived,
    InvoiceAmended,
    InvoiceCancelled,
    InvoiceDisputed,
    InvoiceIssued,
    InvoiceTermsExtended,
)
from shared.contracts.payment import PaymentAllocated, PaymentReceived, PaymentReversed
from tests.unit.monitor.builders import (
    INTEREST,
    allocated,
    amended,
    cancelled,
    cover,
    credited,
    customer,
    issued,
    note_cancelled,
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
from tests.unit.monitor.invoice_builders import (
    disputed,
    extended,
    resolved,
    waived,
    write_off_reversed,
    written_off,
)

FIRST_DAY: Final = date(2026, 1, 1)

#: One of them meets most of the events.
_invoice_ids = st.sampled_from("AAABC")
_payment_ids = st.sampled_from("PQR")
_note_ids = st.sampled_from("MN")
_dispute_ids = st.sampled_from("DEF")
#: EUR mostly, so that money meets; JPY has no decimals and makes amounts unreadable.
_currencies = st.sampled_from(("EUR",) * 7 + ("JPY",))
_amounts = st.sampled_from((10, 20, 30, 40, 50, 70, 100))
#: Of what names no currency: all of it, a part, and a part that no yen can be.
_parts_of_it = st.sampled_from((None, None, "10", "30", "60", "12.50"))
_days = st.integers(0, 60).map(lambda days: (FIRST_DAY + timedelta(days)).isoformat())
_versions = st.integers(1, 3)
_reasons = st.sampled_from(("bounced", "chargeback", "refund", "mistake"))
_outcomes = st.sampled_from(("accepted", "accepted", "rejected", "withdrawn"))

#: The fields that name what an event of a type tells of; types that are not here cannot contradict
#: each other: each word counts by its own day and name, or (a version) the one said last.
KEYS: Final[dict[type[Inbound], tuple[str, ...]]] = {
    InvoiceIssued: ("invoice_id",),
    InvoiceDisputed: ("invoice_id", "dispute_id"),
    DisputeResolved: ("invoice_id", "dispute_id"),
    InterestWaived: ("invoice_id", "waiver_id"),
    PaymentReceived: ("payment_id",),
    PaymentReversed: ("payment_id", "reversal_id"),
    CreditNoteIssued: ("credit_note_id",),
    CreditNoteCancelled: ("credit_note_id",),
    CoverUpdated: ("policy_no",),
    PromiseMade: ("promise_id",),
    DunningBlocked: ("block_id",),
    AccountDefaulted: ("turn",),
    AccountCured: ("turn",),
}


def business_key(data: Inbound) -> tuple[Any, ...] | None:
    """Name what an event tells of: two events of one key and different content contradict.

    None for a word that stands for itself.
    """
    if type(data) not in KEYS:
        return None
    # The two words of a group count by one and the same turn.
    family = AccountCured if isinstance(data, AccountDefaulted) else type(data)
    return family, *(getattr(data, name) for name in KEYS[type(data)])


@st.composite
def parts_due(draw: st.DrawFn, counts: tuple[int, ...] = (1, 1, 1, 2, 3)) -> list[tuple[str, str]]:
    """Draw one to three parts, one most often, due within three months."""
    count = draw(st.sampled_from(counts))
    amounts = [draw(_amounts) for _ in range(count)]
    dues = [draw(st.integers(30, 90)) for _ in amounts]
    return [
        ((FIRST_DAY + timedelta(due)).isoformat(), str(amount))
        for due, amount in zip(dues, amounts, strict=True)
    ]


@st.composite
def issued_invoice(draw: st.DrawFn, invoice_id: str | None = None) -> InvoiceIssued:
    """Draw an invoice of January."""
    issued_on = (FIRST_DAY + timedelta(draw(st.integers(0, 20)))).isoformat()
    return issued(
        invoice_id or draw(_invoice_ids),
        *draw(parts_due()),
        on=issued_on,
        currency=draw(_currencies),
    )


@st.composite
def _amended(draw: st.DrawFn) -> InvoiceAmended:
    parts = draw(parts_due())
    if draw(st.integers(0, 4)) == 0:  # cents, which JPY has not
        parts = [(due_on, f"{amount}.50") for due_on, amount in parts]
    return amended(draw(_invoice_ids), draw(_versions), *parts, on=draw(_days))


@st.composite
def _cancelled(draw: st.DrawFn) -> InvoiceCancelled:
    return cancelled(draw(_invoice_ids), on=draw(_days))


@st.composite
def _extended(draw: st.DrawFn) -> InvoiceTermsExtended:
    """Draw one later date, or a schedule, which may or may not add up to the invoice."""
    agreed_on = draw(_days)
    if draw(st.booleans()):
        later = (FIRST_DAY + timedelta(draw(st.integers(60, 120)))).isoformat()
        return extended(draw(_invoice_ids), later, agreed_on=agreed_on)
    parts = draw(parts_due((1, 2, 2)))
    last = (FIRST_DAY + timedelta(100)).isoformat()
    return extended(draw(_invoice_ids), *parts[:-1], (last, parts[-1][1]), agreed_on=agreed_on)


@st.composite
def _disputed(draw: st.DrawFn) -> InvoiceDisputed:
    return disputed(
        draw(_dispute_ids),
        draw(_invoice_ids),
        draw(_parts_of_it),
        instalment=draw(st.sampled_from((None, None, 1, 2))),
        on=draw(_days),
    )


@st.composite
def _shares(draw: st.DrawFn, least: int) -> list[tuple[Any, ...]]:
    """Draw what of a payment is for which invoice, instalment or interest."""
    shares = draw(st.lists(_amounts, min_size=least, max_size=3))
    places = st.sampled_from(((), (), (), (1,), (2,), (INTEREST,)))
    return [(draw(_invoice_ids), str(share), *draw(places)) for share in shares]


@st.composite
def _paid(draw: st.DrawFn, *, only_named: bool) -> PaymentReceived:
    parts = draw(_shares(1 if only_named else 0))
    spare = 0 if only_named else draw(st.sampled_from((0, 0, 20, 50, 120, 250)))
    amount = sum(int(part[1]) for part in parts) + spare or 50
    return paid(draw(_payment_ids), str(amount), *parts, on=draw(_days), currency=draw(_currencies))


@st.composite
def _allocated(draw: st.DrawFn) -> PaymentAllocated:
    return allocated(draw(_payment_ids), *draw(_shares(1)), on=draw(_days))


@st.composite
def paid_and_moved(draw: st.DrawFn) -> list[Inbound]:
    """Draw a payment on account and the words that move all of it to invoices."""
    payment_id = draw(_payment_ids)
    moves = [draw(_shares(1)) for _ in range(draw(st.integers(1, 2)))]
    amount = sum(int(part[1]) for move in moves for part in move)
    came = paid(payment_id, str(amount), on=draw(_days), currency=draw(_currencies))
    return [came, *(allocated(payment_id, *move, on=draw(_days)) for move in moves)]


@st.composite
def _credited(draw: st.DrawFn, *, only_named: bool) -> CreditNoteIssued:
    return credited(
        draw(_note_ids),
        str(draw(_amounts)),
        draw(_invoice_ids if only_named else st.none() | _invoice_ids),
        on=draw(_days),
        currency=draw(_currencies),
    )


def _money(*, only_named: bool) -> list[st.SearchStrategy[Inbound]]:
    money = _paid(only_named=only_named)
    moved = [] if only_named else [_allocated()]
    return [
        money,
        money,
        *moved,
        st.builds(
            reversed_,
            st.sampled_from(("R1", "R2")),
            _payment_ids,
            _parts_of_it,
            on=_days,
            reason=_reasons,
        ),
        _credited(only_named=only_named),
        st.builds(note_cancelled, _note_ids, on=_days),
    ]


def _of_invoices() -> list[st.SearchStrategy[Inbound]]:
    return [
        issued_invoice(),
        _amended(),
        _cancelled(),
        _extended(),
        st.builds(written_off, _invoice_ids, _parts_of_it, on=_days),
        st.builds(write_off_reversed, _invoice_ids, _parts_of_it, on=_days),
        _disputed(),
        st.builds(resolved, _dispute_ids, _invoice_ids, _outcomes, on=_days),
        st.builds(waived, st.sampled_from("VW"), _invoice_ids, _parts_of_it, on=_days),
    ]


def _of_the_debtor() -> list[st.SearchStrategy[Inbound]]:
    groups = st.sampled_from((None, GROUP, "H"))
    invoices = st.sampled_from(((), ("A",), ("A", "B"), ("C",)))
    promise = st.builds(
        lambda name, amount, names, currency: promised(name, amount, *names, currency=currency),
        st.sampled_from("UV"),
        st.sampled_from((None, "10", "30")),
        invoices,
        st.none() | _currencies,
    )
    switches = [
        st.builds(enforced, is_on=st.booleans(), on=_days),
        st.builds(insolvent, on=_days),
        st.builds(cover_withdrawn, on=_days),
    ]
    return [
        st.builds(customer, _versions, group_id=groups, grade=st.sampled_from((None, "bad"))),
        st.builds(cover, limit=st.sampled_from(("100", "200"))),
        promise,
        st.builds(promise_withdrawn, st.sampled_from("UV"), on=_days),
        st.builds(
            blocked,
            st.sampled_from("KL"),
            st.none() | _invoice_ids,
            on=_days,
            until=st.none() | st.just("2026-03-02"),
        ),
        st.builds(unblocked, st.sampled_from("KL"), on=_days),
        *switches,
        st.builds(group_defaulted, _versions, since=_days),
        st.builds(group_cured, _versions),
    ]


@cache
def any_event(*, only_named: bool) -> st.SearchStrategy[Inbound]:
    """Draw one event of any type; what moves money and claims is more frequent than the rest."""
    money, claims = _money(only_named=only_named), _of_invoices()
    return st.one_of(*money, *money, *claims, *claims, *_of_the_debtor())
