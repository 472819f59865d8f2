"""What operations see of the notifier."""

import time
from collections.abc import Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from services.notifier.domain.work import LetterStatus

BATCH_SIZES: Final = (1, 5, 20, 50, 100, 250, 500, 1000)
BATCH_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class ConsumerMetrics:
    """Figures of the consumer loop."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "arrears_notifier_events_total",
            "Records read from receivables.escalations, by type",
            ["type"],
            registry=registry,
        )
        self._size = Histogram(
            "arrears_notifier_batch_events",
            "Records in a batch",
            buckets=BATCH_SIZES,
            registry=registry,
        )
        self._seconds = Histogram(
            "arrears_notifier_batch_seconds",
            "How long a batch took from decoding to the commit of its work",
            buckets=BATCH_SECONDS,
            registry=registry,
        )
        self._oldest: float | None = None
        Gauge(
            "arrears_notifier_oldest_unprocessed_seconds",
            "Age of the oldest event that was read and is not done with; 0 when there is none",
            registry=registry,
        ).set_function(self._age)

    def event(self, event_type: str) -> None:
        """Count one record."""
        self._events.labels(event_type).inc()

    def pending(self, oldest: float) -> None:
        """Say since when (Unix seconds) the oldest event of the batch at hand has been waiting.

        A batch that fails is read again, so an earlier start stays.
        """
        self._oldest = oldest if self._oldest is None else min(self._oldest, oldest)

    def batch(self, events: int, seconds: float) -> None:
        """Count a batch that is done."""
        self._size.observe(events)
        self._seconds.observe(seconds)

    def rest(self) -> None:
        """Say that nothing read is waiting."""
        self._oldest = None

    def _age(self) -> float:
        return 0.0 if self._oldest is None else max(0.0, time.time() - self._oldest)


class WorkMetrics:
    """Figures of the work as it stands, refreshed by the tick."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._letters = Gauge(
            "arrears_notifier_letters", "Letters by state", ["status"], registry=registry
        )
        self._tasks = Gauge(
            "arrears_notifier_tasks",
            "Tasks by kind and state",
            ["kind", "status"],
            registry=registry,
        )
        self._lag = Gauge(
            "arrears_notifier_lag",
            "Records of receivables.escalations that are not done with",
            registry=registry,
        )
        self._sweep = Gauge(
            "arrears_notifier_last_sweep_timestamp_seconds",
            "When the sender last went over the planned letters",
            registry=registry,
        )

    def work(
        self, letters: Mapping[str, int], tasks: Sequence[tuple[str, str, int]], lag: int
    ) -> None:
        """Set how much work there is."""
        for status in LetterStatus:
            self._letters.labels(status.value).set(letters.get(status.value, 0))
        self._tasks.clear()
        for kind, status_name, count in tasks:
            self._tasks.labels(kind, status_name).set(count)
        self._lag.set(lag)

    def swept(self) -> None:
        """Say that the sender has gone over the planned letters."""
        self._sweep.set_to_current_time()
