"""What each type of event does to the books, and what could not have been."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from cli.sample.events import Event
from shared.money import to_minor
from tests.unit.cli.sample.books import Bill, Books, Money


def due_dates(books: Books, data: dict[str, Any], currency: str, total: int) -> list[date]:
    parts = data.get("schedule") or [{"due_on": data["due_on"], "amount": None}]
    if "schedule" in data:
        minor = sum(to_minor(part["amount"], currency) for part in parts)
        books.expect(minor == total, data, "the schedule does not add up")
    return [date.fromisoformat(part["due_on"]) for part in parts]


def issued(books: Books, data: dict[str, Any]) -> None:
    total = to_minor(data["total"], data["currency"])
    books.expect(data["customer_id"] not in books.insolvent, data, "sold to the insolvent")
    books.expect(data["invoice_id"] not in books.bills, data, "two of one number")
    due_on = due_dates(books, data, data["currency"], total)
    books.bills[data["invoice_id"]] = Bill(
        data["customer_id"], data["currency"], total, due_on, "interest" in data
    )


def amended(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    bill.total = to_minor(data["total"], bill.currency)
    bill.due_on = due_dates(books, data, bill.currency, bill.total)
    books.expect(bill.open > 0, data, "amended though nothing is open")


def extended(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    due_on = due_dates(books, data, bill.currency, bill.total)
    books.expect(min(due_on) > max(bill.due_on), data, "no more time than before")
    books.expect(bill.open > 0, data, "more time for nothing")
    bill.due_on = due_on


def cancelled(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    books.expect(bill.open == bill.total, data, "cancelled though something was paid")
    bill.cancelled = True


def written_off(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    minor = to_minor(data["amount"], bill.currency) if "amount" in data else bill.open
    books.expect(0 < minor <= bill.open, data, "more written off than is open")
    bill.written_off += minor


def write_off_reversed(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    books.expect(bill.written_off > 0, data, "nothing was written off")
    bill.written_off = 0


def disputed(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    minor = to_minor(data["amount"], bill.currency) if "amount" in data else bill.open
    books.expect(0 < minor <= bill.open, data, "more disputed than is open")
    books.expect(bill.disputed is None, data, "disputed twice")
    books.expect(data.get("instalment", 1) <= len(bill.due_on), data, "no such instalment")
    bill.disputed = data["dispute_id"]
    books.disputes[data["dispute_id"]] = minor


def resolved(books: Books, data: dict[str, Any]) -> None:
    bill = books.bill(data, data["invoice_id"])
    books.expect(bill.disputed == data["dispute_id"], data, "not what was disputed")
    minor = books.disputes[data["dispute_id"]]
    books.expect(minor is not None, data, "resolved twice")
    books.expect(minor is None or minor <= bill.open, data, "paid while disputed")
    books.disputes[data["dispute_id"]] = None


def waived(books: Books, data: dict[str, Any]) -> None:
    books.expect(books.bill(data, data["invoice_id"]).interest, data, "no interest was agreed")


def credited(books: Books, data: dict[str, Any]) -> None:
    minor = to_minor(data["amount"], data["currency"])
    invoice_id = data.get("invoice_id")
    if invoice_id:
        bill = books.bill(data, invoice_id)
        bill.credited += minor
        books.expect(bill.open >= 0, data, "more credited than is open")
    books.notes[data["credit_note_id"]] = (invoice_id, minor)


def note_cancelled(books: Books, data: dict[str, Any]) -> None:
    invoice_id, minor = books.notes.pop(data["credit_note_id"])
    if invoice_id:
        books.bill(data, invoice_id).credited -= minor


def named(books: Books, data: dict[str, Any], currency: str) -> list[tuple[str, int]]:
    parts = []
    for part in data.get("allocations", []):
        bill = books.bill(data, part["invoice_id"])
        minor = to_minor(part["amount"], currency)
        books.expect(bill.currency == currency, data, "another currency")
        books.expect(part.get("instalment", 1) <= len(bill.due_on), data, "no such instalment")
        if part.get("claim") == "interest":
            books.expect(bill.interest, data, "interest that nobody asked for")
        else:
            bill.named += minor
            books.expect(bill.open >= 0, data, "more paid than is open")
        parts.append((part["invoice_id"] if "claim" not in part else "", minor))
    return parts


def received(books: Books, data: dict[str, Any]) -> None:
    books.expect(data["customer_id"] not in books.insolvent, data, "paid by the insolvent")
    parts = named(books, data, data["currency"])
    rest = to_minor(data["amount"], data["currency"]) - sum(minor for _, minor in parts)
    books.expect(rest >= 0, data, "more named than came")
    received_on = date.fromisoformat(data["received_on"])
    customer_id = data["customer_id"]
    books.money[data["payment_id"]] = Money(received_on, data["currency"], rest, parts, customer_id)


def allocated(books: Books, data: dict[str, Any]) -> None:
    money = books.money[data["payment_id"]]
    parts = named(books, data, money.currency)
    money.on_account -= sum(minor for _, minor in parts)
    money.named += parts
    books.expect(money.on_account >= 0, data, "more moved than is on account")
    books.expect(data["allocated_on"] > money.received_on.isoformat(), data, "moved before it came")


def reversed_(books: Books, data: dict[str, Any]) -> None:
    money = books.money[data["payment_id"]]
    whole = money.on_account + sum(minor for _, minor in money.named)
    minor = to_minor(data["amount"], money.currency) if "amount" in data else whole
    books.expect(0 < minor <= whole, data, "more taken back than stands")
    books.expect(data["reversed_on"] > money.received_on.isoformat(), data, "back before it came")
    take = min(minor, money.on_account)
    money.on_account -= take
    minor -= take
    while minor > 0 and money.named:
        invoice_id, part = money.named.pop()
        take = min(minor, part)
        minor -= take
        if invoice_id:
            books.bill(data, invoice_id).named -= take
        if take < part:
            money.named.append((invoice_id, part - take))


def customer(books: Books, data: dict[str, Any]) -> None:
    before = books.versions.get(data["customer_id"], 0)
    books.expect(data["version"] == before + 1, data, "a version is missing")
    books.versions[data["customer_id"]] = data["version"]


def insolvent(books: Books, data: dict[str, Any]) -> None:
    books.expect(data["customer_id"] not in books.insolvent, data, "insolvent twice")
    books.insolvent.add(data["customer_id"])


def cover(books: Books, data: dict[str, Any]) -> None:
    standing = books.policies.setdefault(data["policy_no"], True)
    books.expect(standing, data, "said of a policy that was withdrawn")


def cover_withdrawn(books: Books, data: dict[str, Any]) -> None:
    books.expect(books.policies[data["policy_no"]], data, "withdrawn twice")
    books.policies[data["policy_no"]] = False


def promised(books: Books, data: dict[str, Any]) -> None:
    books.expect(data["customer_id"] not in books.insolvent, data, "promised by the insolvent")
    for invoice_id in data.get("invoice_ids", []):
        bill = books.bill(data, invoice_id)
        books.expect(bill.open > 0, data, "nothing is open of what was promised")
        overdue = min(bill.due_on).isoformat() < data["made_on"]
        books.expect(overdue, data, "nothing was due of what was promised")
    books.promises[data["promise_id"]] = date.fromisoformat(data["promised_on"])


def promise_withdrawn(books: Books, data: dict[str, Any]) -> None:
    promised_on = books.promises.pop(data["promise_id"])
    books.expect(data["withdrawn_on"] <= promised_on.isoformat(), data, "withdrawn too late")


def blocked(books: Books, data: dict[str, Any]) -> None:
    if "invoice_id" in data:
        bill = books.bill(data, data["invoice_id"])
        books.expect(bill.open > 0, data, "nothing is open of what is blocked")
    until = date.fromisoformat(data["until"]) if "until" in data else None
    books.blocks[data["block_id"]] = until


def unblocked(books: Books, data: dict[str, Any]) -> None:
    until = books.blocks.pop(data["block_id"])
    late = until is not None and data["unblocked_on"] > until.isoformat()
    books.expect(not late, data, "lifted though it had ended")


def enforcement(books: Books, data: dict[str, Any]) -> None:
    was = books.enforced.get(data["customer_id"], True)
    books.expect(data["enforced"] != was, data, "switched to what it was")
    books.enforced[data["customer_id"]] = data["enforced"]


FOLDS: dict[str, Callable[[Books, dict[str, Any]], None]] = {
    "invoice.issued.v1": issued,
    "invoice.amended.v1": amended,
    "invoice.cancelled.v1": cancelled,
    "invoice.terms_extended.v1": extended,
    "invoice.written_off.v1": written_off,
    "invoice.write_off_reversed.v1": write_off_reversed,
    "invoice.disputed.v1": disputed,
    "dispute.resolved.v1": resolved,
    "interest.waived.v1": waived,
    "credit_note.issued.v1": credited,
    "credit_note.cancelled.v1": note_cancelled,
    "payment.received.v1": received,
    "payment.allocated.v1": allocated,
    "payment.reversed.v1": reversed_,
    "customer.updated.v1": customer,
    "customer.insolvent.v1": insolvent,
    "cover.updated.v1": cover,
    "cover.withdrawn.v1": cover_withdrawn,
    "promise.made.v1": promised,
    "promise.withdrawn.v1": promise_withdrawn,
    "dunning.blocked.v1": blocked,
    "dunning.unblocked.v1": unblocked,
    "dunning.enforcement_set.v1": enforcement,
}


def faults_of(events: Iterable[Event]) -> list[str]:
    """Fold events in their order, repetitions once, and return what could not have been."""
    books = Books()
    for event in {(event.type, event.key): event for event in events}.values():
        books.read(event)
        try:
            FOLDS[event.type](books, event.data)
        except KeyError as unknown:
            books.faults.append(f"{event.type} names {unknown}, which is not known: {event.data}")
    return books.faults
