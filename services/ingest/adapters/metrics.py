"""What Prometheus learns of ingest."""

from collections import Counter as Multiset
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.ingest.domain.arrival import Arrival
from services.ingest.domain.judgement import Refusal
from services.ingest.domain.naming import Duplicate, Outcome

_SIZES = (1, 10, 50, 100, 250, 500, 1_000)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30)


class IngestMetrics:
    """Counts by topic, type and code; no label ever carries a sender's own words."""

    def __init__(self, registry: CollectorRegistry, now: Callable[[], datetime]) -> None:
        self._now = now
        self._waiting_since: float | None = None
        self._events = Counter(
            "arrears_ingest_events", "Events that came in", ["topic"], registry=registry
        )
        self._accepted = Counter(
            "arrears_ingest_accepted",
            "Events accepted for the first time",
            ["type"],
            registry=registry,
        )
        self._duplicates = Counter(
            "arrears_ingest_duplicates", "Events that were accepted before", registry=registry
        )
        self._rejected = Counter(
            "arrears_ingest_rejected", "Events refused, by reason", ["code"], registry=registry
        )
        self._batch_events = Histogram(
            "arrears_ingest_batch_events", "Events in a batch", buckets=_SIZES, registry=registry
        )
        self._batch_seconds = Histogram(
            "arrears_ingest_batch_seconds",
            "From a batch's first look to its acknowledgement",
            buckets=_SECONDS,
            registry=registry,
        )
        self._lag = Gauge(
            "arrears_ingest_lag_records",
            "Inbound records behind the last batch",
            ["topic"],
            registry=registry,
        )
        oldest = Gauge(
            "arrears_ingest_oldest_unprocessed_seconds",
            "Age of the oldest record that is read and not yet safe",
            registry=registry,
        )
        oldest.set_function(self._oldest_seconds)

    def took(self, arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> None:
        """Count a batch that is judged and published."""
        for topic, count in Multiset(arrival.topic for arrival in arrivals).items():
            self._events.labels(topic).inc(count)
        accepted: Multiset[str] = Multiset()
        rejected: Multiset[str] = Multiset()
        duplicates = 0
        for outcome in outcomes:
            if isinstance(outcome, Refusal):
                rejected[outcome.code] += 1
            elif isinstance(outcome, Duplicate):
                duplicates += 1
            else:
                accepted[outcome.event.type] += 1
        for event_type, count in accepted.items():
            self._accepted.labels(event_type).inc(count)
        for code, count in rejected.items():
            self._rejected.labels(code).inc(count)
        self._duplicates.inc(duplicates)
        self._batch_events.observe(len(outcomes))

    def timed(self, seconds: float) -> None:
        """Note how long a batch took from its first look to its last acknowledgement."""
        self._batch_seconds.observe(seconds)

    def lag(self, records_by_topic: Mapping[str, int]) -> None:
        """Note how much stands behind the last batch."""
        for topic, records in records_by_topic.items():
            self._lag.labels(topic).set(records)

    def waiting_since(self, posix_seconds: float | None) -> None:
        """Note when the oldest record in hand was written; None when there is none in hand.

        A batch that fails stays noted, so that the age grows until another one gets through.
        """
        self._waiting_since = posix_seconds

    def _oldest_seconds(self) -> float:
        if self._waiting_since is None:
            return 0.0
        return max(0.0, self._now().timestamp() - self._waiting_since)
