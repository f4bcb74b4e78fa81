"""A run over the workers of a dask cluster."""
