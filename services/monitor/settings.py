"""The monitor's settings."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from shared.runtime.settings import Port, Settings


class MonitorSettings(Settings):
    """What the monitor needs beyond what every service does."""

    monitor_port: Port = 8102
    #: Each partition is audited once in so many hours.
    audit_hours: Annotated[float, Field(gt=0, le=24 * 31)] = 24.0
    #: Pause between two rounds of sealing what the journal has beyond its seals.
    seal_seconds: Annotated[float, Field(gt=0, le=86_400)] = 600.0
    #: Where files of evidence are kept; none: the log alone has it.
    evidence_dir: Path | None = None
