"""What came of the trade, read from the services' APIs."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from cli.api.client import Client, Row
from cli.show.output import count_of
from shared.contracts.escalation import LIFTED, RAISED
from shared.money import to_minor

#: Letters that no one knows the fate of, or that nobody took.
TROUBLED_LETTERS: Final = ("unknown", "failed")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The state of a stack after a replay."""

    summary: Row
    #: Words by type and level; those about whole accounts have none ("").
    said: Counter[tuple[str, str]]
    letters: dict[str, int]
    #: Tasks: kind, status and how many.
    tasks: list[Row]
    rejected: int
    #: One of each to try commands with; None where there is none.
    late_item: Row | None
    open_task: Row | None
    sent_letter: Row | None

    def problems(self) -> list[str]:
        """Say what must not be so after a replay of made-up trade, which is free of faults."""
        found = [
            f"{sums['currency']}: the balances differ by {sums['conservation_difference']}"
            for sums in self.summary["currencies"]
            if to_minor(sums["conservation_difference"], sums["currency"])
        ]
        if self.rejected:
            found.append(f"refused: {count_of(self.rejected, 'event')}; see: arrears rejected")
        found += [
            f"{status}: {count_of(self.letters[status], 'letter')}; "
            f"see: arrears letters --status {status}"
            for status in TROUBLED_LETTERS
            if self.letters.get(status)
        ]
        return found + [
            f"{level}: {count} called back, more than raised"
            for (kind, level), count in self.said.items()
            if kind == LIFTED and count > self.said[RAISED, level]
        ]


async def read_figures(client: Client) -> Figures:
    """Read everything that the report shows."""
    summary, work, escalations, rejected = await asyncio.gather(
        client.get("monitor", "/v1/summary"),
        client.get("notifier", "/v1/work"),
        client.all_rows("monitor", "/v1/escalations"),
        client.all_rows("ingest", "/v1/rejected"),
    )
    return Figures(
        summary=summary,
        said=Counter((row["type"], row.get("level", "")) for row in escalations),
        letters=work["letters"],
        tasks=work["tasks"],
        rejected=len(rejected),
        late_item=await _first(client, "monitor", "/v1/items", level="insurance_claim"),
        open_task=await _first(client, "notifier", "/v1/tasks", kind="legal", status="open"),
        sent_letter=await _first(client, "notifier", "/v1/letters", status="sent"),
    )


async def _first(client: Client, service: str, path: str, **params: Any) -> Row | None:
    page = await client.get(service, path, {**params, "limit": 1})
    row: Row | None = page["rows"][0] if page["rows"] else None
    return row
