"""The product's services as the stack starts them, pointed at a course of the bench."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.frame.contender import Course
from benchmarks.stream.mix import TODAY
from deploy.local.parts import say_nothing
from deploy.local.ports import free_port
from deploy.local.stack.options import ServiceSpec
from deploy.local.stack.service import ServiceProcess
from shared.calendar import start_of_day
from shared.clock import write_instant

TIME_ZONE: Final = "Asia/Shanghai"
START_SECONDS_MAX: Final = 60.0


class Process(ServiceProcess):
    """One service on a course; `url` and `token` are for whoever asks its API."""

    def __init__(
        self,
        service: str,
        *,
        kafka: str,
        database_url: str,
        partitions: int,
        folder: Path,
        module: str | None = None,
        more_environ: Mapping[str, str] | None = None,
    ) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.token = secrets.token_urlsafe(24)
        clock_file = folder / "clock"
        if not clock_file.exists():
            write_instant(clock_file, start_of_day(TODAY, TIME_ZONE))
        module = module or f"services.{service}.main"
        super().__init__(
            ServiceSpec(name=service, arguments=("-m", module), serves=(service,)),
            environ={
                **_inherited(),
                "KAFKA_BOOTSTRAP_SERVERS": kafka,
                "ARREARS_DATABASE_URL": database_url,
                "ARREARS_LEDGER_PARTITIONS": str(partitions),
                "ARREARS_API_TOKEN": self.token,
                "ARREARS_CLOCK": "manual",
                "ARREARS_CLOCK_FILE": str(clock_file),
                f"ARREARS_{service.upper()}_PORT": str(port),
                **(more_environ or {}),
            },
            addresses={service: self.url},
            log=folder / f"{service}.log",
            say=say_nothing,
            start_seconds_max=START_SECONDS_MAX,
        )


def _inherited() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("ARREARS_")}


def on_course(service: str, course: Course, *, module: str | None = None) -> Process:
    """Return a service that reads a course's stream into its database."""
    return Process(
        service,
        kafka=course.kafka,
        database_url=course.database_url,
        partitions=course.partitions,
        folder=course.folder,
        module=module,
    )
