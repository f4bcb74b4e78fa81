"""What a rule is in words, and in ONNX's: for tables of equivalents and for translations.

Knows: rules. Must not know: frameworks, who asks.
"""

from reference.resize.geometry import ResizeRule


def sentence(rule: ResizeRule) -> str:
    """`cubic, half_pixel, cubic_coeff_a -0.5, exclude_outside`: what tells it from the others of its method."""
    words = [rule.method, rule.coordinates]
    if rule.method == "nearest":
        words.append(rule.nearest_mode)
    if rule.method == "cubic":
        words.append(f"cubic_coeff_a {float(rule.cubic_coeff_a):g}")
    if rule.method == "cubic" or (rule.antialias and rule.method != "nearest"):
        words.append("outside excluded" if rule.exclude_outside else "border repeated")
    return ", ".join([*words, *(["antialias"] if rule.antialias else [])])


def onnx_words(rule: ResizeRule) -> str:
    """The attributes of ONNX's Resize that mean the same."""
    if rule.antialias and rule.coordinates == "align_corners":
        return "ONNX's Resize has no such weights: it stretches by the scale, not by the distance of the coordinates"
    words: dict[str, object] = {"mode": rule.method, "coordinate_transformation_mode": rule.coordinates}
    if rule.method == "nearest":
        words["nearest_mode"] = rule.nearest_mode
    else:
        words |= {"cubic_coeff_a": float(rule.cubic_coeff_a)} if rule.method == "cubic" else {}
        words |= {"exclude_outside": int(rule.exclude_outside), "antialias": int(rule.antialias)}
    return f"ONNX Resize: {', '.join(f'{name}={word}' for name, word in words.items())}"
