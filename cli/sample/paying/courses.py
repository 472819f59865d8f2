"""Courses: how what is open of an invoice goes down, and now and then up again."""

from cli.sample.billing.invoices import Invoice


class Course:
    """One invoice and every move of what is open of it, in minor units by day.

    It follows what money was meant for, also where the customer does not say so.
    """

    def __init__(self, invoice: Invoice) -> None:
        self.invoice = invoice
        self._moves: list[tuple[int, int]] = []
        #: Disputes, write-offs: no one adds a promise or a block to these.
        self.has_a_story = False

    def move(self, day: int, minor: int) -> None:
        """Lower what is open on a day; a negative amount opens it again."""
        self._moves.append((day, minor))

    def cut(self, day: int) -> None:
        """Forget the moves of a day and all later ones."""
        self._moves = [move for move in self._moves if move[0] < day]

    def moved_minor(self, day: int) -> int:
        """Return what had been paid, credited and given up by the end of a day."""
        return sum(minor for on, minor in self._moves if on <= day)

    def open_minor(self, day: int) -> int:
        """Return what was open at the end of a day."""
        return self.invoice.total_minor - self.moved_minor(day)

    def due_minor(self, day: int) -> int:
        """Return what was past due and open at the end of a day."""
        due = sum(part.minor for part in self.invoice.parts if part.due_day < day)
        return max(0, due - self.moved_minor(day))

    def is_due_all(self, day: int) -> bool:
        """Whether some of it was past due and open at every hour of a day: nothing moved then."""
        return self.due_minor(day) > 0 and day not in self.move_days()

    def move_days(self) -> list[int]:
        """Return the days on which something moved, in order."""
        return sorted({day for day, _ in self._moves})

    def reached_day(self, moved_minor: int, after_day: int) -> int | None:
        """Return the first day after a day by whose end so much had moved; None: it never had."""
        later = (day for day in self.move_days() if day > after_day)
        return next((day for day in later if self.moved_minor(day) >= moved_minor), None)

    def closed_day(self) -> int | None:
        """Return the day of the last move, when nothing was open after it."""
        days = self.move_days()
        return days[-1] if days and self.open_minor(days[-1]) == 0 else None

    @property
    def last_due_day(self) -> int:
        """The day on which the last instalment is due."""
        return max(part.due_day for part in self.invoice.parts)

    def first_overdue_day(self) -> int | None:
        """Return the first day on which some of it was past due; None: it was paid in time."""
        after = sorted(part.due_day + 1 for part in self.invoice.parts)
        return next((day for day in after if self.due_minor(day) > 0), None)
