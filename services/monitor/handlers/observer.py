"""Who counts what the loop does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from services.monitor.handlers.batch import Folded
from shared.contracts.announcement import Announcement
from shared.contracts.escalation import EscalationEvent


class Observer(Protocol):
    """Who counts."""

    def folded(self, folded: Folded, seconds: float) -> None:
        """Take note of a batch."""

    def said(self, words: Sequence[EscalationEvent | Announcement]) -> None:
        """Take note of what was said."""

    def swept(self, seconds: float, now: datetime) -> None:
        """Take note of a sweep of all partitions."""

    def stopped(self, partitions: int) -> None:
        """Take note of how many of this process's partitions are stopped."""
