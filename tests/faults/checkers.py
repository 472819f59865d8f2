"""What must hold after every run, whatever was done to the system; each claim is one function.

A checker takes the evidence and returns a sentence for each violation. It reads nothing else, so
that it is tested itself, on evidence that was doctored.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared.contracts.escalation import LIFTED, RAISED
from tests.faults.checkers_of_words import (
    letters_once,
    no_letter_after_payment,
    words_published,
    work_is_what_was_said,
)
from tests.faults.evidence.values import Evidence, Place

if TYPE_CHECKING:
    import uuid

#: Sentences of one checker; where there are more, the last one says so.
SENTENCES_MAX: Final = 10
MEMORY_MIB_MAX: Final = 300

Thing = TypeVar("Thing", bound=Hashable)


def nothing_lost(evidence: Evidence) -> list[str]:
    """Every inbound record is in the journal, or refused where it had to be."""
    journal = {row.name for row in evidence.journal}
    refused = set(evidence.refused)
    found = []
    for one in evidence.inbound:
        where = (one.topic, one.partition, one.offset)
        if one.name is None and where not in refused:
            found.append(f"{where} had to be refused and is not among the refused")
        elif one.name is not None and where in refused:
            found.append(f"{where}, event {one.name}, was refused")
        elif one.name is not None and one.name not in journal:
            found.append(f"{where}, event {one.name}, is not in the journal")
    return found


def nothing_made_up(evidence: Evidence) -> list[str]:
    """Everything in the journal was sent, or said by the monitor itself."""
    known = {one.name for one in evidence.inbound}
    known |= {one.name for one in evidence.ledger if not one.is_from_outside}
    return [
        f"event {row.name} of {row.account_id} is in the journal, and nobody has sent it"
        for row in evidence.journal
        if row.name not in known
    ]


def nothing_doubled(evidence: Evidence) -> list[str]:
    """Each event is in the journal once, each word in the log once, each level raised once."""
    raised = [one.escalation_id for one in evidence.log if one.type == RAISED]
    lifted = [one.escalation_id for one in evidence.log if one.type == LIFTED]
    kinds: tuple[tuple[str, Iterable[Any]], ...] = (
        ("event in the journal", (row.name for row in evidence.journal)),
        ("word in the log", (one.event_id for one in evidence.log)),
        ("raised escalation", raised),
        ("lifted escalation", lifted),
        ("word in the inbox", evidence.inbox),
        ("refused record", evidence.refused),
    )
    return [
        f"{what} {one} is there {count} times"
        for what, things in kinds
        for one, count in _repeated(things)
    ]


def refusals_told(evidence: Evidence) -> list[str]:
    """The rejected topic has every refusal, and nothing else."""
    rows, told = set(evidence.refused_ids), set(evidence.refused_on_topic)
    return [f"refusal {one} is in the table, not on the topic" for one in sorted(rows - told)] + [
        f"refusal {one} is on the topic, not in the table" for one in sorted(told - rows)
    ]


def ledger_folded_in_order(evidence: Evidence) -> list[str]:
    """The journal has the first record of each name on the ledger, at its very offset."""
    first: dict[uuid.UUID, tuple[int, int, str]] = {}
    for one in sorted(evidence.ledger, key=lambda one: (one.partition, one.offset)):
        first.setdefault(one.name, (one.partition, one.offset, one.account_id))
    kept = {row.name: (row.partition, row.offset, row.account_id) for row in evidence.journal}
    return [
        f"event {name}: the ledger has it first at {first.get(name)}, the journal at "
        f"{kept.get(name)}"
        for name in sorted(first.keys() | kept.keys())
        if first.get(name) != kept.get(name)
    ]


def order_kept(evidence: Evidence) -> list[str]:
    """What one inbound partition says of one account keeps its order on the ledger.

    Of an event that was said on several partitions any may have come first: it proves nothing.
    """
    if evidence.order_may_be_broken:
        return []
    place: dict[uuid.UUID, int] = {}
    for one in sorted(evidence.ledger, key=lambda one: (one.partition, one.offset)):
        place.setdefault(one.name, one.offset)
    said_at: dict[uuid.UUID | None, set[Place]] = defaultdict(set)
    for record in evidence.inbound:
        said_at[record.name].add((record.topic, record.partition))
    streams: dict[tuple[Place, str | None], dict[uuid.UUID, None]] = defaultdict(dict)
    for record in sorted(evidence.inbound, key=lambda one: (one.topic, one.partition, one.offset)):
        if record.name in place and len(said_at[record.name]) == 1:
            where = (record.topic, record.partition)
            streams[where, record.account_id].setdefault(record.name)
    return [
        f"{stream}: not in its order on the ledger"
        for stream, names in streams.items()
        if (places := [place[one] for one in names]) != sorted(places)
    ]


def state_is_fold_of_journal(evidence: Evidence) -> list[str]:
    """The journal, folded from nothing, gives what is stored."""
    return list(evidence.rebuild_differences)


def state_is_fold_of_inbound(evidence: Evidence) -> list[str]:
    """The inbound log, folded from nothing, gives the totals and items that are stored."""
    found = []
    tables: tuple[tuple[str, dict[Any, Any], dict[Any, Any]], ...] = (
        ("balance", evidence.expected_balances, evidence.balances),
        ("item", evidence.expected_items, evidence.items),
    )
    for what, expected, stored in tables:
        found += [
            f"{what} {key}: the inbound log gives {wanted}, stored is {stored.get(key)}"
            for key, wanted in expected.items()
            if not _has(stored.get(key), wanted)
        ]
    found += [
        f"balance {key}: nobody has said anything that gives it"
        for key in evidence.balances.keys() - evidence.expected_balances.keys()
    ]
    return found


def _has(stored: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> bool:
    """Whether what is stored has the expected values; of some accounts not all are known."""
    return stored is not None and all(stored[name] == value for name, value in wanted.items())


def money_conserved(evidence: Evidence) -> list[str]:
    """The totals add up by themselves, and agree with the rows of items and funds."""
    found = []
    for key, one in evidence.balances.items():
        claims = one["invoiced"] + one["interest"] + one["reversed"]
        settled = one["received"] + one["credited"] + one["written_off"]
        difference = claims - settled - one["open"] + one["unapplied"]
        if difference:
            found.append(f"{key}: {difference} minor units too many in {dict(one)}")
        rows = (evidence.open_by_items.get(key, 0), evidence.unapplied_by_funds.get(key, 0))
        if rows != (one["open"], one["unapplied"]):
            found.append(
                f"{key}: open and unapplied are {one['open']}, {one['unapplied']} by the totals "
                f"and {rows[0]}, {rows[1]} by the rows"
            )
    return found


def nothing_waits(evidence: Evidence) -> list[str]:
    """Outboxes are empty, every partition is folded to its end, every open item has its timer."""
    found = [f"{evidence.outbox} facts wait in the outbox"] if evidence.outbox else []
    found += [
        f"partition {one} is folded to {evidence.next_offsets.get(one, 0)} of {end}"
        for one, end in evidence.ends.items()
        if evidence.next_offsets.get(one, 0) != end
    ]
    return found + evidence.timer_differences


def everything_well(evidence: Evidence) -> list[str]:
    """No service has ended by itself, all are ready again, and none takes too much memory."""
    return [
        *(f"{one} has ended by itself" for one in evidence.ended),
        *evidence.not_ready,
        *(
            f"{name} has had {mib} MiB, more than {MEMORY_MIB_MAX}"
            for name, mib in evidence.memory_mib.items()
            if mib > MEMORY_MIB_MAX
        ),
    ]


def _repeated(things: Iterable[Thing]) -> list[tuple[Thing, int]]:
    return [(one, count) for one, count in Counter(things).items() if count > 1]


CHECKERS: Final[tuple[Callable[[Evidence], list[str]], ...]] = (
    nothing_lost,
    nothing_made_up,
    nothing_doubled,
    refusals_told,
    ledger_folded_in_order,
    order_kept,
    words_published,
    state_is_fold_of_journal,
    state_is_fold_of_inbound,
    money_conserved,
    work_is_what_was_said,
    letters_once,
    no_letter_after_payment,
    nothing_waits,
    everything_well,
)


def violations(evidence: Evidence) -> dict[str, list[str]]:
    """Return what each checker objects to; none that has nothing to say."""
    found = {}
    for checker in CHECKERS:
        sentences = checker(evidence)
        if len(sentences) > SENTENCES_MAX:
            more = len(sentences) - SENTENCES_MAX
            sentences = [*sentences[:SENTENCES_MAX], f"and {more} more"]
        if sentences:
            found[checker.__name__] = sentences
    return found
