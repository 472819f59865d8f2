"""Policies: what a creditor's document says, read and chosen."""
