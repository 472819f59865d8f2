"""The settings a topic needs so that Kafka itself loses no event, and what endangers that.

Pure: `topics` asks the broker. The settings of `receivables.rejected` are free, for every refusal
is a row of ingest's as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shared.contracts import catalogue

#: Topics whose records are nowhere else until a service has taken them.
KEPT_TOPICS: Final = (*catalogue.INBOUND_TOPICS, catalogue.LEDGER, catalogue.ESCALATIONS)
#: What Kafka calls "for ever", and "of any size".
UNLIMITED: Final = "-1"
#: The shortest retention: a service that is away over a long week-end must find every record.
RETENTION_DAYS_MIN: Final = 7
_DAY_MILLISECONDS: Final = 24 * 60 * 60 * 1000
#: With so many copies a record counts as written when two have it.
_COPIES_OF_A_CLUSTER: Final = 3

#: The names that `dangers` looks at.
NAMES: Final = (
    "cleanup.policy",
    "retention.ms",
    "retention.bytes",
    "message.timestamp.type",
    "min.insync.replicas",
    "unclean.leader.election.enable",
)


@dataclass(frozen=True, slots=True)
class Danger:
    """A setting by which Kafka would lose what nobody else has."""

    topic: str
    what: str
    #: The setting that takes the danger away; None where no setting does.
    repair: str | None

    def sentence(self) -> str:
        """Say what is wrong, why, and the command that mends it."""
        said = f"{self.topic}: {self.what}"
        if self.repair is None:
            return said
        return (
            f"{said}; mend it with: kafka-configs.sh --bootstrap-server HOST:PORT --alter "
            f"--entity-type topics --entity-name {self.topic} --add-config {self.repair}"
        )


def settings_for(replication_factor: int) -> dict[str, str]:
    """Return the settings that new topics are made with: nothing is deleted, by age or size.

    One broker may be away and writing goes on.
    """
    return {
        "cleanup.policy": "delete",
        "retention.ms": UNLIMITED,
        "retention.bytes": UNLIMITED,
        "min.insync.replicas": str(max(1, replication_factor - 1)),
        "unclean.leader.election.enable": "false",
    }


def dangers(
    topic: str, settings: Mapping[str, str], *, copies: int, replication_factor: int
) -> list[Danger]:
    """Return what endangers a kept topic; a setting that the broker does not tell is passed over.

    `copies` is the fewest that any of its partitions has, `replication_factor` what is wanted.
    """
    found: list[tuple[str, str | None]] = []
    cleanup = settings.get("cleanup.policy", "delete")
    if "compact" in cleanup:
        what = f"cleanup.policy is {cleanup!r}: of each account's events the last alone would stay"
        found.append((what, "cleanup.policy=delete"))
    retention = settings.get("retention.ms", UNLIMITED)
    if retention != UNLIMITED:
        found += _of_retention(topic, int(retention), settings.get("message.timestamp.type"))
    size = settings.get("retention.bytes", UNLIMITED)
    if size != UNLIMITED:
        what = f"retention.bytes is {size}: a burst would push out what nobody has read yet"
        found.append((what, f"retention.bytes={UNLIMITED}"))
    if settings.get("unclean.leader.election.enable") == "true":
        what = "unclean.leader.election.enable is true: a broker that lacks records may lead"
        found.append((what, "unclean.leader.election.enable=false"))
    needed = 2 if replication_factor >= _COPIES_OF_A_CLUSTER else 1
    in_sync = settings.get("min.insync.replicas", str(needed))
    if int(in_sync) < needed:
        what = f"min.insync.replicas is {in_sync}: what one broker alone has counts as written"
        found.append((what, f"min.insync.replicas={needed}"))
    if copies < replication_factor:
        what = (
            f"a partition has {copies} of the {replication_factor} copies that "
            "ARREARS_REPLICATION_FACTOR asks for; add them with kafka-reassign-partitions.sh"
        )
        found.append((what, None))
    return [Danger(topic, what, repair) for what, repair in found]


def _of_retention(topic: str, milliseconds: int, stamped: str | None) -> list[tuple[str, str]]:
    days = milliseconds / _DAY_MILLISECONDS
    if days < RETENTION_DAYS_MIN:
        what = (
            f"retention.ms is {milliseconds} ({days:.3g} days, {RETENTION_DAYS_MIN} are the least):"
            " an outage as long would lose events"
        )
        return [(what, f"retention.ms={UNLIMITED}")]
    if topic in catalogue.INBOUND_TOPICS and stamped == "CreateTime":
        # A history that is sent later carries old times, and would be deleted as it comes.
        what = (
            f"retention.ms is {milliseconds} and counts from the sender's clock "
            "(message.timestamp.type is CreateTime): old events would be deleted unread"
        )
        return [(what, "message.timestamp.type=LogAppendTime")]
    return []
