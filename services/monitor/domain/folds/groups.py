"""Folds of what accounts and their groups say to each other through the ledger."""

from services.monitor.domain.folds.event import Event
from services.monitor.domain.ledger.account import Account, Message
from services.monitor.domain.ledger.debtor import GroupDefault
from services.monitor.domain.ledger.group import Group, Member, Word
from shared.contracts.group import (
    CURED,
    DEFAULTED,
    AccountCured,
    AccountDefaulted,
    MemberChanged,
)


def member_changed(account: Account, data: MemberChanged, _event: Event) -> None:
    """A group hears from an account, and tells its members what that means for them."""
    group = account.group = account.group or Group(data.group_id)
    known = group.members.get(data.account_id)
    if known is not None and known.turn >= data.turn:
        account.remark(f"turn {known.turn} of {data.account_id} is known")
        return
    group.members[data.account_id] = Member(
        turn=data.turn,
        customer_id=data.customer_id,
        creditor_id=data.creditor_id,
        member=data.member,
        defaulted=data.defaulted,
        changed_on=data.changed_on,
        because=data.because,
        told=known is not None and known.told,
    )
    account.messages += [_message(group, word) for word in group.words()]


def account_defaulted(account: Account, data: AccountDefaulted, _event: Event) -> None:
    """Others of the account's group are in default."""
    _group_said(
        account, GroupDefault(data.group_id, data.turn, data.defaulted_on, list(data.causes))
    )


def account_cured(account: Account, data: AccountCured, _event: Event) -> None:
    """No other account of the group is in default any more."""
    _group_said(account, GroupDefault(data.group_id, data.turn, None, []))


def _group_said(account: Account, said: GroupDefault) -> None:
    known = account.debtor.group_default
    same = known is not None and known.group_id == said.group_id
    if known is not None and same and known.turn >= said.turn:
        account.remark(f"turn {known.turn} of group {said.group_id} is known")
        return
    if account.debtor.group_id != said.group_id:
        account.remark(f"the account has left group {said.group_id}")
        if known is not None and known.group_id == account.debtor.group_id:
            return
    account.debtor_to_change().group_default = said
    account.retime()
    account.heard_of_group = True


def _message(group: Group, word: Word) -> Message:
    if word.defaulted_on is None:
        cured = AccountCured(
            customer_id=word.customer_id,
            creditor_id=word.creditor_id,
            group_id=group.group_id,
            turn=word.turn,
        )
        return Message(word.account_id, CURED, cured)
    data = AccountDefaulted(
        customer_id=word.customer_id,
        creditor_id=word.creditor_id,
        group_id=group.group_id,
        turn=word.turn,
        defaulted_on=word.defaulted_on,
        causes=word.causes,
    )
    return Message(word.account_id, DEFAULTED, data)
