"""How each framework words a call, and what the suite holds its words to mean: one file per framework."""
