"""Who is asked: one folder per framework, all behind `conformance.adapters.protocol`."""
