"""What is measured against: the least work that keeps the same promise, made as fast as we can."""
