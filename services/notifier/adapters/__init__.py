"""The ways out: Kafka, PostgreSQL, the monitor, the mail server, templates."""
