"""Introductions: what the address book says of a customer, and each later version of it."""

from random import Random
from typing import Any, Final

from cli.sample.parties.characters import is_troubling
from cli.sample.teller import Teller

GRADES: Final = "ABCD"
MOVED_SHARE: Final = 0.05
#: Grades are looked at again after so many days, and lowered for most that pay badly.
REGRADED_DAYS: Final = (60, 120)
REGRADED_SHARE: Final = 0.7
#: Members of a group that are sold to an owner outside, and when.
SOLD_SHARE: Final = 0.1
SOLD_DAYS: Final = (40, 140)
CONTACT_SHARE: Final = 0.4
CONTACTS: Final = (("Wang Min", "accounts payable"), ("Li Hua", "purchasing"), ("J. Meyer", "CFO"))


def introduce(teller: Teller, days: int, random: Random) -> None:
    """Tell who the customer is, and what becomes known of it later; `days` is the trade's length.

    Every version says everything, as the contract has it.
    """
    customer = teller.customer
    known = _first(teller, random)
    changes: list[tuple[int, dict[str, Any]]] = []
    if random.random() < MOVED_SHARE:
        email = f"finance.{customer.party.email.partition('.')[2]}"
        changes.append((random.randint(customer.joined_day + 1, days + 1), {"email": email}))
    if is_troubling(customer.character) and random.random() < REGRADED_SHARE:
        lower = GRADES[GRADES.index(known["grade"]) + 1]
        changes.append((customer.joined_day + random.randint(*REGRADED_DAYS), {"grade": lower}))
    if customer.group_id and random.random() < SOLD_SHARE:
        day = customer.joined_day + random.randint(*SOLD_DAYS)
        changes.append((day, {"group_id": None}))
    changes.sort(key=lambda change: change[0])
    for version, (day, change) in enumerate([(customer.joined_day, {}), *changes], start=1):
        known |= change
        key = f"{customer.customer_id}/{version}"
        # Two changes of one day must stand in the order of their versions: an hour each.
        teller.tell("customer.updated.v1", key, day, hour=4 + version, version=version, **known)


def _first(teller: Teller, random: Random) -> dict[str, Any]:
    customer, party = teller.customer, teller.customer.party
    contacts = None
    if random.random() < CONTACT_SHARE:
        name, role = random.choice(CONTACTS)
        contacts = [{"name": name, "email": f"contact.{party.email}", "role": role}]
    return {
        "name": party.name,
        "email": party.email,
        "contacts": contacts,
        "locale": party.locale,
        "country": party.country,
        "group_id": customer.group_id,
        "segment": customer.segment,
        "grade": random.choice(customer.character.grades),
    }
