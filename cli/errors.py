"""What a command can end with, other than well; the exit code follows from the kind."""

from shared.errors import ArrearsError, TransientError


class UsageError(ArrearsError):
    """What was typed cannot be carried out as it stands: exit code 2."""

    code = "usage"


class FailedError(ArrearsError):
    """The command was understood and did not succeed: exit code 1."""

    code = "failed"


class AwayError(TransientError):
    """A service does not answer now; it may be starting again."""

    code = "away"


class RefusedError(ArrearsError):
    """A service answered no, with its own code and sentence; `status` is HTTP's."""

    def __init__(self, message: str, *, code: str, status: int) -> None:
        super().__init__(message, code=code)
        self.status = status
