"""Speed, measured against a limit and against what others would use; see `README.md`."""
