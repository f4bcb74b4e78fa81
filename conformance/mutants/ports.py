"""Ports that break the protocol, by the module that lanes name; what they answer otherwise are convolutions."""

import sys

from conformance.operators.convolution.mutants.ports import PORT_FAULTS, main

__all__ = ["PORT_FAULTS", "main"]

if __name__ == "__main__":
    main(sys.argv[1])
