"""What frameworks' words mean, measured: probes, sweeps over geometries, spellings, nominal calls.

`conformance.conventions.lane` measures a lane; the journal's entries are what comes out, and `conformance.report`
shows them.
"""
