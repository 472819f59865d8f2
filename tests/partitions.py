"""How many partitions the topics of the run's one Kafka have; every test must agree."""

from typing import Final

PARTITIONS: Final = 4
