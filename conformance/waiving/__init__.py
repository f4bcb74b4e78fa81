"""What a journal makes of a waiver file: what it lacks, and what it no longer needs."""
