"""Ingest's ways to Kafka, PostgreSQL and Prometheus."""
