"""What must hold of the monitor's words, and of the work and the letters that they make."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from shared.contracts.escalation import LIFTED, RAISED
from tests.faults.evidence.values import Evidence, Word

#: A dialogue that has begun before the payment was known may end so much later.
DIALOGUE_SECONDS_MAX: Final = 3.0
#: How many mails each state of a letter allows.
MAILS_ALLOWED: Final = {"sent": {1}, "unknown": {0, 1}}


def words_published(evidence: Evidence) -> list[str]:
    """The topic has every word of the log, in the order of each account, and nothing else."""
    logged = {one.event_id for one in evidence.log}
    published = {one.event_id for one in evidence.topic}
    unlogged = published - logged - evidence.forgotten
    found = [f"word {one} is in the log, not on the topic" for one in sorted(logged - published)]
    found += [f"word {one} is on the topic, not in the log" for one in sorted(unlogged)]
    if evidence.order_may_be_broken:
        return found
    by_log, by_topic = _by_account(evidence.log), _by_account(evidence.topic)
    return found + [
        f"{account_id}: the words' order on the topic is not that of the log"
        for account_id, words in by_topic.items()
        if words != [one for one in by_log.get(account_id, []) if one in published]
    ]


def _by_account(words: Sequence[Word]) -> dict[str, list[uuid.UUID]]:
    """Return each account's words in order, the first time of each."""
    found: dict[str, dict[uuid.UUID, None]] = defaultdict(dict)
    for one in sorted(words, key=lambda one: (one.partition, one.number)):
        found[one.account_id].setdefault(one.event_id)
    return {account_id: list(words) for account_id, words in found.items()}


def work_is_what_was_said(evidence: Evidence) -> list[str]:
    """The notifier knows every escalation that was raised, and which of them still stand."""
    expected = {
        one.escalation_id: True
        for one in evidence.log
        if one.escalation_id is not None and one.type == RAISED
    }
    expected |= {
        one.escalation_id: False
        for one in evidence.log
        if one.escalation_id is not None and one.type == LIFTED
    }
    # Raised in a time that the restored database knows nothing of, and paid in it as well.
    forgotten = {
        one.escalation_id for one in evidence.topic if one.event_id in evidence.forgotten
    } - expected.keys()
    return [
        f"escalation {one}: standing is {expected.get(one)} by the log, "
        f"{evidence.work.get(one)} in the notifier"
        for one in sorted((expected.keys() | evidence.work.keys()) - forgotten, key=str)
        if expected.get(one) != evidence.work.get(one)
    ]


def letters_once(evidence: Evidence) -> list[str]:
    """A sent letter is one mail, an unknown one at most one, any other none."""
    mails = Counter(mail.message_id for mail in evidence.mails)
    found = [
        f"letter {one.letter_id} is {one.status} and {mails[one.message_id or '']} mails of it came"
        for one in evidence.letters
        if mails[one.message_id or ""] not in MAILS_ALLOWED.get(one.status, {0})
    ]
    known = {one.message_id for one in evidence.letters}
    found += [f"mail {one} is of no letter" for one in sorted(mails.keys() - known)]
    found += [
        f"letter {one.letter_id} is still {one.status}"
        for one in evidence.letters
        if one.status == "sending" or one.is_due
    ]
    return found


def no_letter_after_payment(evidence: Evidence) -> list[str]:
    """No mail was begun about an item that had been called back before."""
    lifted_at: dict[uuid.UUID, float] = {}
    for word in evidence.topic:
        if word.type == LIFTED and word.escalation_id is not None:
            at = lifted_at.get(word.escalation_id, word.at)
            lifted_at[word.escalation_id] = min(at, word.at)
    begun_at = {
        mail.message_id: mail.begun_at
        for mail in evidence.mails
        if not any(since <= mail.begun_at <= until for since, until in evidence.late_between)
    }
    return [
        f"letter {letter.letter_id} left {begun_at[letter.message_id] - lifted_at[one]:.1f} s "
        f"after escalation {one} was lifted"
        for letter in evidence.letters
        if letter.message_id in begun_at
        for one in letter.escalation_ids
        if one in lifted_at and begun_at[letter.message_id] > lifted_at[one] + DIALOGUE_SECONDS_MAX
    ]
