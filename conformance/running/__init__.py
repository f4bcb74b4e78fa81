"""How it is asked: workers, frames, the run, and the journal it leaves."""
