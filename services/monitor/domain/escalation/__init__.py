"""Escalation: which level an item has reached, what holds it, and what is said of it."""
