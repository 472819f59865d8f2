"""How hard properties are tried: HYPOTHESIS_PROFILE is `default`, `ci`, `long` or `thorough`."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

#: Histories for each property: in every run, on a push, now and then, and by `make properties`.
EXAMPLES: Final = {"default": 100, "ci": 200, "long": 1_000, "thorough": 10_000}
#: For one property; the run's own limit is meant for the default.
SECONDS_MAX: Final = {"ci": 900, "long": 300, "thorough": 3600}
#: On a push the laws of the ledger are tried on so many whole histories, those of escalation on so
#: many lives of months, which take longer.
WHOLE_HISTORIES: Final = 10_000
LIVES: Final = 2_000

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "default")

for name, examples in EXAMPLES.items():
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        # A push is judged by the same histories as its last run; people's runs look for new ones.
        derandomize=name == "ci",
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],  # a slow machine is no fault
    )
settings.load_profile(PROFILE)

#: For the properties that try every law on one history, and on one life.
whole_histories: Final = settings(
    max_examples=WHOLE_HISTORIES if PROFILE == "ci" else EXAMPLES[PROFILE]
)
lives: Final = settings(max_examples=LIVES if PROFILE == "ci" else EXAMPLES[PROFILE])
