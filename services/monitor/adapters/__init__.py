"""Where the monitor meets Kafka and PostgreSQL."""
