"""Whether the files of a folder of test vectors fit one another.

Knows: the layout, and which tensors say what. Must not know: how files are read (`conformance.vectors.reading`). A
folder may come from anywhere: what does not fit is refused before any answer is judged.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conformance.suite.case import Trial
from conformance.suite.dtypes import FORMATS
from conformance.vectors.layout import FILE, MANIFEST, NAME, Manifest, StatedRefusal, StatedValues, VectorDescription
from conformance.vectors.parsing import Unreadable
from conformance.vectors.recalling import recalled_trial
from conformance.vectors.tensors import Arrays, as_dtype

# What a result of places is in, whatever its operands are
INDICES = "int64"
# Tensors with the shape of the result
WHOLE = ("expected", "reference", "allowed_error", "magnitude")
# Tensors that broadcast to it
COUNTS = ("taps", "products")


def manifest_problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Trials that are there twice, and files that have no place in the layout."""
    where = folder / MANIFEST
    ids, names = [each.id for each in manifest.trials], [each.name for each in manifest.trials]
    for what, found in (("id", ids), ("name", names)):
        for one, count in Counter(found).items():
            if count > 1:
                yield f"{where}: {what} {one!r} is there {count} times"
    for each in manifest.trials:
        if not NAME.fullmatch(each.name):
            yield f"{where}: {each.id}: {each.name!r} is not a name of files; it must be a-z, 0-9 and -, at most 100"
        for path in (each.description, each.inputs, each.expected):
            if path is None:
                continue
            # A link in a folder from elsewhere may lead out of it.
            if not FILE.fullmatch(path) or not (folder / path).resolve().is_relative_to(folder.resolve()):
                yield f"{where}: {each.id}: {path!r} is not a file of the layout: trials/, inputs/ or expected/NAME"
    if not manifest.trials:
        yield f"{where}: lists no trial"


def check_trial(trial_id: str, description: VectorDescription, inputs: Arrays, arrays: Arrays | None) -> None:
    """Raise Unreadable where description, manifest and tensors contradict one another."""
    values, dtype = description.expected, description.dtype
    if description.trial.id != trial_id:
        raise Unreadable(f"its description is of {description.trial.id}")
    if dtype not in FORMATS:
        raise Unreadable(f"dtype {dtype!r}; it must be one of {', '.join(FORMATS)}")
    asked = recalled_trial(description.trial)
    # What this version cannot read as a call is refused with all others of its kind, once every file has been read.
    missing = (asked.call.operands.keys() if isinstance(asked, Trial) else set[str]()) - inputs.keys()
    if missing:
        raise Unreadable(f"its inputs lack {', '.join(sorted(missing))}")
    if isinstance(values, StatedRefusal) is not (arrays is None):
        raise Unreadable("a refusal has no file of expected values, and everything else has one")
    if isinstance(values, StatedValues) and values.dtype not in (dtype, INDICES):
        raise Unreadable(f"expected values in {values.dtype}; the call's dtype is {dtype}")
    if isinstance(values, StatedValues) and arrays is not None:
        _check_arrays(values, arrays, values.dtype)


def _check_arrays(values: StatedValues, arrays: Arrays, dtype: str) -> None:
    missing = [name for name in (*WHOLE, *COUNTS) if name not in arrays]
    if missing:
        raise Unreadable(f"its expected values lack {', '.join(missing)}")
    typed = {**arrays, "expected": as_dtype(arrays["expected"], dtype), "reference": reference(arrays, dtype)}
    wrong = [problem for name in (*WHOLE, *COUNTS) if (problem := _array_problem(name, typed[name], values))]
    if wrong:
        raise Unreadable(f"{', '.join(wrong)}; the result is {dtype} {list(values.shape)}")
    axes = values.spatial
    if len(values.strides) != len(axes) or any(stride < 1 for stride in values.strides):
        raise Unreadable(f"strides {list(values.strides)} of a result with {len(axes)} spatial axes")
    if len(set(axes)) != len(axes) or not set(axes) <= set(range(len(values.shape))):
        raise Unreadable(f"spatial axes {list(axes)} of a result with {len(values.shape)} axes")
    if np.isnan(typed["allowed_error"]).any():
        raise Unreadable("an allowed error is NaN; infinity is what says that nothing is demanded")
    expected = typed["expected"]
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = typed["reference"].astype(expected.dtype)
    # NaN, which is never equal to itself, has to come where it is expected.
    if not np.all((rounded == expected) | ((rounded != rounded) & (expected != expected))):
        raise Unreadable("the expected values are not those of the reference, rounded once")


def reference(arrays: Arrays, dtype: str) -> NDArray[Any]:
    """The reference's sums, in the widest dtype of their kind."""
    return as_dtype(arrays["reference"], "complex128" if dtype.startswith("complex") else "float64")


def _array_problem(name: str, array: NDArray[Any], values: StatedValues) -> str | None:
    wide = {"expected": (values.dtype,), "reference": ("float64", "complex128", "int64")}
    accepted = wide.get(name, ("int64",) if name in COUNTS else ("float64",))
    if array.dtype.name not in accepted:
        return f"{name} is {array.dtype.name} instead of {accepted[0]}"
    # Counts that are the same for all images and channels have the axes from the first spatial one on.
    axes = (len(values.shape) - min(values.spatial, default=0), len(values.shape))
    fits = array.shape == values.shape if name in WHOLE else array.ndim in axes and _broadcasts(array, values)
    return None if fits else f"{name} has shape {list(array.shape)}"


def _broadcasts(array: NDArray[Any], values: StatedValues) -> bool:
    try:
        return np.broadcast_shapes(array.shape, values.shape) == values.shape
    except ValueError:
        return False
