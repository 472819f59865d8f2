"""The whole stack in one data folder: started, watched over, found again and stopped."""

from deploy.local.stack.clock import refuse_contradiction
from deploy.local.stack.control import down
from deploy.local.stack.options import ServiceSpec, UpOptions
from deploy.local.stack.record import Process, StackFile, describe, read_stack
from deploy.local.stack.supervisor import Stack
from deploy.local.stack.up import until_signal, up

__all__ = [
    "Process",
    "ServiceSpec",
    "Stack",
    "StackFile",
    "UpOptions",
    "describe",
    "down",
    "read_stack",
    "refuse_contradiction",
    "until_signal",
    "up",
]
