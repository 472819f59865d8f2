"""Which of a batch is new, repeated or in conflict."""

import pytest

from services.ingest.domain.judgement import Accepted, Refusal
from services.ingest.domain.naming import Duplicate, first_digests, settle
from tests.unit.ingest.cases import changed, event, judged
from tests.unit.ingest.valid import INVOICE


def accepted(event_id: str = "e-1", total: str = "1250.00") -> Accepted:
    outcome = judged(event(data=changed(INVOICE, total=total), id=event_id))
    assert isinstance(outcome, Accepted)
    return outcome


A, A_CHANGED, B = accepted("a"), accepted("a", "1.00"), accepted("b")
NO = Refusal(code="not_json", message="the event: this is no JSON")

#: The batch; what stood under its names before; what becomes of each.
CASES = {
    "all new": ([A, B], {}, ["new", "new"]),
    "a repeat of an older one": ([A], {A.name: A.digest}, ["repeat"]),
    "other content than an older one": ([A_CHANGED], {A.name: A.digest}, ["conflict"]),
    "a repeat within the batch": ([A, B, A], {}, ["new", "new", "repeat"]),
    "other content within the batch": ([A, A_CHANGED], {}, ["new", "conflict"]),
    "the first of the batch is the changed one": (
        [A_CHANGED, A],
        {A.name: A.digest},
        ["conflict", "repeat"],
    ),
    "a refusal in between": ([A, NO, A], {}, ["new", "not_json", "repeat"]),
    "nothing but refusals": ([NO, NO], {}, ["not_json", "not_json"]),
}


@pytest.mark.parametrize(("batch", "stood", "expected"), CASES.values(), ids=CASES.keys())
def test_a_batch_is_settled(
    batch: list[Accepted | Refusal], stood: dict[bytes, bytes], expected: list[str]
) -> None:
    digests = first_digests(batch)
    fresh = digests.keys() - stood.keys()
    outcomes = settle(batch, fresh=fresh, kept={**digests, **stood})
    words = [
        outcome.code
        if isinstance(outcome, Refusal)
        else "repeat"
        if isinstance(outcome, Duplicate)
        else "new"
        for outcome in outcomes
    ]
    assert words == expected


def test_names_are_written_in_one_order_whatever_the_batchs() -> None:
    batch = [accepted(f"e-{number}") for number in range(20)]
    assert list(first_digests(batch)) == list(first_digests(batch[::-1]))


def test_the_order_of_members_makes_no_other_content() -> None:
    turned = judged(event(data=dict(reversed(INVOICE.items()))))
    straight = judged(event())
    assert isinstance(turned, Accepted)
    assert isinstance(straight, Accepted)
    assert turned.digest == straight.digest


def test_the_same_id_of_another_source_is_another_name() -> None:
    one, other = judged(event(source="erp")), judged(event(source="bank"))
    assert isinstance(one, Accepted)
    assert isinstance(other, Accepted)
    assert one.name != other.name
