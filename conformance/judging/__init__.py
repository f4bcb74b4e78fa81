"""What is right: the oracle, the bounds, and the verdict on a reply."""
