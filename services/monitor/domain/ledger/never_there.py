"""Money that was never there: what it met by the clearing rule, and had left again, it never met.

A bounce takes money from where it is; the days on which it stood elsewhere before, until a move or
a version took it away, are taken back here, since interest is reckoned by the clearing records.
"""

from datetime import date

from services.monitor.domain.invoice.invoice import Invoice, RuleStep
from services.monitor.domain.ledger.account import Account
from services.monitor.domain.ledger.clearing import OLDEST_DUE_FIRST, Clearing
from services.monitor.domain.ledger.funds import NEVER_THERE, Funds, readable


def take_back_days(account: Account, funds: Funds) -> None:
    """Record that funds met no more by the clearing rule, on any day, than there was of them.

    What they named on the day comes first, then the invoices in the order in which the rule met
    them. The records add up to nothing: what is matched now stands.
    """
    found = [account.invoices.get(one) for one in funds.rule_invoices]
    invoices = [one for one in found if one is not None]
    steps = [step for one in invoices for step in one.rule_steps if _is_of(step, funds)]
    # One that was stored without its record's day tells nothing of the days before.
    if funds.currency is None or any(step.recorded_on is None for step in steps):
        return
    left = {step.recorded_on: _left_on(funds, step.recorded_on) for step in steps}
    days = sorted(day for day in left if day is not None)
    for invoice in invoices:
        own = [step for step in invoice.rule_steps if _is_of(step, funds)]
        for instalment in sorted({step.instalment for step in own}):
            stood = excess = 0
            for day in days:
                stood += sum(
                    step.amount
                    for step in own
                    if (step.instalment, step.recorded_on) == (instalment, day)
                )
                before, excess = excess, max(0, stood - max(0, left[day]))
                left[day] -= max(0, stood - excess)
                if excess != before:
                    _record(account, invoice, funds, instalment, before - excess, day)


def _is_of(step: RuleStep, funds: Funds) -> bool:
    return (step.kind, step.funds_id) == funds.key


def _left_on(funds: Funds, day: date | None) -> int:
    """Return what the clearing rule could have met on a day, in minor units."""
    assert funds.currency is not None
    assert day is not None
    was_there = sum(
        funds.amount if text is None else readable(text, funds.currency)
        for name, text in funds.reversals.items()
        if funds.reversed_because.get(name) not in NEVER_THERE
    )
    never_there = max(0, funds.reversed - was_there)
    named = sum(
        part.amount
        for part in funds.standing_allocations()
        if part.moved_on is None or part.moved_on <= day
    )
    return funds.amount - never_there - named


def _record(
    account: Account, invoice: Invoice, funds: Funds, instalment: int, amount: int, day: date
) -> None:
    """Keep a clearing record that leaves what stands on the day of the event as it is."""
    assert invoice.currency is not None
    account.touched_invoices.add(invoice.invoice_id)
    invoice.rule_steps.append(
        RuleStep(*funds.key, instalment, amount, on=account.event_on, recorded_on=day)
    )
    account.clearings.append(
        Clearing(
            *funds.key,
            invoice.invoice_id,
            instalment,
            invoice.currency,
            amount,
            OLDEST_DUE_FIRST,
            day,
        )
    )
