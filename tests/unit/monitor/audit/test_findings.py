"""What an audit finds is counted whole, and kept in part."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from prometheus_client import CollectorRegistry

from services.monitor.adapters.metrics import INVARIANTS, MonitorMetrics
from services.monitor.adapters.upkeep.evidence import EvidenceFolder
from services.monitor.domain.audit.findings import KEPT_MAX, Findings, Violation
from services.monitor.handlers.upkeep.stops import Stop, told

NOW = datetime(2026, 1, 5, tzinfo=UTC)
CLAIM = "open must be what is left"


def violation(invariant: str = "items", **row: object) -> Violation:
    return Violation(
        invariant, CLAIM, row or {"account_id": "default:C", "open": 1, "due_at": None}
    )


def findings(*found: Violation) -> Findings:
    made = Findings(4)
    made.add(found)
    return made


def test_a_violation_says_its_figures_and_what_should_hold() -> None:
    assert violation().sentence() == (
        "items: account_id default:C, open 1 (but open must be what is left)"
    )


def test_all_are_counted_and_the_first_of_each_invariant_kept() -> None:
    made = findings(*(violation(place=place) for place in range(KEPT_MAX + 5)), violation("chain"))
    assert made.counts == {"items": KEPT_MAX + 5, "chain": 1}
    assert len(made.violations) == KEPT_MAX + 1
    assert made.violations[-1].invariant == "chain"


@pytest.mark.parametrize(
    ("found", "end"),
    [([violation()], "left)"), ([violation(), violation()], "left); 2 violations in all")],
)
def test_the_reason_is_the_first_violation(found: list[Violation], end: str) -> None:
    assert (
        findings(*found).reason()
        == f"audit: items: account_id default:C, open 1 (but {CLAIM[:-4]}{end}"
    )


def test_the_health_page_says_what_is_stopped_what_to_do_and_why() -> None:
    assert told({7: "second", 3: "first"}) == (
        "stopped, the others go on: 3, 7; repair what is wrong, then: "
        "arrears partition resume N --as NAME; 3: first; 7: second"
    )


def stop() -> Stop:
    return Stop(4, "audit: items", NOW, [violation()])


def test_the_evidence_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    EvidenceFolder(tmp_path / "made" / "here").keep(stop())
    [file] = (tmp_path / "made" / "here").iterdir()
    content = msgspec.json.decode(file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600
    assert content["violations"] == [
        {
            "invariant": "items",
            "claim": CLAIM,
            "row": {"account_id": "default:C", "open": 1, "due_at": None},
        }
    ]
    assert "arrears partition resume 4" in content["what_to_do"]


def test_a_folder_that_cannot_be_written_keeps_nobody_from_stopping(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    EvidenceFolder(tmp_path / "file").keep(stop())
    EvidenceFolder(None).keep(stop())


def test_an_invariant_that_holds_again_is_no_more_in_the_metrics() -> None:
    registry = CollectorRegistry()
    metrics = MonitorMetrics(registry)

    def value(invariant: str) -> float | None:
        labels = {"partition": "4", "invariant": invariant}
        return registry.get_sample_value("arrears_monitor_audit_violations", labels)

    metrics.audited(findings(violation(), violation()), NOW)
    assert {name: value(name) for name in INVARIANTS} == dict.fromkeys(INVARIANTS, 0) | {"items": 2}
    metrics.audited(findings(), NOW)
    assert value("items") == 0
