"""Frames: there and back, and everything that is none."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from conformance.protocol.frames import (
    DTYPES,
    LENGTH,
    LONGEST_HEADER,
    MOST_AXES,
    MOST_TENSORS,
    EndOfStream,
    FrameError,
    frame,
    read_frame,
)

TEXTS = st.text()
JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS, st.lists, max_leaves=5)
HEADERS = st.dictionaries(TEXTS.filter(lambda key: key != "tensors"), JSON, max_size=4)


@st.composite
def tensors(draw: st.DrawFn) -> NDArray[Any]:
    dtype = DTYPES[draw(st.sampled_from(sorted(DTYPES)))]
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=5)))
    size = int(np.prod(shape, dtype=int)) * dtype.itemsize
    raw = draw(st.binary(min_size=size, max_size=size))
    return np.frombuffer(bytes(byte & 1 for byte in raw) if dtype.kind == "b" else raw, dtype).reshape(shape)


def joined(header: dict[str, Any], arrays: dict[str, NDArray[Any]] | None = None) -> bytes:
    return b"".join(bytes(part) for part in frame(header, arrays))


def described(*entries: Any) -> bytes:
    """A frame whose header lists these tensors, and nothing after it."""
    text = json.dumps({"tensors": list(entries)}).encode()
    return LENGTH.pack(len(text)) + text


def read(content: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    return read_frame(BytesIO(content).read)


@given(HEADERS, st.dictionaries(TEXTS, tensors(), max_size=3))
def test_a_frame_comes_back_as_it_was_sent(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    found_header, found = read(joined(header, arrays))
    assert found_header == header
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()
        assert found[name].flags.writeable


@given(st.lists(st.tuples(HEADERS, tensors()), max_size=4))
def test_frames_follow_one_another_until_the_stream_ends(sent: list[tuple[dict[str, Any], NDArray[Any]]]) -> None:
    stream = BytesIO(b"".join(joined(header, {"it": array}) for header, array in sent))
    for header, array in sent:
        found_header, found = read_frame(stream.read)
        assert (found_header, found["it"].tobytes()) == (header, array.tobytes())
    with pytest.raises(EndOfStream):
        read_frame(stream.read)


@pytest.mark.parametrize(
    "view",
    [
        lambda array: array.T,
        lambda array: array[::2, ::-1],
        lambda array: array.astype(">f4"),
        lambda array: np.asfortranarray(array),
    ],
)
def test_the_memory_of_an_array_does_not_show_in_its_frame(
    view: Callable[[NDArray[Any]], NDArray[Any]],
) -> None:
    array = view(np.arange(12, dtype=np.float32).reshape(3, 4))
    _, found = read(joined({}, {"it": array}))
    assert found["it"].dtype == np.dtype("<f4")
    assert found["it"].tolist() == array.tolist()


@given(st.data())
def test_a_frame_that_ends_early_is_told_from_a_stream_that_ended(data: st.DataObject) -> None:
    whole = joined({"seq": 1}, {"it": np.arange(3.0)})
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(FrameError, match="the stream ended inside a frame's "):
        read(whole[:cut])


def test_an_empty_stream_is_its_end() -> None:
    with pytest.raises(EndOfStream):
        read(b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Hello, world!", "b'Hello, w' is not the length of a frame"),
        (LENGTH.pack(LONGEST_HEADER + 1), "16,777,217 bytes of header, at most 16,777,216"),
        (LENGTH.pack(5) + b"{nope", "a frame's header is not JSON"),
        (LENGTH.pack(2) + b"\xff\xfe", "a frame's header is not JSON"),
        (LENGTH.pack(9) + b'{"a":NaN}', "NaN is not JSON"),
        (LENGTH.pack(200_000) + b"[" * 200_000, "a frame's header is not JSON"),
        (LENGTH.pack(2) + b"[]", "a frame's header is not a JSON object"),
        (LENGTH.pack(13) + b'{"tensors":1}', "a header's tensors are a list of at most 16"),
        (described(*[{"name": "a", "dtype": "int8", "shape": []}] * (MOST_TENSORS + 1)), "a list of at most 16"),
        (described("words"), "words describes no tensor"),
        (described({"name": "a", "dtype": "float32"}), "describes no tensor"),
        (described({"name": 1, "dtype": "float32", "shape": []}), "describes no tensor"),
        (described({"name": "a", "dtype": "object", "shape": []}), "describes no tensor: name, dtype (float64, "),
        (described({"name": "a", "dtype": "int8", "shape": [-1]}), "describes no tensor"),
        (described({"name": "a", "dtype": "int8", "shape": [True]}), "describes no tensor"),
        (described({"name": "a", "dtype": "int8", "shape": [1.5]}), "describes no tensor"),
        (described({"name": "a", "dtype": "int8", "shape": [1] * (MOST_AXES + 1)}), "describes no tensor"),
        (described({"name": "a", "dtype": "int8", "shape": [2**40]}), "describes no tensor"),
        (described({"name": "a", "dtype": "int8", "shape": [2**39]}), "549,755,813,888 bytes of tensors"),
        (described(*[{"name": "a", "dtype": "int8", "shape": [2**30]}] * 3), "3,221,225,472 bytes of tensors"),
    ],
)
def test_what_is_no_frame_is_refused_with_the_rule_that_it_breaks(content: bytes, message: str) -> None:
    with pytest.raises(FrameError) as raised:
        read(content)
    assert message in str(raised.value)


def test_what_exceeds_a_limit_is_refused_before_it_is_read() -> None:
    asked: list[int] = []
    stream = BytesIO(described({"name": "a", "dtype": "int8", "shape": [2**32]}))

    def counted(count: int) -> bytes:
        asked.append(count)
        return stream.read(count)

    with pytest.raises(FrameError):
        read_frame(counted)
    assert max(asked) < 1000


@pytest.mark.parametrize("array", [np.array(None), np.array(["text"]), np.array([1], "u2"), np.zeros(2, "V2")])
def test_an_array_that_frames_have_no_dtype_for_is_not_sent(array: NDArray[Any]) -> None:
    with pytest.raises(FrameError, match=r"tensor 'it' has dtype .*; a frame takes float64, "):
        frame({}, {"it": array})


def test_a_number_that_json_has_not_is_not_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        frame({"seconds": float("nan")})
