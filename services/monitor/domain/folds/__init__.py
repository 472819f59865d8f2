"""How each type of event changes what is known: one fold for each."""
