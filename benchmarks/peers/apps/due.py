"""What is due for the peers that raise: the default policy's levels, and the day it is."""

from datetime import date
from typing import Final

#: Levels in their order, with the days after the due date.
LEVELS: Final = (("dunning", 15), ("legal", 30), ("insurance_claim", 60))
#: The bench's own day.
TODAY: Final = date(2026, 6, 1)
