"""Index maps: pads, blocks and patches, whose results are copies, constants, and sums of copies."""
