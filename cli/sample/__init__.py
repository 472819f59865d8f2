"""Believable trade between businesses, made up from a seed; pure: the same seed, the same bytes."""

from cli.sample.trade import Trade, generate

__all__ = ["Trade", "generate"]
