"""Monitor: keeps every open item's balance and says when one has been overdue too long."""
