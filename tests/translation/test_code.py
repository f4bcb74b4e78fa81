"""What a user writes is taken apart, never evaluated; what is wrong with it is pointed at."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.translation.code import CallError, Part, WrittenTensor
from conformance.translation.file import parse_file
from conformance.translation.parser import parse_call, parse_value


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
        ("f(2 ** 9)", "column 3: 2 ** 9 is not read: nothing is evaluated"),
        ("f(1 + 'a')", "column 3: 1 + 'a' is not read: nothing is evaluated"),
        ("f(1 // 0)", "column 3: 1 // 0: integer division or modulo by zero"),
        ("f((1, 2) * 17)", "column 3: (1, 2) * 17 has more than 32 elements"),
        ("f((1, 2) * 9**9)", "column 12: 9**9 is not read"),
        ("f((1,) * 99999999999)", "has more than 32 elements"),
        ("f(9223372036854775807 + 1)", "column 3: the number is beyond 64 bits"),
        ("f(torch.randn(1.5))", "column 3: torch.randn(1.5) has no shape of integers"),
        ("f(b'x')", "column 3: b'x' is not read"),
        ("f(...)", "column 3: ... is not read"),
        ("f(f'{1}')", "column 3: f'{1}' is not read"),
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
        ("L(3).to(torch.float16)(x[1])", "column 1: L(3) is not the name of a function"),
        ("L(3).to(dtype=half)(x[1])", "column 1: L(3) is not the name of a function"),
        ("f(1); g(2)", "column 1: only assignments and imports are read before the call"),
        ("x = 1; del x", "column 8: the last line is not a call; expected function(tensor[shape], ...)"),
        ("x = 1 +", "not a Python expression: invalid syntax"),
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


def test_arithmetic_of_numbers_and_tuples_is_read() -> None:
    call = parse_call("f((3 - 1) // 2, 2 * (1, 1), --1, (1,) + (2,), 7 % 4, 1 / 2, -(2 * 3))")
    assert [part.value for part in call.positional] == [1, (1, 1, 1, 1), 1, (1, 2), 3, 0.5, -6]


def test_names_stand_for_what_an_assignment_before_the_call_says() -> None:
    call = parse_call("k, s = 3, (2, 1)\nw: int = k * 2\ny = f(x[1, k, w], k // 2, s[1], p=s)", {"k": 9})
    assert [part.value for part in call.positional] == [WrittenTensor("x", (1, 3, 6)), 1, 1]
    assert call.keywords == (("p", Part((2, 1), 3, 35)),)


@pytest.mark.parametrize("doubled", ["(a, a)", "a + a", "a * 2", "[a] + [a]"])
def test_a_list_that_is_doubled_again_and_again_is_not_followed(doubled: str) -> None:
    with pytest.raises(CallError):
        parse_call("\n".join(["a = (1, 2)", *[f"a = {doubled}"] * 200, "f(a)"]))


def test_what_names_stand_for_may_be_given_beside_the_text() -> None:
    call = parse_call("f(x, s)", {"x": parse_value("x[1,2]"), "s": parse_value("(2, 1)")})
    assert [part.value for part in call.positional] == [WrittenTensor("x", (1, 2)), (2, 1)]
    with pytest.raises(CallError, match="a number is bound by --let y=2"):
        parse_call("f(y)")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("torch.randn(1, 3, 8)", (1, 3, 8)),
        ("torch.zeros((2, 3))", (2, 3)),
        ("tf.random.normal([1, 4])", (1, 4)),
        ("jnp.ones((1, 2 * 2))", (1, 4)),
        ("np.zeros(shape=(5,))", (5,)),
        ("jax.random.normal(key, (1, 2))", (1, 2)),
        ("paddle.randn([1, 3])", (1, 3)),
        ("mx.zeros((2, 4))", (2, 4)),
        ("Tensor.rand(2, 4)", (2, 4)),
    ],
)
def test_what_makes_a_tensor_is_one(text: str, shape: tuple[int, ...]) -> None:
    (part,) = parse_call(f"f({text})").positional
    assert isinstance(part.value, WrittenTensor)
    assert part.value.shape == shape
    (bound,) = parse_call(f"t = {text}\nf(t)").positional
    assert bound.value == part.value


@pytest.mark.parametrize("text", ["x[1, 4].f(w[2], stride=3)", "x = t[1, 4]\nx.f(w[2], stride=3)"])
def test_a_method_of_a_tensor_is_a_function_of_it(text: str) -> None:
    call = parse_call(text)
    assert call.function == "Tensor.f"
    assert [part.value for part in call.positional][1:] == [WrittenTensor("w", (2,))]
    assert isinstance(call.positional[0].value, WrittenTensor)
    assert call.keywords[0][0] == "stride"


@pytest.mark.parametrize(
    "text",
    [
        'onnx.helper.make_node("Conv", ["x", "w", ""], ["y"], name="c", strides=[2, 2])',
        'oh.make_node("Conv", inputs=["x", "w", ""], outputs=["y"], strides=[2, 2])',
        'from onnx import helper\nhelper.make_node("Conv", inputs, ["y"], strides=[2, 2])'.replace(
            "inputs", "[x[1, 4], w[2], None]"
        ),
    ],
)
def test_a_node_of_onnx_is_the_call_of_its_kind(text: str) -> None:
    shapes = {"x": WrittenTensor("x", (1, 4)), "w": WrittenTensor("w", (2,))}
    call = parse_call(text, shapes)
    assert call.function == "onnx.Conv"
    assert [part.value for part in call.positional] == [*shapes.values(), None]
    assert [(name, part.value) for name, part in call.keywords] == [("strides", (2, 2))]


def test_a_node_in_onnx_s_own_syntax_is_the_call_of_its_kind() -> None:
    call = parse_call('y = Conv <strides: ints = [2, 2], auto_pad = "VALID"> (x[1, 4], w[2])')
    assert call.text == 'onnx.Conv(x[1, 4], w[2], strides = [2, 2], auto_pad = "VALID")'
    assert call.function == "onnx.Conv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'make_node("Conv", ["x"], ["y"])',
            "'x' is an input without a shape; write x[1,4,4,1] in its place, or bind it",
        ),
        ('make_node("Conv", x[1], ["y"])', "a node has a kind, a list of inputs and a list of outputs"),
        ('make_node(3, [x[1]], ["y"])', "the kind of a node is a string, such as 'Conv'"),
        ('make_node("MaxPool", [x[1]], ["y", "indices"])', "nodes of one output are read"),
    ],
)
def test_a_node_that_is_not_read_says_why(text: str, message: str) -> None:
    with pytest.raises(CallError, match=re.escape(message)):
        parse_call(text)


def test_a_layer_that_has_a_name_is_the_layer_that_is_called() -> None:
    text = "import torch.nn as n\nlayer = n.C(3).to(device)\nlayer(x[1])"
    call = parse_call(text)
    assert (call.function, call.positional[0].value) == ("torch.nn.C", 3)
    assert call.applied is not None
    assert call.applied.positional[0].value == WrittenTensor("x", (1,))


def test_a_layer_under_vmap_is_known_as_such() -> None:
    for text in ("jax.vmap(L(3))(x[1])", "l = L(3); jax.vmap(l)(x[1])"):
        call = parse_call(text)
        assert (call.function, call.mapped) == ("L", True)


def test_what_says_nothing_is_not_read() -> None:
    call = parse_call("f(1, key=jax.random.key(0))", passed_over=lambda function, keyword: keyword == "key")
    assert call.keywords == (("key", Part(None, 1, 10)),)


def found_in(text: str) -> list[tuple[int, str, str]]:
    """Line, text, and what it says: shapes and numbers, or the error's first line."""
    found = []
    for line, own, call in parse_file(text, {}, lambda name: name.startswith(("F.", "nn.")), lambda *_: False):
        said = (
            str(call).splitlines()[0] if isinstance(call, CallError) else str([each.value for each in call.positional])
        )
        found.append((line, own, said))
    return found


def test_calls_of_a_file_are_found_in_their_order_with_what_names_stand_for() -> None:
    text = """

K = 3
class Net(nn.Module):
    def __init__(self, c):
        self.a = nn.C(K, K // 2)
        self.b = nn.C(c)
    def forward(self, x):
        y = self.a(x)
        w = torch.zeros(1, K)
        return F.c(w, K)
"""
    assert found_in(text) == [
        (6, "nn.C(K, K // 2)", "[3, 1]"),
        (7, "nn.C(c)", "line 7, column 23: c is a name without a shape; a tensor is written as c[1,4,4,1], and a "
         "number is bound by --let c=2"),
        (9, "self.a(x)", "line 9, column 20: x is a name without a shape; a tensor is written as x[1,4,4,1], and a "
         "number is bound by --let x=2"),
        (11, "F.c(w, K)", "[WrittenTensor(name='zeros', shape=(1, 3)), 3]"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "between",
    [
        "K += 1",
        "K = J = unknown()",
        "K, J = unknown()",
        "del K",
        "with open() as K:\n    pass",
        "if flag:\n    K = 5",
        "for K in range(3):\n    pass",
        "K = unknown()",
        "def g(K):\n    F.c(K)",
    ],
)
def test_a_name_that_may_have_changed_is_not_known(between: str) -> None:
    *_, (_, _, said) = found_in(f"K = 3\n{between}\nF.c(K)" if "def" not in between else f"K = 3\n{between}")
    assert "K is a name without a shape" in said


@given(st.text(alphabet="abFn.=(x[1,]) \n:+'", max_size=60))
def test_any_text_is_a_file_or_an_error_for_the_user(text: str) -> None:
    with suppress(CallError):
        found_in(f"F.a = 3\n{text}\nF.c(a)")


def test_a_file_that_is_nested_too_deeply_is_an_error() -> None:
    with pytest.raises(CallError, match=r"nested too deeply|not a Python file"):
        found_in(f"F.c({'-' * 900}1)\n")


@pytest.mark.parametrize("change", ["K[0] = 5", "K.append(4)", "K = K.pop()"])
def test_a_list_that_may_have_changed_is_not_known(change: str) -> None:
    *_, (_, _, said) = found_in(f"K = [1, 2]\n{change}\nF.c(K)")
    assert "K is a name without a shape" in said


def test_names_are_exchanged_at_once() -> None:
    assert [said for *_, said in found_in("a, b = 1, 2\na, b = b, a\nF.c(a, b)")] == ["[2, 1]"]


def test_a_layer_has_the_arguments_of_the_place_where_it_is_made() -> None:
    call = parse_call("k = 3\nlayer = L(k)\nk = 5\nlayer(x[1])")
    assert [part.value for part in call.positional] == [3]


def test_a_layer_that_two_methods_make_is_known_in_neither() -> None:
    text = """
class Net:
    def first(self):
        self.a = nn.C(1)
    def second(self):
        self.a = nn.C(2)
    def forward(self):
        return self.a(torch.zeros(1))
"""
    assert [said for *_, said in found_in(text)] == ["[1]", "[2]"]


def test_what_a_file_defines_or_imports_from_elsewhere_is_no_framework_s() -> None:
    assert found_in("from mine import nn\nnn.C(1)") == []
    assert found_in("class F:\n    pass\nF.c(1)") == []


def test_a_text_that_is_no_python_is_an_error() -> None:
    with pytest.raises(CallError, match="not a Python file"):
        found_in("def")
