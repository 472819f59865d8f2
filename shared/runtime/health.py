"""Which parts of a service work, and why not."""

from dataclasses import dataclass, field
from typing import Final

#: Room for the commands that heal some partitions.
REASON_CHARACTERS_MAX: Final = 4_000


@dataclass(slots=True)
class Health:
    """The parts a service needs; it is ready when none of them has a reason against it."""

    parts: dict[str, str] = field(default_factory=dict)

    def expect(self, *names: str) -> None:
        """Name parts that are not up yet."""
        for name in names:
            self.parts.setdefault(name, "starting")

    def well(self, name: str) -> None:
        """Say that a part works."""
        self.parts[name] = "ok"

    def ill(self, name: str, reason: str) -> None:
        """Say why a part does not work."""
        self.parts[name] = reason[:REASON_CHARACTERS_MAX]

    def tell(self, name: str, reason: str) -> None:
        """Say why a part does not work, or with an empty reason that it does."""
        if reason:
            self.ill(name, reason)
        else:
            self.well(name)

    @property
    def ready(self) -> bool:
        """Whether every part works."""
        return all(reason == "ok" for reason in self.parts.values())
