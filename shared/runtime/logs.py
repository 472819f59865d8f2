"""Structured logs: a sentence for people, `action=` for machines; never a secret, never an address.

Personal data is masked by the names its values stand under.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

#: Values under these names are masked, wherever they appear in a log line.
MASKED: Final = frozenset(
    {"email", "recipient", "name", "token", "authorization", "password", "database_url", "raw"}
)


def mask_personal(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace personal data and secrets by their first character and a count."""
    for key in MASKED & event.keys():
        text = str(event[key])
        event[key] = f"{text[:1]}…({len(text)})" if text else ""
    return event


def configure(log_format: str, level: str) -> None:
    """Send every log line of the process, libraries' included, to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_personal,
    ]
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if log_format == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "apscheduler", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The client logs each of its many attempts as an error, hundreds in ten seconds without a
    # broker; what fails for good is raised, logged by the loop and shown on the health page.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
