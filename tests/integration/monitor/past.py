"""What tests of past days share."""

from typing import Any, Final

#: The lists that have a past.
PATHS: Final = ("accounts", "invoices", "items", "clearings", "interest", "promises")


def without_timers(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out when a sweep looks again, which no journal tells."""
    return [{k: v for k, v in row.items() if k != "next_attention_on"} for row in rows]
