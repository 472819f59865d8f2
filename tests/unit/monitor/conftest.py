"""How hard properties are tried: HYPOTHESIS_PROFILE is `default` or `thorough`."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

#: Enough for every push; `thorough` is what CI runs once.
EXAMPLES_DEFAULT: Final = 100
EXAMPLES_THOROUGH: Final = 10_000

_SLOW_IS_NO_FAULT: Final = (HealthCheck.too_slow,)

settings.register_profile(
    "default",
    max_examples=EXAMPLES_DEFAULT,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW_IS_NO_FAULT,
)
settings.register_profile(
    "thorough",
    max_examples=EXAMPLES_THOROUGH,
    deadline=None,
    print_blob=True,
    suppress_health_check=_SLOW_IS_NO_FAULT,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
