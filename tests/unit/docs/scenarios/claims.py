"""What a scenario may say must hold: each kind of claim, and what is so."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.monitor.domain.escalation.unread import unread_amounts
from services.monitor.domain.escalation.unseen import held_from_insurer
from services.monitor.domain.invoice.item import Item, status_of
from services.monitor.domain.ledger import anomalies, debtor_anomalies
from services.monitor.domain.ledger.ageing import age
from services.monitor.domain.policy.doubts import doubts_of
from services.monitor.handlers.answers.interest import InvoiceInterest, interest_on
from shared.contracts.escalation import RAISED, Claim, EscalationEvent, escalation_id
from shared.money import to_text
from tests.unit.docs.scenarios.blocks import ScenarioError
from tests.unit.docs.scenarios.book import Book
from tests.unit.docs.scenarios.wording import full_name, in_full, written
from tests.unit.docs.scenarios.world import World
from tests.unit.monitor.promise_money import money_of

NOTHING: Final = "nothing"


@dataclass(frozen=True)
class Place:
    """Whom and when a claim is about."""

    world: World
    book: Book

    def item(self, name: str) -> Item:
        """Return an item by its name, or the only one of an invoice."""
        wanted = full_name(name, self.book)
        for item in self.book.items():
            if item.item_id == wanted:
                return item
        known = ", ".join(item.item_id for item in self.book.items()) or "none"
        message = f"{name} is no item of {self.book.account_id}; there is {known}"
        raise ScenarioError(message)

    @property
    def today(self) -> date:
        """The day in the creditor's zone."""
        return self.world.today(self.book)


#: Takes the claim's words after its first and returns what should be, and what is.
Check = Callable[[Place, str], tuple[object, object]]


def check(text: str, place: Place) -> None:
    """Compare what a claim says with what is so; `ScenarioError` says what is so instead."""
    words = " ".join(text.split())
    past = re.fullmatch(r"as of (\S+?)(?:, known by (\S+))?: (.*)", words)
    if past is not None:
        as_of, known_by = date.fromisoformat(past[1]), past[2] and date.fromisoformat(past[2])
        world = place.world.past(as_of, known_by or None)
        check(past[3], Place(world, world.book(place.book.account_id)))
        return
    kind, _, rest = words.partition(" ")
    if kind not in CHECKS:
        message = f"{kind!r} is nothing that can be claimed; it may be one of {', '.join(CHECKS)}"
        raise ScenarioError(message)
    claimed, actual = CHECKS[kind](place, rest)
    if claimed != actual:
        message = f"it is {actual}"
        raise ScenarioError(message)


def _by_name(rest: str, actual: Callable[[str], str]) -> tuple[object, object]:
    """Compare `A/1 0.00, A/2 40.00` one by one."""
    pairs = [one.rpartition(" ")[::2] for one in rest.split(", ")]
    return dict(pairs), {name: actual(name) for name, _claimed in pairs}


def _amount(minor: Callable[[Item], int]) -> Check:
    def found(place: Place, rest: str) -> tuple[object, object]:
        def text(name: str) -> str:
            item = place.item(name)
            return to_text(minor(item), item.currency)

        return _by_name(rest, text)

    return found


def _status(place: Place, rest: str) -> tuple[object, object]:
    return _by_name(rest, lambda name: status_of(place.item(name)))


def _level(place: Place, rest: str) -> tuple[object, object]:
    return _by_name(rest, lambda name: place.item(name).level or "none")


def _overdue(place: Place, rest: str) -> tuple[object, object]:
    return _by_name(rest, lambda name: str(place.item(name).days_overdue(place.today)))


def _policy(place: Place, rest: str) -> tuple[object, object]:
    return rest, place.book.policy(place.world.policies).label


def _unapplied(place: Place, rest: str) -> tuple[object, object]:
    sums: dict[str, int] = {}
    for funds in place.book.account.funds.values():
        if funds.currency is not None and funds.unapplied:
            sums[funds.currency] = sums.get(funds.currency, 0) + funds.unapplied
    texts = [f"{to_text(minor, currency)} {currency}" for currency, minor in sorted(sums.items())]
    return rest, ", ".join(texts) or NOTHING


def _cleared(place: Place, rest: str) -> tuple[object, object]:
    """Compare `A/1 by P 30.00`, with or without `on 2026-01-15`, by what stands of the records."""
    claimed = [in_full(one, place.book) for one in rest.split(", ")]
    records = [
        (f"{one.invoice_id}/{one.instalment} by {one.funds_id}", one)
        for one in place.book.clearings
    ]
    stands = {name: 0 for name, _one in records}
    days: dict[tuple[str, str], int] = {}
    for name, one in records:
        stands[name] += one.amount
        day = f" on {one.cleared_on}" if " on " in rest else ""
        days[name, day] = days.get((name, day), 0) + one.amount
    currencies = {name: one.currency for name, one in records}
    actual = [
        f"{name} {to_text(minor, currencies[name])}{day}"
        for (name, day), minor in days.items()
        if minor and stands[name]
    ]
    return sorted(claimed), sorted(actual)


def _said(place: Place, rest: str) -> tuple[object, object]:
    """Compare with all that was said of the account since the last claim of this kind."""
    claimed = [in_full(one, place.book) for one in rest.split("; ")]
    actual = [written(word) for word in place.book.words] or [NOTHING]
    place.book.words.clear()
    return claimed, actual


def _supersedes(place: Place, rest: str) -> tuple[object, object]:
    """Compare `A legal: dunning` with the levels whose letters a raise that was said recalls."""
    name, level, *claimed = rest.replace(":", "").split()
    item = place.item(name)
    names = {
        escalation_id(place.book.account_id, item.item_id, one.level, one.cycle): one.level
        for one in item.raised
    }
    found = [
        names[key]
        for word in place.book.words
        if isinstance(word, EscalationEvent) and (word.item_id, word.level) == (item.item_id, level)
        for key in word.supersedes
    ]
    return claimed, found or [NOTHING]


def _why(place: Place, rest: str) -> tuple[object, object]:
    """Compare `A legal: due on …` with the sentence on why a level was raised."""
    name, level, *_rest = rest.replace(":", "").split()
    found = [
        word.why
        for word in place.book.words
        if isinstance(word, EscalationEvent)
        and (word.item_id, word.level, word.type) == (place.item(name).item_id, level, RAISED)
    ]
    return rest.partition(": ")[2], found[-1] if found else NOTHING


def _next(place: Place, rest: str) -> tuple[object, object]:
    """Compare `A legal on 2026-03-02` with what the item will reach first."""
    name, _, claimed = rest.partition(" ")
    policy = place.book.policy(place.world.policies)
    decision = place.book.decision(place.item(name), policy, place.today)
    found = [
        f"{prospect.level.name} on {prospect.on}" + (f", {waits}" if waits else "")
        for prospect, waits in decision.outlook
    ]
    return claimed, found[0] if found else NOTHING


def _becomes(place: Place, rest: str) -> tuple[object, object]:
    """Compare `A legal raised on 2026-03-02` with what is to become of the level by itself."""
    name, _, claimed = rest.partition(" ")
    policy = place.book.policy(place.world.policies)
    wanted = claimed.partition(" ")[0]
    for one in place.book.forecast(place.item(name), policy, place.today):
        if one.level.name == wanted:
            delays = [f"{delay.because} to {delay.until or 'an event'}" for delay in one.delays]
            on = f" on {one.becomes_on}" if one.becomes_on else ""
            return claimed, ", ".join((f"{wanted} {one.becomes.replace('_', ' ')}{on}", *delays))
    return claimed, NOTHING


def _claim(place: Place, rest: str) -> tuple[object, object]:
    """Compare a claim's figure, its reason, a step of its arithmetic, or its days.

    What `arrears why` shows of it must be the figure that was told.
    """
    name, _, claimed = rest.partition(" ")
    item, book = place.item(name), place.book
    if item.item_id not in book.claims:
        message = f"no claim stands raised for {name}"
        raise ScenarioError(message)
    told = book.claims[item.item_id]
    figures, key = book.figures(place.world.policies), (0, book.account_id)
    shown = figures.outlook(key, item, book.account.debtor, place.today)
    if shown.amount != told.amount:
        message = f"{name} shows a claim of {shown.amount}, and was told as {told.amount}"
        raise ScenarioError(message)
    return _figure(claimed, told)


def _notice(place: Place, rest: str) -> tuple[object, object]:
    """Compare what the insurer was told by an overdue notice, in the words of a claim."""
    name, _, claimed = rest.partition(" ")
    claim = place.book.notices.get(place.item(name).item_id)
    if claim is None:
        message = f"no overdue notice was raised for {name}"
        raise ScenarioError(message)
    return _figure(claimed, claim)


def _figure(claimed: str, claim: Claim) -> tuple[object, object]:
    if claimed.startswith("says "):
        return _step(claimed, claim.why)
    if re.match(r"(notify_by|eligible_on|mep_on) ", claimed):
        pairs = [one.partition(" ")[::2] for one in claimed.split(", ")]
        return dict(pairs), {key: str(getattr(claim, key)) for key, _day in pairs}
    figure = "for a person" if claim.amount is None else f"{claim.amount} {claim.currency}"
    if ", was " in claimed:
        figure += f", was {claim.was or 'none'} until {claim.changed_on}"
    return claimed, figure


def _interest(place: Place, rest: str) -> tuple[object, object]:
    """Compare what has grown, is owed and was paid beyond it, or a step of the arithmetic."""
    name, _, claimed = rest.partition(" ")
    found = _interest_of(place, name)
    if found is None:
        return claimed, NOTHING
    if claimed.startswith("says "):
        return _step(claimed, found.why)
    interest = found.interest
    owed = f"{interest.accrued} {interest.currency}"
    if ", owed " in claimed:
        owed += f", owed {interest.open}"
    if ", paid beyond " in claimed:
        owed += f", paid beyond {to_text(found.overpaid, interest.currency)}"
    return claimed, owed


def _interest_of(place: Place, name: str) -> InvoiceInterest | None:
    invoice = place.book.account.invoices.get(name)
    if invoice is None or invoice.currency is None:
        message = f"{name} is no invoice of {place.book.account_id}"
        raise ScenarioError(message)
    terms = place.book.terms(place.world.policies)
    own = [one for one in place.book.clearings if one.invoice_id == name]
    return interest_on(invoice, own, terms, place.today)


def _step(claimed: str, why: list[str]) -> tuple[object, object]:
    sentence = claimed.removeprefix("says ")
    return sentence, sentence if sentence in why else why


def _one_of(claimed: str, sentences: list[str]) -> tuple[object, object]:
    """Compare a sentence with those that there are; or claim that there is none."""
    if claimed == NOTHING:
        return claimed, ", ".join(sentences) or NOTHING
    return _step(claimed, sentences)


def _ageing(place: Place, rest: str) -> tuple[object, object]:
    """Compare buckets of one currency; those that are not named hold nothing."""
    currency, _, buckets = rest.partition(" ")
    items = [item for item in place.book.open_items() if item.currency == currency]
    sums = age([(item.due_on, item.open) for item in items], place.today)
    actual = [f"{name} {to_text(minor, currency)}" for name, minor in sums.items() if minor]
    return buckets.split(", "), actual


def _anomaly(place: Place, rest: str) -> tuple[object, object]:
    account = place.book.account
    found = [one for invoice in account.invoices.values() for one in anomalies.of_invoice(invoice)]
    found += [one for funds in account.funds.values() for one in anomalies.of_funds(funds)]
    found += debtor_anomalies.of_debtor(account.debtor)
    money = money_of(account, place.book.clearings, {}, date.min)
    found += unread_amounts(account.debtor.promises, place.book.open_items(), money)
    for name, invoice in account.invoices.items():
        interest = _interest_of(place, name) if invoice.currency is not None else None
        found += [] if interest is None else interest.beyond
    policy = place.book.policy(place.world.policies)
    found += held_from_insurer(account.debtor, place.book.open_items(), policy, place.today)
    return _one_of(rest, found)


def _doubt(place: Place, rest: str) -> tuple[object, object]:
    return _one_of(rest, doubts_of(place.book.policy(place.world.policies)))


def _broken(place: Place, rest: str) -> tuple[object, object]:
    return rest, str(place.book.said.broken_promises)


CHECKS: Final[dict[str, Check]] = {
    "open": _amount(lambda item: item.open),
    "dunnable": _amount(lambda item: item.dunnable),
    "disputed": _amount(lambda item: item.disputed),
    "status": _status,
    "level": _level,
    "next": _next,
    "becomes": _becomes,
    "said": _said,
    "supersedes": _supersedes,
    "why": _why,
    "overdue": _overdue,
    "unapplied": _unapplied,
    "cleared": _cleared,
    "ageing": _ageing,
    "claim": _claim,
    "notice": _notice,
    "interest": _interest,
    "policy": _policy,
    "doubt": _doubt,
    "broken": _broken,
    "anomaly": _anomaly,
}
