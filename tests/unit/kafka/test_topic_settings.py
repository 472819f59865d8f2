"""Which settings of a topic endanger what nobody else has."""

import pytest

from shared.contracts.catalogue import ESCALATIONS, INVOICES, LEDGER
from shared.kafka.topic_settings import NAMES, dangers, settings_for

#: A day in milliseconds.
DAY = 86_400_000

#: Topic, its settings where they differ from a new one's, copies there are, copies wanted, and
#: what is said (nothing: it is well).
CASES = {
    "as made by us, alone": (LEDGER, {}, 1, 1, ""),
    "as made by us, three copies": (LEDGER, {}, 3, 3, ""),
    "more copies than wanted": (LEDGER, {}, 3, 1, ""),
    "compacted": (LEDGER, {"cleanup.policy": "compact"}, 1, 1, "cleanup.policy is 'compact'"),
    "compacted as well": (
        *(ESCALATIONS, {"cleanup.policy": "compact,delete"}, 1, 1),
        "cleanup.policy is 'compact,delete'",
    ),
    "a week, to the millisecond": (LEDGER, {"retention.ms": str(7 * DAY)}, 1, 1, ""),
    "less than a week": (LEDGER, {"retention.ms": str(7 * DAY - 1)}, 1, 1, "7 are the least"),
    "a day": (INVOICES, {"retention.ms": str(DAY)}, 1, 1, "(1 days, 7 are the least)"),
    "a month by the sender's clock": (
        *(INVOICES, {"retention.ms": str(30 * DAY), "message.timestamp.type": "CreateTime"}, 1, 1),
        "counts from the sender's clock",
    ),
    "a month by the broker's clock": (
        *(INVOICES, {"retention.ms": str(30 * DAY), "message.timestamp.type": "LogAppendTime"}),
        *(1, 1, ""),
    ),
    "a month by our own clock": (
        *(LEDGER, {"retention.ms": str(30 * DAY), "message.timestamp.type": "CreateTime"}, 1, 1),
        "",
    ),
    "by size": (LEDGER, {"retention.bytes": "1000000"}, 1, 1, "retention.bytes is 1000000"),
    "led by whoever is left": (
        *(LEDGER, {"unclean.leader.election.enable": "true"}, 3, 3),
        "unclean.leader.election.enable is true",
    ),
    "written when one has it": (
        *(LEDGER, {"min.insync.replicas": "1"}, 3, 3),
        "min.insync.replicas is 1",
    ),
    "one has it, and there are two": (LEDGER, {"min.insync.replicas": "1"}, 2, 2, ""),
    "a copy too few": (LEDGER, {}, 2, 3, "has 2 of the 3 copies"),
}


@pytest.mark.parametrize(
    ("topic", "settings", "copies", "wanted", "said"), CASES.values(), ids=CASES.keys()
)
def test_what_would_lose_records_is_said(
    topic: str, settings: dict[str, str], copies: int, wanted: int, said: str
) -> None:
    whole = settings_for(wanted) | settings
    found = dangers(topic, whole, copies=copies, replication_factor=wanted)
    assert len(found) == bool(said)
    assert all(said in one.sentence() and topic in one.sentence() for one in found)


def test_the_command_that_is_named_takes_the_danger_away() -> None:
    bad = {
        "cleanup.policy": "compact",
        "retention.ms": "1",
        "retention.bytes": "1",
        "min.insync.replicas": "1",
        "unclean.leader.election.enable": "true",
    }
    found = dangers(LEDGER, bad, copies=3, replication_factor=3)
    assert len(found) == len(bad)
    for one in found:
        assert one.repair is not None
        name, _, value = one.repair.partition("=")
        assert one.sentence().endswith(f"--add-config {one.repair}")
        bad[name] = value
    assert dangers(LEDGER, bad, copies=3, replication_factor=3) == []


def test_what_a_broker_does_not_tell_is_passed_over() -> None:
    assert dangers(LEDGER, {}, copies=3, replication_factor=3) == []


def test_new_topics_set_all_that_is_looked_at_but_whose_clock_counts() -> None:
    assert set(NAMES) - set(settings_for(3)) == {"message.timestamp.type"}
