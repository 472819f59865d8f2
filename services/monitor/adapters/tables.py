"""The monitor's tables for reads; the migrations make them, and a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
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

metadata = MetaData(schema="monitor")


def _key(name: str, kind: type[Integer | Text | BigInteger]) -> "Column[object]":
    return Column(name, kind, primary_key=True, autoincrement=False)


def _minor(*names: str) -> list["Column[object]"]:
    return [Column(f"{name}_minor", BigInteger, nullable=False) for name in names]


def _with_anomalies(table: str) -> Index:
    """Find what a person should look at without reading what is in order."""
    return Index(
        f"{table}_anomalies",
        "partition",
        "account_id",
        postgresql_where=text("anomalies IS NOT NULL"),
    )


partitions = Table(
    "partitions",
    metadata,
    _key("partition", Integer),
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    Column("next_offset", BigInteger, nullable=False, server_default="0"),
    Column("offset_shift", BigInteger, nullable=False, server_default="0"),
    Column("owner", Text, nullable=False),
    Column("policies_seen", BigInteger, nullable=False, server_default="0"),
    Column("retiming_versions", BigInteger),
    Column("retimed_account", Text),
    Column("retimed_invoice", Text),
    Column("retimed_instalment", Integer),
    Column("stopped_reason", Text),
    Column("stopped_at", DateTime(timezone=True)),
    Column("audited_at", DateTime(timezone=True)),
)
topology = Table("topology", metadata, _key("ledger_partitions", Integer))
journal = Table(
    "journal",
    metadata,
    _key("partition", Integer),
    _key("offset", BigInteger),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("account_id", Text, nullable=False),
    Column("name", Uuid, nullable=False),
    Column("clearing_rule", Text, nullable=False),
    Column("event", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Index("journal_name", "partition", "name", unique=True),
    Index("journal_account", "partition", "account_id", "offset"),
)
seals = Table(
    "seals",
    metadata,
    _key("partition", Integer),
    _key("number", BigInteger),
    Column("first_offset", BigInteger, nullable=False),
    Column("last_offset", BigInteger, nullable=False),
    Column("entries", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
)
volumes = Table(
    "volumes",
    metadata,
    _key("partition", Integer),
    _key("last_seal", BigInteger),
    Column("first_seal", BigInteger, nullable=False),
    Column("last_offset", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("recorded_until", DateTime(timezone=True), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("dropped_at", DateTime(timezone=True), nullable=False),
    Column("dropped_by", Text, nullable=False),
)
openings = Table(
    "openings",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    Column("recorded_until", DateTime(timezone=True), nullable=False),
    Column("state", LargeBinary, nullable=False),
)
volume_names = Table(
    "volume_names",
    metadata,
    _key("partition", Integer),
    Column("name", Uuid, primary_key=True),
)
invoices = Table(
    "invoices",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    _key("invoice_id", Text),
    Column("facts", JSON, nullable=False),
    Column("anomalies", JSON),
    _with_anomalies("invoices"),
    Index("invoices_number", "invoice_id"),
)
items = Table(
    "items",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    _key("invoice_id", Text),
    _key("instalment", Integer),
    Column("currency", Text, nullable=False),
    *_minor("amount", "cleared", "credited", "written_off", "disputed", "open"),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("original_due_on", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("level", Text),
    Column("raised", JSON, nullable=False),
    Column("next_attention_on", Date),
    Column("disputed_days", JSON, nullable=False, server_default="[]"),
    Column("turns", Integer, nullable=False, server_default="0"),
    CheckConstraint("open_minor >= 0"),
    Index(
        "items_open",
        "partition",
        "account_id",
        "due_on",
        postgresql_where=text("open_minor > 0"),
    ),
)
funds = Table(
    "funds",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    _key("kind", Text),
    _key("funds_id", Text),
    Column("currency", Text),
    *_minor("amount", "reversed", "unapplied", "free"),
    Column("facts", JSON, nullable=False),
    Column("anomalies", JSON),
    _with_anomalies("funds"),
    Index("funds_free", "partition", "account_id", postgresql_where=text("free_minor > 0")),
)
clearings = Table(
    "clearings",
    metadata,
    _key("partition", Integer),
    _key("offset", BigInteger),
    _key("number", Integer),
    Column("account_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("funds_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    Column("instalment", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    *_minor("amount"),
    Column("rule", Text, nullable=False),
    Column("cleared_on", Date, nullable=False),
    Index("clearings_account", "partition", "account_id", "invoice_id"),
)
balances = Table(
    "balances",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    _key("currency", Text),
    *_minor("invoiced", "received", "credited", "written_off", "reversed", "open", "unapplied"),
    Column("interest_minor", BigInteger, nullable=False, server_default="0"),
)
accounts = Table(
    "accounts",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    Column("facts", JSON, nullable=False),
    Column("said", JSON, nullable=False, server_default="{}"),
    Column("anomalies", JSON),
    _with_anomalies("accounts"),
)
groups = Table(
    "groups",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    Column("facts", JSON, nullable=False),
)
account_timers = Table(
    "account_timers",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Index("account_timers_due", "partition", "due_at"),
)
timers = Table(
    "timers",
    metadata,
    _key("partition", Integer),
    _key("account_id", Text),
    _key("invoice_id", Text),
    _key("instalment", Integer),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Index("timers_due", "partition", "due_at"),
)
escalations = Table(
    "escalations",
    metadata,
    _key("partition", Integer),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("escalation_id", Uuid),
    Column("account_id", Text, nullable=False),
    Column("invoice_id", Text),
    Column("instalment", Integer),
    Column("type", Text, nullable=False),
    Column("level", Text),
    Column("event", JSON, nullable=False),
    Index("escalations_event", "partition", "event_id", unique=True),
    Index("escalations_account", "partition", "account_id"),
    Index("escalations_escalation", "escalation_id"),
    Index("escalations_seq", "seq"),
)
outbox = Table(
    "outbox",
    metadata,
    _key("partition", Integer),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("said_at", DateTime(timezone=True), nullable=False),
)
policies = Table(
    "policies",
    metadata,
    _key("policy", Text),
    _key("version", Integer),
    Column("document", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
)
