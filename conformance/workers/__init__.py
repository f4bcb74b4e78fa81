"""The processes that answer: started, watched, asked and ended, and the client through which everything asks a lane."""
