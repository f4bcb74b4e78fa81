"""A kind of operator from elsewhere: the maximum over a window that ends at each position of one axis."""
