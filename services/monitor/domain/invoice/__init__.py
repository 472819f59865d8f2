"""An invoice: its terms, its items, what is disputed and written off of it."""
