"""The topics Arrears lives on, made once with the settings its guarantees need."""

from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.contracts import catalogue
from shared.errors import TransientError

#: A rejected message carries the raw bytes of what was refused, in base64.
REJECTED_BYTES_MAX: Final = 4 * 1024 * 1024
#: Nothing is deleted by age: the owner of the installation decides on retention.
_KEEP: Final = {"retention.ms": "-1", "cleanup.policy": "delete"}


async def ensure_topics(
    bootstrap_servers: str, *, partitions: int, replication_factor: int
) -> None:
    """Create every topic that does not exist yet; existing ones are left as they are.

    The ledger's number of partitions must be the settings': accounts are spread by it, so another
    one, be it larger, would split them. Raises `TransientError` until both agree.
    """
    config = {**_KEEP, "min.insync.replicas": str(max(1, replication_factor - 1))}
    big = {**config, "max.message.bytes": str(REJECTED_BYTES_MAX)}
    names = (*catalogue.INBOUND_TOPICS, catalogue.LEDGER, catalogue.ESCALATIONS)
    topics = [
        NewTopic(name, partitions, replication_factor, topic_configs=config) for name in names
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
