"""What the commands do with the services' APIs: ask, move the clock, wait for rest."""
