"""The topics Arrears lives on, made once with the settings its guarantees need, and checked."""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts import catalogue
from shared.errors import TransientError
from shared.kafka.topic_settings import KEPT_TOPICS, NAMES, Danger, dangers, settings_for

log = structlog.get_logger(__name__)

#: A rejected message carries the raw bytes of what was refused, in base64.
REJECTED_BYTES_MAX: Final = 4 * 1024 * 1024


async def ensure_topics(
    bootstrap_servers: str, *, partitions: int, replication_factor: int
) -> None:
    """Create every topic that does not exist yet; existing ones are left as they are.

    The ledger's number of partitions must be the settings': accounts are spread by it, so another
    one, be it larger, would split them. No topic may have a setting by which Kafka would lose what
    nobody else has. Raises `TransientError`, with the commands that mend it, until all is so.
    """
    config = settings_for(replication_factor)
    big = {**config, "max.message.bytes": str(REJECTED_BYTES_MAX)}
    topics = [
        NewTopic(name, partitions, replication_factor, topic_configs=config) for name in KEPT_TOPICS
    ]
    topics.append(NewTopic(catalogue.REJECTED, 1, replication_factor, topic_configs=big))
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    try:
        await client.start()
        existing = set(await client.list_topics())
        missing = [topic for topic in topics if topic.name not in existing]
        if missing:
            response = await client.create_topics(missing, timeout_ms=30_000)
            for name, code, *_ in response.topic_errors:
                error = for_code(code)
                if code and error is not TopicAlreadyExistsError:
                    message = f"the topic {name} could not be created: {error.__name__}"
                    raise TransientError(message)
        _check_partitions(await client.describe_topics([catalogue.LEDGER]), partitions)
        kept = [name for name in KEPT_TOPICS if name in existing]
        _refuse(await _dangers(client, kept, replication_factor) if kept else [])
    except KafkaError as error:
        message = f"Kafka does not answer at {bootstrap_servers}: {error!r}"
        raise TransientError(message) from error
    finally:
        await client.close()


def _check_partitions(described: list[dict[str, Any]], partitions: int) -> None:
    found = len(described[0]["partitions"])
    # A topic that was made this moment may not be known everywhere yet.
    if found and found != partitions:
        message = (
            f"the topic {catalogue.LEDGER} has {found} partitions, the settings say {partitions}; "
            "partitions must never be added to it: set ARREARS_LEDGER_PARTITIONS to the number it "
            "was made with, and give it that number again"
        )
        raise TransientError(message)


async def _dangers(
    client: AIOKafkaAdminClient, topics: Sequence[str], replication_factor: int
) -> list[Danger]:
    """Ask for the settings of topics that exist, and for their copies."""
    found: list[Danger] = []
    copies = {
        one["topic"]: min((len(part["replicas"]) for part in one["partitions"]), default=0)
        for one in await client.describe_topics(list(topics))
    }
    asked = [
        ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(NAMES)) for name in topics
    ]
    for response in await client.describe_configs(asked):
        for code, said, _kind, topic, entries in response.resources:
            if code:
                # Not everybody who may write to a topic may see its settings.
                log.warning(
                    "A topic's settings could not be read; they are not checked.",
                    action="topic_not_checked",
                    topic=topic,
                    reason=said or for_code(code).__name__,
                )
                continue
            settings = {entry[0]: entry[1] for entry in entries if entry[1] is not None}
            found += dangers(
                topic,
                settings,
                copies=copies.get(topic) or replication_factor,
                replication_factor=replication_factor,
            )
    return found


def _refuse(found: Sequence[Danger]) -> None:
    if found:
        raise TransientError("; ".join(danger.sentence() for danger in found))
