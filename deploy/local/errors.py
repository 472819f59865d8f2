"""What can go wrong while the local stack starts, runs or stops."""

from shared.errors import ArrearsError


class StackError(ArrearsError):
    """The local stack cannot do what was asked; the message says what to do about it."""

    code = "local_stack"


class ContradictionError(StackError):
    """The options contradict each other: nothing about the machine or the folder can mend that."""

    code = "contradiction"


class MissingProgramError(StackError):
    """A program of the system is not installed; the message names its package."""

    code = "missing_program"


class NoStackError(StackError):
    """No stack runs in the data folder."""

    code = "no_stack"


class StackInUseError(StackError):
    """Another stack already runs in the data folder."""

    code = "stack_in_use"
