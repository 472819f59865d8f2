"""The events that every contender is given, and the balances that they come to."""
