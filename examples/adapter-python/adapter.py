"""An adapter to copy, of the framework in tiny.py: `conformance smoke --lane ./adapter.py:Tiny`."""

from conformance.adapters import protocol as suite


class Tiny:
    """Asks `tiny` for conv2d, in its own words; what these cannot say is unsupported, and says why."""

    operators = ("conv2d",)
    features = ("groups", "bias")
    dtypes = ("float32", "float64", "bfloat16")
    directions = ("forward", "value_gradient", "filter_gradient", "bias_gradient")

    def describe(self):
        import tiny  # in the worker alone

        return suite.Description("tiny", "1.0", {"tiny": "1.0"}, {"dtypes": ", ".join(tiny.DTYPES)})

    def plan(self, call):
        axes = suite.own_axes(call)  # of a wrong call there are none, and its own words are handed over
        if not axes and not isinstance(call.strides, int):
            return suite.Unsupported("tiny takes one stride per spatial axis, and this wrong call has other ones")
        if not axes and call.padding != "VALID":
            return suite.Unsupported("tiny takes pads as numbers, and a wrong call's SAME has none")
        if any(axis["dilation"] != 1 for axis in axes) or (not axes and call.dilations not in (None, 1)):
            return suite.Unsupported("tiny has no dilations")
        if any(axis["pad_before"] != axis["pad_after"] for axis in axes):
            return suite.Unsupported("tiny pads both sides by the same number")
        if any(axis["output"] == 0 for axis in axes):
            return suite.Unsupported("tiny's documents say that it refuses a value without pixels")
        stride = tuple(axis["stride"] for axis in axes) or (call.strides,) * 2
        padding = tuple(axis["pad_before"] for axis in axes) or (0, 0)
        words = (("stride", stride), ("padding", padding), ("groups", call.groups))
        names = ["value", "filter", *(["bias"] if call.bias else [])]
        to_first = () if call.data_format == "NCHW" else (suite.Transpose("value", (0, 3, 1, 2)),)
        to_last = () if call.data_format == "NCHW" else (suite.Transpose("result", (0, 2, 3, 1)),)
        filter_in = suite.Transpose("filter", (3, 2, 0, 1))  # [height, width, in, out] -> [out, in, height, width]
        invoke = suite.Invoke("tiny.conv2d", tuple((name, name) for name in names), words)
        plan = suite.Plan((*to_first, filter_in, invoke, *to_last))
        if not call.gradient:
            return plan
        result = call.operands["cotangent"]
        called = result if call.data_format == "NCHW" else tuple(result[axis] for axis in (0, 3, 1, 2))
        return suite.gradient_plan(plan, call.gradient, call.operands, called)

    def execute(self, plan, arrays):
        return suite.perform(plan, arrays, self.invoke)

    def invoke(self, step, arrays):
        import tiny

        given, words = {name: arrays[operand] for name, operand in step.operands}, dict(step.keywords)
        if step.gradient:
            given, words = {**given, "cotangent": arrays["cotangent"]}, {**words, "for_": step.gradient}
        function = tiny.gradient if step.gradient else tiny.conv2d
        # What is lazy refuses when it is evaluated: that belongs inside `calling`, which tells refusals from faults.
        return suite.calling(lambda: tiny.evaluate(function(**given, **words)))
