"""What the API asks of the monitor's tables, by noun. Every list is paged by its own key."""
