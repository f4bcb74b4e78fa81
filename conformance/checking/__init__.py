"""A function that somebody brings, held against the corpus: its verdicts, by cause.

from conformance import assert_conforms, check

checked = check(my_conv2d, like="torch.nn.functional.conv2d")
print(checked.text)
"""

from conformance.checking.function import assert_conforms, check
from conformance.checking.result import Checked

__all__ = ["Checked", "assert_conforms", "check"]
