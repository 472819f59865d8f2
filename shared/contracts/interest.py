"""Terms of interest on late payment, as a contract or a policy states them."""

from typing import Any


def check_interest(value: dict[str, Any], currency: str, field: str) -> None:
    """Refuse terms that cannot be read."""
