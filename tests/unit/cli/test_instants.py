"""People read instants by the default creditor's clocks, programs as the services say them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.api.clocks import time_zone_if_told
from cli.show import listing
from cli.show.instants import with_local
from cli.show.listing import Listing, show_list
from cli.show.output import columns

SENT_AT = "2026-01-04T16:00:07.123456+00:00"
LETTERS = Listing(
    service="notifier",
    path="/v1/letters",
    columns=columns("letter_id:Letter sent_at:Sent"),
    noun="letters",
    instants=("sent_at",),
)


@pytest.mark.parametrize(
    ("row", "zone", "shown"),
    [
        ({"sent_at": SENT_AT}, "Asia/Shanghai", {"sent_at": "2026-01-05T00:00:07+08:00"}),
        ({"sent_at": SENT_AT}, "Europe/Berlin", {"sent_at": "2026-01-04T17:00:07+01:00"}),
        ({"sent_at": SENT_AT}, None, {"sent_at": SENT_AT}),
        ({"sent_at": None}, "Asia/Shanghai", {"sent_at": None}),
        ({"planned_on": "2026-01-05"}, "Asia/Shanghai", {"planned_on": "2026-01-05"}),
    ],
)
def test_an_instant_is_written_by_the_clocks_of_the_zone(
    row: dict[str, Any], zone: str | None, shown: dict[str, Any]
) -> None:
    assert with_local(row, ("sent_at",), zone) == shown


@pytest.mark.parametrize(
    ("answer", "zone"),
    [
        pytest.param({"time_zone": "Europe/Berlin"}, "Europe/Berlin", id="told"),
        pytest.param(httpx.ConnectError("refused"), None, id="away"),
        pytest.param(httpx.Response(503), None, id="not ready"),
        pytest.param(httpx.Response(500), None, id="out of order"),
    ],
)
async def test_a_monitor_that_is_away_is_no_obstacle(
    client_of: Any, script: Any, answer: Any, zone: str | None
) -> None:
    assert await time_zone_if_told(client_of(script(monitor=[answer]))) == zone


@pytest.mark.parametrize(
    ("as_json", "shown"),
    [
        pytest.param(False, "2026-01-05T00:00:07+08:00", id="for people"),
        pytest.param(True, SENT_AT, id="for programs"),
    ],
)
def test_a_list_shows_people_local_instants_and_programs_the_services_own(
    client_of: Any,
    script: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    as_json: bool,
    shown: str,
) -> None:
    page = {"rows": [{"letter_id": "L-1", "sent_at": SENT_AT}], "next": None}
    answers = script(notifier=[page], monitor=[{"time_zone": "Asia/Shanghai"}])
    monkeypatch.setattr(listing, "connect", lambda _data: Connected(client_of(answers)))
    show_list(LETTERS, Path("nowhere"), {}, limit=None, as_json=as_json)
    output = capsys.readouterr().out
    assert shown in output
    if as_json:
        assert json.loads(output)["sent_at"] == SENT_AT
        assert answers.asked == ["notifier"]


class Connected:
    """Gives the client as `connect` does."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def __aenter__(self) -> Any:
        return self._client

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
