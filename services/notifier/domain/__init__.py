"""The rules of letters and tasks, pure."""
