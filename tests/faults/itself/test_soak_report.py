"""The tables of a soak say what came of it, by row and by service."""

from tests.faults.matrix import FAULTS
from tests.faults.soak.memory import Sample
from tests.faults.soak.nemesis import Blow
from tests.faults.soak.outcome import Order, Outcome
from tests.faults.soak.report import blow_line, table_of

ROW = "SIGKILL of monitor"


def outcome() -> Outcome:
    fault = next(one for one in FAULTS if one.row == ROW)
    blows = [
        Blow(1, fault, 10.0, 11.0, strikes=1, ready_seconds=2.0),
        Blow(2, fault, 30.0, 31.5, strikes=1, ready_seconds=7.5, violations=["it broke"]),
    ]
    one = Outcome(Order(1, 30), 2000.0, 1000.0, 990.0, told=12345, days=70, blows=blows)
    samples = [
        Sample(float(at), float(at % 900), at // 900, 100.0 + at / 600) for at in range(0, 1800, 2)
    ]
    one.memory.samples["monitor-1"] = samples
    one.object("carried_out", "it broke")
    return one


def test_a_table_says_what_came_of_a_soak() -> None:
    lines = table_of(outcome()).splitlines()
    assert lines[2].startswith("| 30 | 12,345 | 2,000/s | 1,000/s | 990/s | 70 | 0 | 2 | 1 | 7.5 s")
    assert f"| {ROW} | 2 | 2 | 1 | 7.5 s |" in lines
    assert lines[-1] == (
        "| monitor-1 | 2 | 100 | 101 | 103 | 103 | +0.1 MiB/min over 1676 s | "
        "+0.1 MiB/min over 1738 s |"
    )


def test_a_fault_that_failed_says_so_in_its_line() -> None:
    first, second = outcome().blows
    assert blow_line(first).startswith("ok     1 SIGKILL of monitor: ")
    assert blow_line(second).startswith("FAILED 2 ")
    assert blow_line(second).endswith("in 1.5 s, ready after 7.5 s; it broke")
