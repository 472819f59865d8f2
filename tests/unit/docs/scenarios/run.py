"""Run a scenario through the monitor's own rules; an error names the line that does not hold."""

from typing import Final

import msgspec
import yaml

from shared.calendar import latest_date
from shared.errors import RejectedError
from tests.unit.docs.scenarios import debtors, invoices, money
from tests.unit.docs.scenarios.blocks import Block, Head, Line, ScenarioError, head
from tests.unit.docs.scenarios.claims import Place, check
from tests.unit.docs.scenarios.forms import Form, Saying, event_of
from tests.unit.docs.scenarios.world import World

FORMS: Final[list[Form]] = [*invoices.FORMS, *money.FORMS, *debtors.FORMS]
_POLICY: Final = "policy"
_REFUSED: Final = "refused "


class Run:
    """One scenario on its way."""

    def __init__(self) -> None:
        self.world = World()
        #: The refusal of the line before, until a claim names its code.
        self._refusal: RejectedError | None = None
        self._refused_number = 0

    def take(self, line: Line) -> None:
        """Do what a line says, or check that it holds."""
        start = head(line.text)
        if line.is_claim and start.what.startswith(_REFUSED):
            self._check_refusal(start.what.removeprefix(_REFUSED))
            return
        self.check_not_refused()
        if start.at is not None:
            self.world.advance(start.at)
        if line.is_claim:
            check(start.what, Place(self.world, self.world.book(start.who)))
            return
        try:
            self._say(start)
        except RejectedError as refusal:
            self._refusal, self._refused_number = refusal, line.number

    def check_not_refused(self) -> None:
        """Raise the refusal that no claim has named."""
        if self._refusal is not None:
            message = f"line {self._refused_number} is refused: {self._refusal.message}"
            raise ScenarioError(message)

    def _say(self, start: Head) -> None:
        first, _, document = start.what.partition("\n")
        if first.strip() == _POLICY:
            self.world.put_policy(document)
            return
        book = self.world.book(start.who)
        on = start.of or self.world.today(book)
        saying = Saying(book.account_id, on, self.world.next_number())
        event = event_of(start.what, saying, FORMS)
        event.check_happened(latest_date(self.world.instant))
        self.world.say(start.who, event)

    def _check_refusal(self, code: str) -> None:
        refusal, self._refusal = self._refusal, None
        actual = "not refused" if refusal is None else f"{refusal.code} ({refusal.message})"
        if refusal is None or refusal.code != code:
            message = f"it is {actual}"
            raise ScenarioError(message)


def run(block: Block, source: str) -> World:
    """Run a scenario to its end and return what has become of it."""
    running = Run()
    for line in block.lines:
        try:
            running.take(line)
        except (ScenarioError, RejectedError, msgspec.ValidationError, yaml.YAMLError) as error:
            message = f"{source}:{line.number}: {line.text}\n  {error}"
            raise ScenarioError(message) from error
    running.check_not_refused()
    running.world.close()
    return running.world
