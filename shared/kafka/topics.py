"""The topics Arrears lives on, made once with the settings its guarantees need."""

from typing import Final

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
    """Create every topic that does not exist yet; existing ones are left as they are."""
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
    except KafkaError as error:
        message = f"Kafka does not answer at {bootstrap_servers}: {error!r}"
        raise TransientError(message) from error
    finally:
        await client.close()
