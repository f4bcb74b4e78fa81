"""Who is asked: one file per framework, all behind `conformance.adapters.protocol`."""
