"""What can be said of a debtor: who it is, its cover, its promises, what blocks its dunning."""

from re import Match
from typing import Any, Final

import yaml

from shared.contracts.cover import CoverUpdated, CoverWithdrawn
from shared.contracts.customer import CustomerInsolvent, CustomerUpdated
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)
from tests.unit.docs.scenarios.forms import (
    AMOUNT,
    CURRENCY,
    DAY,
    MAPPING,
    NAME,
    Form,
    Members,
    Saying,
    form,
)

#: What a cover promises unless its line says otherwise; the document tells it to its readers.
COVER: Final[dict[str, Any]] = {
    "insurer": "Example Credit Insurance",
    "currency": "EUR",
    "insured_percentage": "90",
    "limit": "500000.00",
    "waiting_days": 60,
    "notice_days": 30,
    "mep_days": 60,
    "mep_from": "due",
    "valid_from": "2025-01-01",
}

_COVER: Final = rf"cover (?P<policy>{NAME})"
_PROMISE: Final = rf"promise (?P<promise>{NAME})"
_BLOCK: Final = rf"block (?P<block>{NAME})"
_INVOICES: Final = rf"(?P<invoices>{NAME}(?:, {NAME})*)"


@form(CustomerUpdated, "customer", MAPPING)
def _updated(found: Match[str], saying: Saying) -> Members:
    name = saying.account_id.partition(":")[2]
    return {"version": saying.number, "name": name, **yaml.safe_load(found["mapping"])}


@form(CustomerInsolvent, "customer insolvent")
def _insolvent(_found: Match[str], saying: Saying) -> Members:
    return {"filed_on": saying.on}


@form(CoverUpdated, rf"{_COVER}(?: {MAPPING})?")
def _covered(found: Match[str], _saying: Saying) -> Members:
    return {"policy_no": found["policy"], **COVER, **yaml.safe_load(found["mapping"] or "{}")}


@form(CoverWithdrawn, _COVER, "withdrawn")
def _uncovered(found: Match[str], saying: Saying) -> Members:
    return {"policy_no": found["policy"], "withdrawn_on": saying.on}


@form(
    PromiseMade,
    rf"{_PROMISE}(?: of (?P<amount>{AMOUNT})(?: (?P<currency>{CURRENCY}))?)?",
    rf"by (?P<day>{DAY})(?: for {_INVOICES})?",
)
def _promised(found: Match[str], saying: Saying) -> Members:
    return {
        "promise_id": found["promise"],
        "made_on": saying.on,
        "promised_on": found["day"],
        "amount": found["amount"],
        "currency": found["currency"],
        "invoice_ids": found["invoices"] and found["invoices"].split(", "),
    }


@form(PromiseWithdrawn, _PROMISE, "withdrawn")
def _taken_back(found: Match[str], saying: Saying) -> Members:
    return {"promise_id": found["promise"], "withdrawn_on": saying.on}


@form(DunningBlocked, rf"{_BLOCK}(?: on (?P<invoice>{NAME}))?(?: until (?P<day>{DAY}))?")
def _blocked(found: Match[str], saying: Saying) -> Members:
    return {
        "block_id": found["block"],
        "blocked_on": saying.on,
        "invoice_id": found["invoice"],
        "until": found["day"],
    }


@form(DunningUnblocked, _BLOCK, "lifted")
def _unblocked(found: Match[str], saying: Saying) -> Members:
    return {"block_id": found["block"], "unblocked_on": saying.on}


@form(EnforcementSet, "enforcement (?P<switch>on|off)")
def _switched(found: Match[str], saying: Saying) -> Members:
    return {"enforced": found["switch"] == "on", "set_on": saying.on}


FORMS: Final[list[Form]] = [
    _updated,
    _insolvent,
    _covered,
    _uncovered,
    _promised,
    _taken_back,
    _blocked,
    _unblocked,
    _switched,
]
