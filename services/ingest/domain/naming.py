"""Names, once and for all: which accepted arrivals are new, repeated, or in conflict."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.ingest.domain.decoding import shown
from services.ingest.domain.judgement import Accepted, Refusal, refusal_of
from shared.errors import RejectedError


class Duplicate(Struct, kw_only=True, frozen=True):
    """A repeat of an event; it is published again, since the first time may have failed."""

    accepted: Accepted


Outcome = Accepted | Duplicate | Refusal


def first_digests(judged: Sequence[Accepted | Refusal]) -> dict[bytes, bytes]:
    """Return each name of a batch with the digest of its first bearer, ordered by name.

    The order is the same for every writer, so that two of them never wait for each other.
    """
    digests: dict[bytes, bytes] = {}
    for one in judged:
        if isinstance(one, Accepted):
            digests.setdefault(one.name, one.digest)
    return dict(sorted(digests.items()))


def settle(
    judged: Sequence[Accepted | Refusal],
    *,
    fresh: "set[bytes] | frozenset[bytes]",
    kept: Mapping[bytes, bytes],
) -> list[Outcome]:
    """Decide on each arrival of a batch, in its order.

    `fresh` are the names written for this batch, `kept` the digest that stands under every name.
    """
    seen: set[bytes] = set()
    outcomes: list[Outcome] = []
    for one in judged:
        if isinstance(one, Refusal):
            outcomes.append(one)
        elif kept[one.name] != one.digest:
            outcomes.append(_conflict(one))
        elif one.name in fresh and one.name not in seen:
            seen.add(one.name)
            outcomes.append(one)
        else:
            outcomes.append(Duplicate(accepted=one))
    return outcomes


def _conflict(accepted: Accepted) -> Refusal:
    event = accepted.event
    message = (
        f"id: {shown(event.id)} of source {shown(event.source)} was accepted before with other "
        "content; give a changed event an id of its own"
    )
    return refusal_of(RejectedError(message, code="conflict", field="id"))
