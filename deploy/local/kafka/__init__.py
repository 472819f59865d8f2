"""Apache Kafka as one node on loopback, fetched with Maven."""

from deploy.local.kafka.server import KafkaServer

__all__ = ["KafkaServer"]
