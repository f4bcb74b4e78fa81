"""Names that faults had when `conv2d_transpose` had a table of its own, as lanes and scores still name them.

Knows: names. Two old faults of one new name were one fault, or the same in other operators (decision 0027).
"""

from collections.abc import Mapping

# By the new name
_FORMER = {
    "ignores-stride": "stride-ignored", "first-stride-for-all": "stride-of-height",
    "exchanged-strides": "strides-in-other-order", "taps-ignore-dilation": "dilation-ignored",
    "first-dilation-for-all": "dilation-of-height", "exchanged-dilations": "dilations-in-other-order",
    "stride-as-dilation": "strides-for-dilations", "dilation-in-strides": "dilations-count-strides",
    "value-gradient-ignores-stride": "value-gradient-without-stride",
    "value-gradient-taps-ignore-dilation": "value-gradient-without-dilation",
    "filter-gradient-ignores-stride": "filter-gradient-without-stride",
    "filter-gradient-taps-ignore-dilation": "filter-gradient-without-dilation", "flipped-kernel": "kernel-flipped",
    "flipped-depth": "depth-flipped", "flipped-width": "one-axis-flipped",
    "value-gradient-flipped-kernel": "value-gradient-flipped",
    "filter-gradient-flipped-kernel": "filter-gradient-flipped",
    "filter-gradient-swapped-channels": "filter-gradient-channels-exchanged",
    "filter-read-channels-exchanged": "filter-reshaped-to-hwio",
    "filter-read-channels-first": "filter-reshaped-to-iohw", "crop-on-the-wrong-side": "same-pads-before",
    "same-by-folk-recipe": "same-pads-of-stride-one", "crop-ignores-dilation": "same-pads-without-dilation",
    "explicit-sides-swapped": "explicit-pads-exchanged", "explicit-ignored": "explicit-pads-ignored",
    "pads-of-first-axis": "explicit-pads-of-height", "pads-of-other-layout": "pads-of-nhwc",
    "value-gradient-crops-nothing": "value-gradient-without-crop",
    "filter-gradient-crops-nothing": "filter-gradient-without-crop",
    "value-gradient-crop-sides-exchanged": "value-gradient-crop-exchanged",
    "filter-gradient-crop-sides-exchanged": "filter-gradient-crop-exchanged",
    "value-gradient-crops-one-more-in-width": "value-gradient-off-by-one", "value-reshaped": "nchw-value-reshaped",
    "pixels-unmoved": "nchw-result-unmoved", "pixels-reshaped-back": "nchw-result-reshaped",
    "reversed-batch": "images-reversed", "value-gradient-first-image-for-all": "value-gradient-first-image",
    "value-gradient-mean-over-batch": "value-gradient-divided-by-batch",
    "filter-gradient-first-image-only": "filter-gradient-first-image",
    "filter-gradient-last-image-only": "filter-gradient-last-image",
    "bias-gradient-first-image-only": "bias-gradient-first-image",
    "input-channels-behind-blocks-of-4": "channels-in-fours",
    "input-channels-behind-blocks-of-8": "channels-in-eights",
    "input-channels-behind-blocks-of-16": "channels-in-sixteens",
    "output-channels-behind-blocks-of-4": "outputs-in-fours",
    "output-channels-behind-blocks-of-8": "outputs-in-eights", "first-output-for-all": "cotangent-of-first-channel",
    "groups-shuffled": "depthwise-multiplier-first", "groups-first-filter": "depthwise-first-channel-filter",
    "result-kept-by-shape": "cached-by-shape", "filter-of-first-call": "cached-weights",
    "last-element-zero": "last-element-missing", "operands-bfloat16": "float32-operands-bfloat16",
    "operands-float16": "operands-through-float16", "operands-tf32": "operands-through-tf32",
    "operands-float32": "float64-operands-float32", "sums-bfloat16": "float32-summed-in-bfloat16",
    "sums-float16": "float32-summed-in-float16", "accumulates-tap": "sixteen-bits-summed-narrow",
    "result-bfloat16": "float32-stored-in-bfloat16", "truncates": "bfloat16-truncated",
    "int64-for-int32": "int32-comes-back-as-int64", "float32-for-complex64": "complex-comes-back-real",
    "faithful-widest": "faithful-float64",
}  # fmt: skip

# The name of each fault by the one that it had
RENAMED: Mapping[str, str] = {old: new for new, former in _FORMER.items() for old in former.split()}
