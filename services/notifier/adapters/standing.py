"""Asks the monitor whether escalations are still to be acted on."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import httpx
import msgspec
from msgspec import Struct

from services.notifier.domain.dispatch import Standing
from shared.contracts.escalation import Interest, Recipient
from shared.errors import TransientError

#: The monitor answers for at most so many at once.
ASKED_AT_ONCE_MAX: Final = 200
HTTP_OK: Final = 200


class _Row(Struct, kw_only=True, frozen=True):
    escalation_id: uuid.UUID
    standing: bool
    open: str | None = None
    reason: str | None = None
    recipient: Recipient | None = None
    held: bool = False
    disputed: str | None = None
    interest: Interest | None = None


class _Answer(Struct, kw_only=True, frozen=True):
    rows: list[_Row]


class MonitorStanding:
    """The monitor's `GET /v1/standing`."""

    def __init__(self, monitor_url: str, *, token: str, seconds_max: float) -> None:
        self._client = httpx.AsyncClient(
            base_url=monitor_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=seconds_max,
            # Never by a proxy of the environment: the monitor is a neighbour.
            trust_env=False,
        )

    async def ask(
        self, escalation_ids: Sequence[uuid.UUID], day: date
    ) -> Mapping[uuid.UUID, Standing]:
        """Return what the monitor says about escalations, with the interest to the end of a day.

        Raises `TransientError` if it is away.
        """
        answers: dict[uuid.UUID, Standing] = {}
        for start in range(0, len(escalation_ids), ASKED_AT_ONCE_MAX):
            asked = escalation_ids[start : start + ASKED_AT_ONCE_MAX]
            answers.update(await self._ask(asked, day))
        return answers

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(
        self, escalation_ids: Sequence[uuid.UUID], day: date
    ) -> dict[uuid.UUID, Standing]:
        parameters = {
            "escalation_id": [str(name) for name in escalation_ids],
            "interest_on": day.isoformat(),
        }
        try:
            response = await self._client.get("/v1/standing", params=parameters)
        except (httpx.HTTPError, OSError) as error:
            message = f"the monitor does not answer: {type(error).__name__}: {error}"
            raise TransientError(message) from error
        if response.status_code != HTTP_OK:
            message = f"the monitor answered {response.status_code} when asked what still stands"
            raise TransientError(message)
        try:
            rows = msgspec.json.decode(response.content, type=_Answer).rows
        except msgspec.DecodeError as error:
            message = f"the monitor's answer cannot be read: {error}"
            raise TransientError(message) from error
        return {
            row.escalation_id: Standing(
                standing=row.standing,
                open=row.open,
                reason=row.reason,
                recipient=row.recipient,
                held=row.held,
                disputed=row.disputed,
                interest=row.interest,
            )
            for row in rows
        }
