"""The bench: servers, contenders, repetitions, ratios and how they are told."""
