"""Evidence of why a partition is stopped: a file of JSON for whoever repairs it."""

import os
from pathlib import Path

import msgspec
import structlog

from services.monitor.handlers.upkeep.stops import WHAT_TO_DO, Stop

log = structlog.get_logger(__name__)


class EvidenceFolder:
    """See the port `Evidence`; without a folder the log is all there is."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def keep(self, stop: Stop) -> None:
        """Write a file of its own, for its owner alone: it names accounts and amounts."""
        if self._folder is None:
            return
        name = f"partition-{stop.partition}-{stop.at:%Y%m%dT%H%M%S%f}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = self._folder / f".{name}.{os.getpid()}.new"
            fresh.touch(mode=0o600)
            fresh.write_bytes(_encoded(stop))
            fresh.replace(self._folder / name)
        except OSError as error:
            log.exception(
                "The evidence could not be written; the log has it.",
                action="evidence_not_written",
                reason=str(error),
            )
            return
        log.error(
            "The evidence is kept.",
            action="evidence_written",
            partition=stop.partition,
            file=str(self._folder / name),
        )


def _encoded(stop: Stop) -> bytes:
    content = {
        "partition": stop.partition,
        "stopped_at": stop.at,
        "reason": stop.reason,
        "what_to_do": WHAT_TO_DO.format(stop.partition),
        "violations": [
            {"invariant": one.invariant, "claim": one.claim, "row": dict(one.row)}
            for one in stop.violations
        ],
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
