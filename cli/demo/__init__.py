"""The demonstration: a stack of its own, half a year of trade, and a report."""
