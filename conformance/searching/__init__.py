"""Calls that nobody wrote: drawn, asked, and made as small as their fault allows (`conformance search`, `reduce`)."""
