"""How Arrears is put on machines."""
