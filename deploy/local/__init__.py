"""The whole of Arrears on one machine: Kafka, PostgreSQL, a mailbox and the services."""
