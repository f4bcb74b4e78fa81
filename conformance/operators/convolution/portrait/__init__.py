"""What `conformance diagnose` finds of a lane that computes convolutions, or of one result."""

from functools import partial

from conformance.errors import UsageError
from conformance.operators.convolution.portrait.asking import subjects_asked, witness
from conformance.operators.convolution.portrait.measuring import portray_first
from conformance.operators.convolution.portrait.offline import explain
from conformance.operators.convolution.portrait.shown import ShownPortrait
from conformance.operators.convolution.subject import PIXELS
from conformance.protocol.hello import Hello
from conformance.running.portrait import Options, refuse_options
from conformance.workers.client import Client

__all__ = ["check_asked", "explain", "portray"]


def check_asked(given: Options) -> None:
    """Raise UsageError for options that mean nothing where a lane is examined."""
    refuse_options(given, ("input_file", "filter_file", "cotangent_file", "output_shape", "pairs"), "with --lane")
    if given["direction"] not in (None, *PIXELS):
        raise UsageError(f"--direction {given['direction']}: with --lane it must be one of {', '.join(PIXELS)}")


def portray(client: Client, hello: Hello, given: Options) -> ShownPortrait:
    """The portrait of the first subject for which the lane has words."""
    asked = subjects_asked(client.declared, given)
    return ShownPortrait(client.lane.text, hello, portray_first(client, asked, partial(witness, given=given)))
