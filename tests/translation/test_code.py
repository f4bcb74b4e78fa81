"""What a user writes is taken apart, never evaluated; what is wrong with it is pointed at."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.translation.code import CallError, Part, WrittenTensor, parse_call


def test_a_call_is_its_function_and_its_arguments_with_their_places() -> None:
    call = parse_call(' tf.nn.f(x[1, 4], (1, -2, [True]), "SAME", pad=None, y=z[3]) ')
    assert call.function == "tf.nn.f"
    assert call.positional == (
        Part(WrittenTensor("x", (1, 4)), 1, 9),
        Part((1, -2, (True,)), 1, 18),
        Part("SAME", 1, 35),
    )
    assert call.keywords == (("pad", Part(None, 1, 47)), ("y", Part(WrittenTensor("z", (3,)), 1, 55)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(x)", "column 3: x is a name without a shape; a tensor is written as x[1,4,4,1]"),
        ("f(1e999)", "column 3: 1e999 is not read: nothing is evaluated"),
        ("f(1j)", "column 3: 1j is not read: nothing is evaluated"),
        ("f(1 + 1)", "column 3: 1 + 1 is not read: nothing is evaluated"),
        ("f(b'x')", "column 3: b'x' is not read"),
        ("f(...)", "column 3: ... is not read"),
        ("f(f'{1}')", "column 3: f'{1}' is not read"),
        ("f(--1)", "column 3: --1 is not read"),
        ("f(-True)", "column 3: -True is not read"),
        ("f(lambda: 1)", "column 3: lambda: 1 is not read"),
        ("f([i for i in (1, 2)])", "column 3: [i for i in (1, 2)] is not read"),
        ("f(tf.float32)", "column 3: tf.float32 is not read"),
        ("f(*y)", "column 3: *y is not read"),
        ("f(1, **y)", "column 8: **y is not read"),
        ("f(x[1:2])", "column 5: 1:2 is not read"),
        ("f(x['a'])", "column 3: x['a'] is not a tensor; a tensor is a name and its shape, such as x[1,4,4,1]"),
        ("f(x.y[1])", "column 3: x.y[1] is not a tensor"),
        ("f((x[1], 2))", "column 4: x[1] is not read"),
        ("f()()()", "column 1: f() is not the name of a function, and nothing is evaluated"),
        ("f()(x)", "column 5: x is a name without a shape"),
        ("x[1]", "column 1: x[1] is not a call; expected function(tensor[shape], ...)"),
        ("f(", "column 2: not a Python expression: '(' was never closed"),
        ("x = f(1)", "column 3: not a Python expression: invalid syntax"),
        ("", "column 1: not a Python expression: invalid syntax"),
        ("f(9223372036854775808)", "column 3: the number is beyond 64 bits"),
        ("f(-9223372036854775808)", "column 4: the number is beyond 64 bits"),
        ("f('é', x)", "column 8: x is a name without a shape"),
        ("f(1,\r\n  x)", "line 2, column 3: x is a name without a shape"),
        ("f(" + "9" * 5000 + ")", "not a Python expression: "),
        ("f(\0)", "not a Python expression: "),
        ("f(" + "-" * 9000 + "1)", "not a Python expression: "),
        ("f(" + "1," * 6000 + ")", "the call has 12003 characters; at most 10000 are read"),
    ],
)
def test_what_is_no_plain_call_is_an_error_at_its_column(text: str, message: str) -> None:
    with pytest.raises(CallError) as error:
        parse_call(text)
    assert message in str(error.value)


def test_an_error_shows_the_line_and_points_at_the_place() -> None:
    with pytest.raises(CallError) as error:
        parse_call("f(1, y)")
    assert str(error.value).splitlines()[1:] == ["  f(1, y)", "       ^"]


def test_nothing_of_a_call_is_evaluated(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    touch = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    for text in (touch, f"f({touch})", f"f(x[{touch}])", f"f(a={touch})", f"({touch})(1)", f"f((1, [{touch}]))"):
        with pytest.raises(CallError, match="nothing is evaluated"):
            parse_call(text)
    assert not trace.exists()


@given(st.text(max_size=60))
def test_any_text_is_a_call_or_an_error_for_the_user(text: str) -> None:
    with suppress(CallError):
        parse_call(text)


@given(st.text(alphabet="f(x[1,-]){}*'=. \n\f\ré", max_size=30))
def test_any_text_that_is_nearly_a_call_is_one_or_an_error(text: str) -> None:
    with suppress(CallError):
        parse_call(f"f({text})")
