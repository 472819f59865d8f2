"""Kafka mechanics: topics, partitions, batches out, offsets in."""
