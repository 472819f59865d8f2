"""What each kind of word means for the work at hand: pure functions to decision values."""
