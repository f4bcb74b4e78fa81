"""What a call can get wrong. Each error names its `reason`, a word of the closed list that cases may expect."""

from types import TracebackType
from typing import ClassVar


class ArgumentError(ValueError):
    """A call outside the operator's definition; the message says what was given and what is legal."""

    reason: ClassVar[str]
    about: str = ""
    """which part of what the reason names is wrong, where that has several; empty otherwise"""


class Faults:
    """What is wrong with arguments that can be read one without the other: collected, and raised together.

    Each argument is read in a `with` of its own, so that what is wrong with one hides nothing of the next.
    """

    def __init__(self, kind: type[ValueError] = ArgumentError) -> None:
        """kind: the errors that are collected; any other is raised at once."""
        self._kind = kind
        self._found: list[ValueError] = []

    def __enter__(self) -> None:
        """Read an argument."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        """Keep an error of the kind for later."""
        if not isinstance(error, self._kind):
            return False
        self._found.append(error)
        return True

    def check(self) -> None:
        """Raise the first fault, with what is wrong beside it, if there is one."""
        if self._found:
            first = self._found[0]
            raise type(first)("; and ".join(dict.fromkeys(map(str, self._found)))) from first


class RankError(ArgumentError):
    """A shape or list with the wrong number of elements."""

    reason = "rank"


class SizeError(ArgumentError):
    """A length that no array can have here: negative, or zero where nothing would be left to compute with."""

    reason = "size"


class FilterChannelsError(ArgumentError):
    """The filter's `in` axis does not match the value's channels."""

    reason = "filter_channels"


class OutputShapeError(ArgumentError):
    """An output_shape from which the forward convolution does not lead back to the value's shape."""

    reason = "output_shape"

    def __init__(self, message: str, about: str = "") -> None:
        """about: batch, channels or length, whichever is wrong."""
        super().__init__(message)
        self.about = about


class StridesError(ArgumentError):
    """Strides that are not positive, or not 1 along batch and channels."""

    reason = "strides"


class DilationsError(ArgumentError):
    """Dilations that are not positive, or not 1 along batch and channels."""

    reason = "dilations"


class PaddingError(ArgumentError):
    """Padding that is neither SAME, VALID nor a list of non-negative pairs."""

    reason = "padding"


class DataFormatError(ArgumentError):
    """A data_format that the operator's rank does not have."""

    reason = "data_format"


class GroupsError(ArgumentError):
    """Groups that do not divide the channels."""

    reason = "groups"


class KsizeError(ArgumentError):
    """A window that is not positive, or not 1 along batch and channels."""

    reason = "ksize"


class DivisorError(ArgumentError):
    """A divisor that is not positive, or one for what is not divided."""

    reason = "divisor"


class IndicesError(ArgumentError):
    """Indices that are not as many places of the result as the value has elements."""

    reason = "indices"


class NormError(ArgumentError):
    """A norm_type that is not positive, one for what is not a norm, or none for what is one."""

    reason = "norm_type"


class OutputSizeError(ArgumentError):
    """Lengths of a result that are none, not one for each spatial axis, not those that the value leads to, or given
    twice.
    """

    reason = "output_size"


class ModeError(ArgumentError):
    """A mode that the operator does not have."""

    reason = "mode"


class BlockSizeError(ArgumentError):
    """A block that is not positive, or does not divide what is laid out in blocks."""

    reason = "block_size"


class PatchOrderError(ArgumentError):
    """An order of what a patch holds that is none."""

    reason = "patch_order"


class ScalesError(ArgumentError):
    """Scales that are not positive, or leave nothing of the value."""

    reason = "scales"


class MethodError(ArgumentError):
    """A method that does not exist, or an argument that the method does not have."""

    reason = "method"


class CoordinatesError(ArgumentError):
    """A way to coordinates, or to round them, that does not exist."""

    reason = "coordinates"


class DtypeError(ArgumentError):
    """Arrays of different dtypes, or of one that the operator is not defined for."""

    reason = "dtype"


REASONS: tuple[str, ...] = tuple(
    error.reason
    for error in (
        RankError,
        SizeError,
        FilterChannelsError,
        OutputShapeError,
        StridesError,
        DilationsError,
        PaddingError,
        DataFormatError,
        GroupsError,
        DtypeError,
        KsizeError,
        DivisorError,
        NormError,
        IndicesError,
        OutputSizeError,
        ModeError,
        BlockSizeError,
        PatchOrderError,
        ScalesError,
        MethodError,
        CoordinatesError,
    )
)
