"""How Arrears is run: on one machine without Docker, and later elsewhere."""
