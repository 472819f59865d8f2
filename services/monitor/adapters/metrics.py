"""What the monitor counts, for Prometheus."""

from collections.abc import Sequence
from datetime import datetime
from time import monotonic
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.monitor.adapters.upkeep import invariants
from services.monitor.domain.audit.findings import Findings
from services.monitor.handlers.batch import Folded
from services.monitor.handlers.upkeep.audit import CHAIN
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import EscalationEvent

log = structlog.get_logger(__name__)

#: Every invariant by name.
INVARIANTS: Final = (
    *(one.name for one in (*invariants.BY_ACCOUNT, *invariants.BY_PARTITION)),
    CHAIN,
)


class MonitorMetrics:
    """See the ports `Observer`, `AuditObserver`; stored state is gauged by `adapters.gauges`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "arrears_monitor_events_total", "Ledger records folded", ["kind"], registry=registry
        )
        self._remarks = Counter(
            "arrears_monitor_remarks_total",
            "Events that changed less than they say: a second invoice with one number, and such",
            registry=registry,
        )
        self._batch_records = Histogram(
            "arrears_monitor_batch_records",
            "Records of one batch",
            buckets=(1, 3, 10, 30, 100, 300, 1000),
            registry=registry,
        )
        self._batch_seconds = Histogram(
            "arrears_monitor_batch_seconds", "Duration of one batch", registry=registry
        )
        self._oldest_seconds = Gauge(
            "arrears_monitor_oldest_unprocessed_seconds",
            "How long ledger records have been waiting without a break; 0 when none waits",
            registry=registry,
        )
        self._waiting_since: float | None = None
        self._escalations = Counter(
            "arrears_monitor_escalations_total",
            "Words about escalations and accounts",
            ["type", "level"],
            registry=registry,
        )
        self._sweep_seconds = Histogram(
            "arrears_monitor_sweep_seconds", "Duration of one sweep", registry=registry
        )
        self._last_sweep = Gauge(
            "arrears_monitor_last_sweep_timestamp_seconds",
            "When the last sweep was, by the service's clock",
            registry=registry,
        )
        self._stopped = Gauge(
            "arrears_monitor_partitions_stopped",
            "Partitions of this process that are stopped",
            registry=registry,
        )
        self._violations = Gauge(
            "arrears_monitor_audit_violations",
            "What contradicted an invariant at a partition's last audit",
            ["partition", "invariant"],
            registry=registry,
        )
        self._last_audit = Gauge(
            "arrears_monitor_last_audit_timestamp_seconds",
            "When the last audit of a partition was, by the service's clock",
            registry=registry,
        )

    def folded(self, folded: Folded, seconds: float) -> None:
        """Count a batch."""
        self._events.labels("new").inc(folded.records - folded.duplicates)
        self._events.labels("duplicate").inc(folded.duplicates)
        self._remarks.inc(len(folded.remarks))
        for account_id, remark in folded.remarks:
            log.warning(
                "An event changed less than it says.",
                action="event_remarked",
                account_id=account_id,
                remark=remark,
            )
        self._batch_records.observe(folded.records)
        self._batch_seconds.observe(seconds)

    def waiting(self, *, is_anything: bool) -> None:
        """Note whether records wait: from the first time that any did, until none does."""
        if not is_anything:
            self._waiting_since = None
        elif self._waiting_since is None:
            self._waiting_since = monotonic()
        since = self._waiting_since
        self._oldest_seconds.set(0.0 if since is None else monotonic() - since)

    def said(self, words: Sequence[EscalationEvent | Announcement]) -> None:
        """Count words; one about a whole account has no level."""
        for word in words:
            level = word.level if isinstance(word, EscalationEvent) else ""
            self._escalations.labels(word.type, level).inc()

    def swept(self, seconds: float, now: datetime) -> None:
        """Count a sweep."""
        self._sweep_seconds.observe(seconds)
        self._last_sweep.set(now.timestamp())

    def stopped(self, partitions: int) -> None:
        """Alarm."""
        self._stopped.set(partitions)

    def audited(self, findings: Findings, now: datetime) -> None:
        """Count by invariant; one that holds again is no more."""
        for invariant in INVARIANTS:
            count = findings.counts.get(invariant, 0)
            self._violations.labels(findings.partition, invariant).set(count)
        self._last_audit.set(now.timestamp())
