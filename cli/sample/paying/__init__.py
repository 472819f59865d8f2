"""How money comes, and goes back again."""
