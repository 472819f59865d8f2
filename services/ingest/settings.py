"""Ingest's settings."""

from typing import Annotated

from pydantic import Field

from shared.runtime.settings import Port, Settings


class IngestSettings(Settings):
    """What ingest reads from the environment beside the common settings."""

    ingest_port: Port = 8101
    #: Larger events are refused. The ledger topic's own limit, 1 MiB, must stay above it.
    event_bytes_max: Annotated[int, Field(ge=1_024, le=900_000)] = 256 * 1024
