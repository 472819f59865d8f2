"""The monitor's use cases: batch, sweep, relay; answers and upkeep in folders of their own."""
