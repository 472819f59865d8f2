"""The second composition root: `arrears rebuild --check` folds the journal again and compares."""

from collections.abc import Callable

from services.monitor.adapters.upkeep.archive import open_archive
from services.monitor.handlers.upkeep.rebuild import compare


async def check(database_url: str, report: Callable[[int, int], None]) -> list[str]:
    """Return the differences between journal and state; `report` gets (events done, in all)."""
    return await compare(lambda: open_archive(database_url), report)
