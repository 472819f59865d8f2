"""An answer that comes in lines: how far the work is, and at last what came of it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from cli.errors import FailedError


async def last_of(
    lines: AsyncIterator[dict[str, Any]], show: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return the answer that comes after lines of progress, each of which is shown.

    Raises `FailedError` when the service says that it could not go on, or says no more.
    """
    async for line in lines:
        if "looked_at" in line:
            show(line["looked_at"], line["items"])
        elif "detail" in line:
            raise FailedError(f"monitor: {line['detail']}", code=line["code"])
        else:
            return line
    message = "monitor: the answer broke off; try again"
    raise FailedError(message, code="broken_off")
