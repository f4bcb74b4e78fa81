"""A run: every trial in every lane, each record into the journal as it comes."""
