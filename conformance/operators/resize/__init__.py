"""Resize: the nearest, linear and cubic values at other coordinates of one to three axes, and their gradients."""
