"""An item's story: what counts for it, what an event changed of that, and what is to come."""
