"""Who trades: customers, their groups, the insurers that cover them, and their end."""
