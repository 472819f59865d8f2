"""The monitor's use cases: a batch, a sweep, a relay, a policy, a rebuild."""
