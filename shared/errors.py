"""The one tree of errors, by what the caller must do about them.

What a person may see carries a `code` for machines and a sentence for people. Everything that is
not in this tree is a bug, is logged with its trace at the edge of a loop, and is counted.
"""


class ArrearsError(Exception):
    """A failure with a stable `code` and a sentence that says what to do."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code


class RejectedError(ArrearsError):
    """Input that can never be accepted as it stands: it goes to the rejected topic.

    `field` is the path of the offending value (`data.total`), `value` the value itself, shortened.
    """

    code = "rejected"

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field = field


class NotFoundError(ArrearsError):
    """The thing asked for does not exist."""

    code = "not_found"


class ConflictingStateError(ArrearsError):
    """The request is well formed, but the present state does not allow it."""

    code = "conflicting_state"


class TransientError(ArrearsError):
    """A dependency is away or slow: the same work is tried again, with a limit on the pause."""

    code = "transient"


class FencedError(ArrearsError):
    """Another owner holds the partition now: drop the work and join again."""

    code = "fenced"


class BrokenInvariantError(ArrearsError):
    """Something that must always hold does not: stop the partition and alarm."""

    code = "broken_invariant"
