"""Skeletons of adapters and ports: what `conformance new` writes, and passes `conformance smoke` as it stands."""
