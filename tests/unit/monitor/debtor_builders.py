"""Short makers of events of the debtor: promises, blocks, enforcement, insolvency, cover, group."""

from typing import Any, Final

from services.monitor.domain.ledger.account import Account
from shared.contracts.cover import CoverWithdrawn
from shared.contracts.customer import CustomerInsolvent
from shared.contracts.dunning import (
    DunningBlocked,
    DunningUnblocked,
    EnforcementSet,
    PromiseMade,
    PromiseWithdrawn,
)
from shared.contracts.group import AccountCured, AccountDefaulted, MemberChanged, group_key
from tests.unit.monitor.builders import CUSTOMER, checked, day

GROUP: Final = "G"


def promised(
    promise_id: str,
    amount: str | None = None,
    *invoice_ids: str,
    made_on: str = "2026-02-01",
    by: str = "2026-02-20",
    currency: str | None = None,
) -> PromiseMade:
    """A promise to pay by the end of a day; for the whole account when no invoice is named."""
    return checked(
        PromiseMade(
            customer_id=CUSTOMER,
            promise_id=promise_id,
            made_on=day(made_on),
            promised_on=day(by),
            amount=amount,
            currency=currency,
            invoice_ids=list(invoice_ids) or None,
        )
    )


def promise_withdrawn(promise_id: str, on: str = "2026-02-10") -> PromiseWithdrawn:
    """A promise does not stand any more."""
    return checked(
        PromiseWithdrawn(customer_id=CUSTOMER, promise_id=promise_id, withdrawn_on=day(on))
    )


def blocked(
    block_id: str, invoice_id: str | None = None, on: str = "2026-02-01", until: str | None = None
) -> DunningBlocked:
    """A block of an invoice's dunning, or the whole account's."""
    return checked(
        DunningBlocked(
            customer_id=CUSTOMER,
            block_id=block_id,
            blocked_on=day(on),
            invoice_id=invoice_id,
            until=None if until is None else day(until),
        )
    )


def unblocked(block_id: str, on: str = "2026-02-10") -> DunningUnblocked:
    """A block is lifted."""
    return checked(DunningUnblocked(customer_id=CUSTOMER, block_id=block_id, unblocked_on=day(on)))


def enforced(*, is_on: bool, on: str = "2026-02-01") -> EnforcementSet:
    """Enforcement of the account is switched on or off."""
    return checked(EnforcementSet(customer_id=CUSTOMER, enforced=is_on, set_on=day(on)))


def insolvent(on: str = "2026-02-01") -> CustomerInsolvent:
    """Insolvency is filed."""
    return checked(CustomerInsolvent(customer_id=CUSTOMER, filed_on=day(on)))


def cover_withdrawn(policy_no: str = "TC-1", on: str = "2026-02-01") -> CoverWithdrawn:
    """The insurer withdraws a cover."""
    return checked(CoverWithdrawn(customer_id=CUSTOMER, policy_no=policy_no, withdrawn_on=day(on)))


def group_defaulted(turn: int, since: str = "2026-02-01", **more: Any) -> AccountDefaulted:
    """A group tells the account that others are in default."""
    words: dict[str, Any] = {"group_id": GROUP, "causes": ["default:C2"]}
    return checked(
        AccountDefaulted(customer_id=CUSTOMER, turn=turn, defaulted_on=day(since), **(words | more))
    )


def group_cured(turn: int, group_id: str = GROUP) -> AccountCured:
    """A group tells the account that no other one is in default any more."""
    return checked(AccountCured(customer_id=CUSTOMER, group_id=group_id, turn=turn))


def member(
    customer_id: str,
    turn: int,
    *,
    defaulted: bool = False,
    belongs: bool = True,
    on: str = "2026-02-01",
    because: str | None = None,
) -> MemberChanged:
    """An account tells its group how it is with it."""
    return checked(
        MemberChanged(
            customer_id=customer_id,
            group_id=GROUP,
            turn=turn,
            member=belongs,
            defaulted=defaulted,
            changed_on=day(on),
            because=because,
        )
    )


def group_account() -> Account:
    """Return the group's own place on the ledger."""
    return Account(group_key(GROUP))
