"""The notifier's `/v1`."""
