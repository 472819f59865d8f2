"""Mechanics every service uses; no business rule lives here."""
