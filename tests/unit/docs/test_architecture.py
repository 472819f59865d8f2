"""What the documents say of the code is there: paths, links, metrics, loops."""

import re
from pathlib import Path
from typing import Any, Final, cast

import pytest
from prometheus_client import CollectorRegistry

from services.ingest.adapters.metrics import IngestMetrics
from services.monitor.adapters.gauges import Gauges
from services.monitor.adapters.metrics import MonitorMetrics
from services.notifier.adapters.metrics import ConsumerMetrics, WorkMetrics
from shared.runtime.health import Health
from shared.runtime.loops import Supervisor
from tests.unit.docs import documents

#: Where the paths that documents name may begin.
FOLDERS: Final = ("services/", "shared/", "cli/", "deploy/", "tests/", "docs/", ".ci/")
#: Stands for the name of any service.
ANY_SERVICE: Final = "<name>"
#: A document that takes longer than its promise is not read; words a person reads in ten minutes.
WORDS_MAX: Final = 2600


def paths(document: Path) -> list[str]:
    """Return the paths of the project that a document names, each service's in turn."""
    text = document.read_text(encoding="utf-8")
    named = [one.partition("::")[0] for one in documents.code(text) if one.startswith(FOLDERS)]
    services = ("ingest", "monitor", "notifier")
    return sorted({one.replace(ANY_SERVICE, name) for one in named for name in services})


def metric_names() -> set[str]:
    registry, nothing = CollectorRegistry(), cast("Any", None)
    IngestMetrics(registry, nothing)
    MonitorMetrics(registry)
    Gauges(nothing, nothing, registry)
    ConsumerMetrics(registry)
    WorkMetrics(registry)
    Supervisor(Health(), nothing, registry)
    return {metric.name for metric in registry.collect()}


def test_the_metrics_are_those_that_the_services_have() -> None:
    table = documents.rows(documents.section(documents.ARCHITECTURE, "Metrics"))
    assert {row[0].strip("`") for row in table} == metric_names()


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda path: path.name)
def test_every_path_and_link_leads_somewhere(document: Path) -> None:
    missing = [one for one in paths(document) if not (documents.ROOT / one).exists()]
    missing += [one for one in documents.links(document) if not (document.parent / one).exists()]
    assert missing == []


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=lambda path: path.name)
def test_the_rows_of_a_table_have_as_many_cells_as_its_heading(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({line.count(" | ") for line in table.splitlines() if " | " in line}) == 1, table


def test_the_architecture_is_read_in_ten_minutes() -> None:
    assert len(documents.ARCHITECTURE.read_text(encoding="utf-8").split()) < WORDS_MAX


def test_every_loop_has_its_row() -> None:
    section = documents.section(documents.ARCHITECTURE, "A process from inside")
    written = {(row[0], row[1].strip("`")) for row in documents.rows(section)}
    sources = {
        name: (documents.ROOT / "services" / name / "main.py").read_text(encoding="utf-8")
        for name in ("ingest", "monitor", "notifier")
    }
    assert all(f'"{loop}"' in sources[service] for service, loop in written)
    assert {service for service, _ in written} == set(sources)


@pytest.mark.parametrize("document", documents.DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_a_page_with_its_context_and_consequences(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert re.match(r"# \d+\. ", text)
    assert [
        part for part in ("Context", "Decision", "Why", "Consequences") if f"## {part}" in text
    ] == [
        "Context",
        "Decision",
        "Why",
        "Consequences",
    ]
