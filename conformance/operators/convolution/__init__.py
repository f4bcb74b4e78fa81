"""Convolutions: forward, transposed and depthwise, of one to three axes, and their gradients."""
