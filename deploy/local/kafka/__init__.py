"""Apache Kafka as one node on loopback, fetched with Maven."""

from deploy.local.kafka.server import Door, KafkaServer

__all__ = ["Door", "KafkaServer"]
