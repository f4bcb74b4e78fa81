"""The documentation: where its pages are, and those that are made of what the code declares."""
