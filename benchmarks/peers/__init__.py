"""What a team would use otherwise, in an environment of its own; see `README.md`."""
