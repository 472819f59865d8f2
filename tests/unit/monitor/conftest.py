"""How hard properties are tried: HYPOTHESIS_PROFILE is `default` or `thorough`."""

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

#: Enough for every push; `HYPOTHESIS_PROFILE=thorough` tries each property 10,000 times.
EXAMPLES_DEFAULT: Final = 100
EXAMPLES_THOROUGH: Final = 10_000
#: For one property under `thorough`; the run's own limit is meant for the default.
THOROUGH_SECONDS_MAX: Final = 1800

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "default")

for name, examples in (("default", EXAMPLES_DEFAULT), ("thorough", EXAMPLES_THOROUGH)):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],  # a slow machine is no fault
    )
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if PROFILE == "thorough":
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.timeout(THOROUGH_SECONDS_MAX))
