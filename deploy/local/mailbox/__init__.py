"""A mailbox for demonstrations and tests: it takes every mail, keeps it and shows it."""

from deploy.local.mailbox.part import Mailbox

__all__ = ["Mailbox"]
