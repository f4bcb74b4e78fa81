"""Who is understood: one file per framework, each from its call to its meaning.

Knows: the functions that can be read. Must not know: the frameworks themselves; their rules are written out as
integers, and tests hold them to the installed versions.
"""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from conformance.adapters.function import Function
from conformance.translation.arguments import CallArguments, bind
from conformance.translation.code import parse_call
from conformance.translation.meaning import Reading, Shape
from conformance.translation.readings import jax, keras, tensorflow, torch

Reader = Callable[[CallArguments, str], Reading]

MODULES: Mapping[str, tuple[str, ...]] = {
    "tf.nn": ("tensorflow.nn",),
    "tf.compat.v1.nn": ("tensorflow.compat.v1.nn",),
    "torch.nn.functional": ("F", "nn.functional", "torch"),
    "torch.nn": ("nn", ""),
    "keras.layers": ("tf.keras.layers", "tensorflow.keras.layers", "layers", ""),
    "jax.lax": ("lax",),
}
"""how people import the modules; nothing where a class is imported by its own name"""


def _spellings(functions: tuple[Function, ...], read: Reader) -> dict[str, tuple[Function, Reader]]:
    spelled = {}
    for function in functions:
        module, _, name = function.name.rpartition(".")
        for prefix in (module, *MODULES[module]):
            spelled[f"{prefix}.{name}" if prefix else name] = (function, read)
    return spelled


READERS: Mapping[str, tuple[Function, Reader]] = {
    **_spellings(tensorflow.FUNCTIONS, tensorflow.read),
    **_spellings(torch.FUNCTIONS, torch.read),
    **_spellings(jax.FUNCTIONS, jax.read),
    **_spellings(keras.FUNCTIONS, keras.read),
}
"""by every name under which a function is understood"""


def read_call(text: str, dtype: str, value: Shape | None = None) -> Reading:
    """What the written call means; `value` is the shape of what a bare layer is called with.

    Raises CallError for one that cannot be read, or that its framework refuses.
    """
    call = parse_call(text)
    if call.function not in READERS:
        raise call.wrong(f"{call.function} is not understood; {_understood(call.function)}")
    function, read = READERS[call.function]
    return read(bind(call, function, value), dtype)


def _understood(asked: str) -> str:
    close = get_close_matches(asked, READERS, n=3)
    if close:
        return f"did you mean {' or '.join(close)}?"
    names = sorted({function.name for function, _ in READERS.values()})
    return f"these are understood: {', '.join(names)} (tf., F., nn., lax. and layers. too)"
