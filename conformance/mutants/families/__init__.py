"""The faults, one file a family. Each ends with its FAULTS, after the edits that make them."""
