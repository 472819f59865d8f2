"""Every fault by its row, and the runs they make: each fault in each state of the system."""

import signal
from datetime import timedelta
from random import Random
from typing import Final

from shared.contracts.catalogue import ESCALATIONS, LEDGER, REJECTED
from tests.faults.parts.sink import Answer
from tests.faults.rows import clocks_wrong, great, losing, piling_up, poisoning, restoring
from tests.faults.run import Plan, State
from tests.faults.striking import processes, servers
from tests.faults.striking.course import EVERYTHING, Fault, Strike
from tests.faults.striking.processes import crash, cut_off
from tests.faults.striking.servers import network
from tests.faults.striking.told import mail_answers, mail_down, paid_meanwhile, replayed, said_again
from tests.faults.telling.workload import Size
from tests.faults.watching import kafka, postgres, smtp
from tests.faults.watching.lookout import Moment

BATCH: Final = "SET next_offset = m.next_offset"
SWEEP: Final = "epoch = $2 AND stopped_reason IS NULL FOR UPDATE"
NAMES: Final = "INSERT INTO ingest.names"
REFUSALS: Final = "INSERT INTO ingest.rejected"
RELAYED: Final = "DELETE FROM monitor.outbox"
INBOX: Final = "notifier.inbox"
SENDING: Final = "SET status = 'sending'"
FINISH: Final = "status IN ('sending', 'unknown')"

#: service, what is about to happen, its moment
MOMENTS: Final[tuple[tuple[str, str, Moment], ...]] = (
    ("ingest", "before the names", Moment(postgres.EXECUTE, NAMES)),
    ("ingest", "after the names", Moment(postgres.DONE, NAMES)),
    ("ingest", "before produce", Moment(kafka.PRODUCE, LEDGER)),
    ("ingest", "after produce", Moment(kafka.PRODUCED, LEDGER)),
    ("ingest", "after the refusals' commit", Moment(postgres.DONE, REFUSALS)),
    ("ingest", "after the refusals' produce", Moment(kafka.PRODUCED, REJECTED)),
    ("ingest", "before the offsets", Moment(kafka.OFFSETS)),
    ("ingest", "after the offsets", Moment(kafka.OFFSETS_KEPT)),
    ("monitor", "before the batch's commit", Moment(postgres.COMMIT, BATCH)),
    ("monitor", "after the batch's commit", Moment(postgres.DONE, BATCH)),
    ("monitor", "before the sweep's commit", Moment(postgres.COMMIT, SWEEP)),
    ("monitor", "after the sweep's commit", Moment(postgres.DONE, SWEEP)),
    ("monitor", "before produce", Moment(kafka.PRODUCE, ESCALATIONS)),
    ("monitor", "after produce", Moment(kafka.PRODUCED, ESCALATIONS)),
    ("monitor", "before the relay's delete", Moment(postgres.COMMIT, RELAYED)),
    ("monitor", "after the relay's delete", Moment(postgres.DONE, RELAYED)),
    ("notifier", "before the work's commit", Moment(postgres.COMMIT, INBOX)),
    ("notifier", "after the work's commit", Moment(postgres.DONE, INBOX)),
    ("notifier", "before the offsets", Moment(kafka.OFFSETS)),
    ("notifier", "after the offsets", Moment(kafka.OFFSETS_KEPT)),
    ("notifier", "before sending's commit", Moment(postgres.COMMIT, SENDING)),
    ("notifier", "after sending's commit", Moment(postgres.DONE, SENDING)),
    ("notifier", "at DATA", Moment(smtp.DATA)),
    ("notifier", "at the final dot", Moment(smtp.DOT)),
    ("notifier", "at the 250", Moment(smtp.ACCEPTED)),
    ("notifier", "before the result's commit", Moment(postgres.COMMIT, FINISH)),
)
KINDS: Final = ("ingest", "monitor", "notifier")
#: The ways out of a service.
LINKS: Final = tuple((kind, name) for kind in KINDS for name in ("kafka", "postgres"))


def _crashes() -> list[Fault]:
    named = [
        Fault(
            f"SIGKILL of {service}",
            f"{service} killed {when}",
            crash(f"{service}-1", moment),
            is_trap=True,
            holds=(service,),
        )
        for service, when, moment in MOMENTS
    ]
    anywhere = [
        Fault(
            f"SIGKILL of {kind}",
            f"{kind} killed anywhere",
            processes.killed(f"{kind}-1"),
            holds=(kind,),
        )
        for kind in KINDS
    ]
    return named + anywhere


def _unheard() -> list[Fault]:
    return [
        Fault(
            "acknowledged to nobody",
            f"{service}: the answer lost {when}",
            cut_off(f"{service}-1", moment),
            is_trap=True,
            holds=(service,),
        )
        for service, when, moment in MOMENTS
        if when.startswith("after") or moment.word == smtp.ACCEPTED
    ]


def _members() -> list[Fault]:
    found = []
    for kind in KINDS:
        late = kind == "notifier"
        found += [
            Fault(
                "zombie",
                f"zombie {kind}",
                processes.zombie(kind),
                letters_may_be_late=late,
                holds=EVERYTHING,
            ),
            Fault("rebalance storm", f"{kind}s come and go", processes.storm(kind), holds=(kind,)),
            Fault(
                "event loop blocked 15 s",
                f"{kind} blocked 15 s",
                processes.frozen(f"{kind}-1", 15),
                letters_may_be_late=late,
                is_short=kind == "monitor",
                holds=(kind,),
            ),
        ]
    for when, moment in (("batch", BATCH), ("sweep", SWEEP)):
        strike = processes.late(Moment(postgres.EXECUTE, moment))
        name = f"a late {when} of a zombie"
        found.append(Fault("zombie", name, strike, is_trap=True, holds=EVERYTHING))
    return found


def _servers() -> list[Fault]:
    immediate, fast = signal.SIGQUIT, signal.SIGINT
    #: row, what is held, (name, strike, whether one run of it belongs to the short matrix)
    table: tuple[tuple[str, str, tuple[tuple[str, Strike, bool], ...]], ...] = (
        (
            "Kafka stopped, stands still, restarted",
            "kafka",
            (
                ("broker restarted", servers.kafka_stopped(1), True),
                ("broker killed", servers.kafka_stopped(1, kill=True), True),
                ("broker stands still 5 s", servers.kafka_frozen(5), True),
                ("broker away 15 s", servers.kafka_stopped(15), False),
                ("broker away 60 s", servers.kafka_stopped(60), False),
                ("broker stands still 60 s", servers.kafka_frozen(60), False),
            ),
        ),
        (
            "PostgreSQL restarted, backends ended, locked",
            "postgres",
            (
                ("database's immediate restart", servers.postgres_restarted(immediate, 0), True),
                ("database's fast restart", servers.postgres_restarted(fast, 0), True),
                ("database away 5 s", servers.postgres_restarted(immediate, 5), True),
                ("database away 20 s", servers.postgres_restarted(immediate, 20), False),
                ("backends terminated", servers.backends_terminated(5), True),
                ("monitor.partitions locked", servers.locked("monitor.partitions"), True),
                ("ingest.names locked", servers.locked("ingest.names"), True),
                ("notifier.letters locked", servers.locked("notifier.letters"), True),
                ("monitor.partitions locked 60 s", servers.locked("monitor.partitions", 60), False),
            ),
        ),
    )
    return [
        Fault(row, name, strike, is_short=is_short, holds=(held,))
        for row, held, faults in table
        for name, strike, is_short in faults
    ]


def _networks() -> list[Fault]:
    row = "network"
    found = []
    for kind, link in LINKS:
        for mode, seconds in (
            (servers.HALF_OPEN, 1.0),
            (servers.RESET, 2.0),
            (servers.BLACKHOLE, 4.0),
            (servers.SLOW, 4.0),
        ):
            found.append(
                Fault(
                    row,
                    f"{kind} to {link}: {mode.kind.value}",
                    network(f"{kind}-1", link, mode, seconds),
                    letters_may_be_late=kind == "notifier",
                    is_short=mode is servers.HALF_OPEN or (mode, link) == (servers.SLOW, "kafka"),
                    holds=(kind,),
                )
            )
    for name, mode, link in (
        ("reads of the monitor half-open", servers.HALF_OPEN, "monitor"),
        ("mail half-open", servers.HALF_OPEN, "smtp"),
        ("mail swallowed", servers.BLACKHOLE, "smtp"),
    ):
        strike: Strike = network("notifier-1", link, mode, 4.0)
        held = ("notifier", "mail")
        found.append(Fault(row, name, strike, letters_may_be_late=True, holds=held))
    for mode, seconds in ((servers.LATENCY, 4.0), (servers.RESET, 2.0), (servers.BLACKHOLE, 6.0)):
        found.append(
            Fault(
                row,
                f"every link: {mode.kind.value}",
                servers.everywhere(mode, seconds),
                letters_may_be_late=True,
                holds=EVERYTHING,
            )
        )
    return found


def _told() -> list[Fault]:
    row = "duplicates, replay, arrival shuffled"
    hour, month = Size(shuffled_within=timedelta(hours=1)), Size(shuffled_within=timedelta(days=30))
    return [
        Fault(row, "said three times", said_again(2), holds=("kafka",)),
        Fault(row, "replayed from offset 0", replayed()),
        Fault(row, "shuffled within an hour", said_again(1), size=hour),
        Fault(row, "shuffled within a month", said_again(1), size=month),
        Fault("poison", "as much poison as events", said_again(1), size=Size(poison=1.0)),
        Fault(
            "paid between planning and sending",
            "paid meanwhile",
            paid_meanwhile(),
            holds=EVERYTHING,
        ),
    ]


def _mail() -> list[Fault]:
    drop, lose, slow = Answer.DROP, Answer.LOSE, Answer.SLOW
    #: name, strike, whether it keeps the dialogue waiting, what is held
    table: tuple[tuple[str, Strike, bool, tuple[str, ...]], ...] = (
        ("gone after the final dot", mail_answers(*[drop, lose] * 2), False, ("mail",)),
        ("451 and 421", mail_answers(*[Answer.TEMPORARY, Answer.CLOSING] * 3), False, ("mail",)),
        ("554", mail_answers(*[Answer.PERMANENT] * 2), False, ("mail",)),
        ("slow mail", mail_answers(*[slow] * 3), True, ("mail",)),
        ("mail answered in every way", mail_answers(*tuple(Answer)), True, ("mail",)),
        ("mail server away 5 s", mail_down(5), False, ("notifier", "mail")),
    )
    return [
        Fault("SMTP", name, strike, letters_may_be_late=is_late, holds=held)
        for name, strike, is_late, held in table
    ]


FAULTS: Final[tuple[Fault, ...]] = (
    *_crashes(),
    *_unheard(),
    *_members(),
    *_servers(),
    *_networks(),
    *_told(),
    *_mail(),
    *losing(),
    *restoring(),
    *piling_up(),
    *clocks_wrong(),
    *poisoning(),
)
#: Each has one run in a long campaign, in one state.
GREAT: Final[tuple[Fault, ...]] = tuple(great())
STATES: Final = tuple(State)
#: As many as go into seven minutes on two processors.
SHORT_RUNS: Final = 64


def short_matrix(seed: int) -> list[Plan]:
    """Return `SHORT_RUNS` runs: one of each row at least; the seed turns faults and states."""
    random = Random(f"matrix/{seed}")
    faults = [fault for fault in random.sample(FAULTS, len(FAULTS)) if fault.is_short]
    of_rows = {fault.row: fault for fault in faults}
    others = [fault for fault in faults if of_rows[fault.row] is not fault]
    chosen = [*of_rows.values(), *others[: SHORT_RUNS - len(of_rows)]]
    return [
        Plan(number, seed, fault, STATES[(number + seed) % len(STATES)], is_short=True)
        for number, fault in enumerate(random.sample(chosen, len(chosen)), 1)
    ]


def long_matrix(seed: int, runs: int) -> list[Plan]:
    """Return so many runs over all faults and states, each pair as often as any other.

    The great ones come once, as soon as every pair has had its turn.
    """
    random = Random(f"matrix/{seed}/long")
    pairs = [(fault, state) for fault in FAULTS for state in STATES]
    plans: list[Plan] = []
    while len(plans) < runs:
        for fault, state in random.sample(pairs, len(pairs)):
            plans.append(Plan(len(plans) + 1, seed, fault, state))
        if len(plans) == len(pairs):
            for fault in GREAT:
                plans.append(Plan(len(plans) + 1, seed, fault, random.choice(STATES)))
    return plans[:runs]
