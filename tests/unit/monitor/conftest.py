"""How hard properties are tried: HYPOTHESIS_PROFILE is `default`, `long` or `thorough`."""

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

#: Histories for each property: in every run, now and then, and by `make properties`.
EXAMPLES: Final = {"default": 100, "long": 1_000, "thorough": 10_000}
#: For one property; the run's own limit is meant for the default.
SECONDS_MAX: Final = {"long": 300, "thorough": 1800}

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "default")

for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        # A push is judged by the same histories as its last run; people's runs look for new ones.
        derandomize=bool(os.environ.get("CI")),
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],  # a slow machine is no fault
    )
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if PROFILE in SECONDS_MAX:
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.timeout(SECONDS_MAX[PROFILE]))
