"""What answers about past days, stories and previews are read from, each in one snapshot."""
