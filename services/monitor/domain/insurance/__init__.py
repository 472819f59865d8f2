"""Trade-credit insurance: the clocks of a cover and the figures of a claim."""
