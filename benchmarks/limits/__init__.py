"""What is measured against: the least work that keeps the same promise, as fast as we can make it."""
