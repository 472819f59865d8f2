"""PostgreSQL as one server on loopback, from a Python wheel."""

from deploy.local.postgres.server import PostgresServer

__all__ = ["PostgresServer"]
