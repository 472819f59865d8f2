"""Properties get the time that their profile calls for."""

from pathlib import Path

import pytest

from tests.unit.monitor.profiles import PROFILE, SECONDS_MAX


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if PROFILE in SECONDS_MAX and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(SECONDS_MAX[PROFILE]))
