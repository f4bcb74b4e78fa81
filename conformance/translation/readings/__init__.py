"""Who is understood: one file per framework, each from its call to its meaning.

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests hold them to the installed versions.
"""

from collections.abc import Callable, Mapping

from conformance.translation.code import parse_call
from conformance.translation.meaning import Reading
from conformance.translation.readings import jax, tensorflow, torch
from conformance.translation.signature import Arguments, Signature, bind

READERS: Mapping[Signature, Callable[[Arguments, str], Reading]] = {
    **dict.fromkeys(tensorflow.SIGNATURES, tensorflow.read),
    **dict.fromkeys(torch.SIGNATURES, torch.read),
    **dict.fromkeys(jax.SIGNATURES, jax.read),
}


def read_call(text: str, dtype: str) -> Reading:
    """What the written call means; raises CallError for one that cannot be read, or that its framework refuses."""
    call = parse_call(text)
    for signature, read in READERS.items():
        if call.function in (signature.function, *signature.spellings):
            return read(bind(call, signature), dtype)
    understood = ", ".join(signature.function for signature in READERS)
    raise call.wrong(f"{call.function} is not understood; understood are {understood} (tf., F. and lax. too)")
