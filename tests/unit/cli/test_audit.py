"""`arrears audit` asks for one partition after the other and ends with 1 where one is broken."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import typer

from cli.api.client import Client
from cli.commands.audit import audit_all, reader_of, show_results
from cli.errors import FailedError, UsageError

Handler = Callable[[str, httpx.Request], httpx.Response]
PARTITIONS = {"rows": [{"partition": 0}, {"partition": 1}]}


def result(partition: int, *sentences: str) -> dict[str, Any]:
    violations = [{"sentence": one} for one in sentences]
    head = f"{partition}:1:ab"
    return {"partition": partition, "rows": 10, "violations": violations, "head": head}


class Monitor:
    """Answers for a monitor with two partitions."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, _service: str, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=PARTITIONS, request=request)
        self.asked.append((request.url.path, json.loads(request.content)))
        number = int(request.url.path.split("/")[3])
        lines = [{"looked_at": 0, "items": 10}, result(number)]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return httpx.Response(200, text=text, request=request)


@pytest.mark.parametrize(
    ("partition", "chain", "expect", "numbers"),
    [
        (None, False, [], [0, 1]),
        (None, True, ["0:1:ab"], [0, 1]),
        (7, False, [], [7]),
        (7, True, ["7:1:ab", "7:2:cd"], [7]),
    ],
)
async def test_partitions_are_audited_one_after_the_other(
    client_of: Callable[[Handler], Client],
    partition: int | None,
    *,
    chain: bool,
    expect: list[str],
    numbers: list[int],
) -> None:
    monitor = Monitor()
    results = await audit_all(client_of(monitor), partition, chain=chain, expect=expect)
    question = {"chain_only": chain, "expected": expect}
    assert monitor.asked == [(f"/v1/partitions/{one}/audit", question) for one in numbers]
    assert results == [result(one) for one in numbers]


async def test_a_head_of_a_partition_that_is_not_looked_at_is_refused(
    client_of: Callable[[Handler], Client],
) -> None:
    monitor = Monitor()
    with pytest.raises(FailedError, match="of none of the partitions 0, 1"):
        await audit_all(client_of(monitor), None, chain=True, expect=["5:1:ab"])
    assert monitor.asked == []


@pytest.mark.parametrize(
    ("results", "chain", "lines"),
    [
        ([result(0), result(1)], False, ["well: 20 rows hold"]),
        ([result(0)], True, ["head 0:1:ab", "well: 10 rows hold"]),
    ],
)
def test_what_is_well_is_said_in_a_line(
    capsys: pytest.CaptureFixture[str],
    results: list[dict[str, Any]],
    lines: list[str],
    *,
    chain: bool,
) -> None:
    show_results(results, chain=chain, as_json=False)
    assert capsys.readouterr().out.splitlines() == lines


def test_a_violation_is_said_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        show_results([result(0), result(1, "wrong", "worse")], chain=False, as_json=False)
    assert ended.value.exit_code == 1
    assert capsys.readouterr().out.splitlines() == [
        "partition 1: wrong",
        "partition 1: worse",
        "violations; stopped: partition 1",
    ]


def test_json_is_a_line_for_each_partition(capsys: pytest.CaptureFixture[str]) -> None:
    show_results([result(0), result(1)], chain=True, as_json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        result(0),
        result(1),
    ]


@pytest.mark.parametrize(
    ("topic", "reader"),
    [
        (None, ("receivables.ledger", "monitor")),
        ("receivables.ledger", ("receivables.ledger", "monitor")),
        ("receivables.invoices", ("receivables.invoices", "ingest")),
        ("receivables.commands", ("receivables.commands", "ingest")),
        ("receivables.escalations", ("receivables.escalations", "notifier")),
    ],
)
def test_who_reads_a_topic_is_told_to_go_on(topic: str | None, reader: tuple[str, str]) -> None:
    assert reader_of(topic) == reader


def test_a_topic_that_nobody_reads_is_refused() -> None:
    with pytest.raises(UsageError, match=r"--topic: 'receivables\.rejected' is none of"):
        reader_of("receivables.rejected")
