"""Characters: the ways in which customers pay."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Character:
    """A way of paying. Days are counted from the due date."""

    name: str
    #: How many of a hundred customers pay like this.
    share: int
    #: Earliest and latest day of a payment.
    days: tuple[int, int]
    #: The grades it begins with: what the creditor believed at first.
    grades: tuple[str, ...]
    #: What of an instalment comes first, in hundredths; 100 is all of it.
    first_hundredths: tuple[int, int] = (100, 100)
    #: Days from the first part to the rest.
    rest_days: tuple[int, int] = (0, 0)
    #: How many invoices are paid before no more money comes at all.
    pays_invoices: tuple[int, int] | None = None


DEFAULTER: Final = Character(
    name="defaulter", share=6, days=(5, 25), grades=("B", "C", "C"), pays_invoices=(0, 3)
)
CHARACTERS: Final = (
    Character(name="prompt", share=52, days=(-8, 2), grades=("A", "A", "B")),
    Character(name="a bit late", share=22, days=(3, 13), grades=("A", "B", "B")),
    Character(name="habitually late", share=11, days=(20, 45), grades=("B", "C", "C")),
    Character(
        name="part payer",
        share=9,
        days=(0, 12),
        grades=("B", "B", "C"),
        first_hundredths=(40, 75),
        rest_days=(10, 30),
    ),
    DEFAULTER,
)
#: From this far past the due date on a habit is one that insurers and graders take note of.
TROUBLING_DAYS: Final = 20


def is_troubling(character: Character) -> bool:
    """Whether the character is one that costs a customer its grade and its cover."""
    return character.pays_invoices is not None or character.days[0] >= TROUBLING_DAYS
