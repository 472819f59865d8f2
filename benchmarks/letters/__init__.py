"""Letters a second: the notifier against a bare loop, into the same mail server."""
