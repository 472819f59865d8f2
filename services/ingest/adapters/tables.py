"""Ingest's tables as SQLAlchemy knows them, for reads; the migration makes them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData(schema="ingest")

names: Final = Table(
    "names",
    metadata,
    Column("name", Uuid, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
)

positions: Final = Table(
    "positions",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True, autoincrement=False),
    Column("next_offset", BigInteger, nullable=False),
    Column("stopped_reason", Text),
)

rejected: Final = Table(
    "rejected",
    metadata,
    Column("rejected_id", Uuid, primary_key=True),
    Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("field", Text),
    Column("topic", Text, nullable=False),
    Column("partition", Integer),
    Column("offset", BigInteger),
    Column("headers", JSONB, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("rejected_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False, server_default=text("'waiting'")),
    Column("replayed_at", DateTime(timezone=True)),
    CheckConstraint("status IN ('waiting', 'replayed')", name="rejected_status_check"),
    Index("rejected_by_status", "status", "seq"),
    Index("rejected_by_code", "code", "seq"),
)
