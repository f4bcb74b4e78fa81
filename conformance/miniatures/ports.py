"""Ports that break the protocol, by the module they were started with when mutants were called miniatures."""

import sys

from conformance.mutants.ports import main

if __name__ == "__main__":
    main(sys.argv[1])
