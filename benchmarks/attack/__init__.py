"""One bounded campaign of attacks on the program: `python -m benchmarks.attack`."""
