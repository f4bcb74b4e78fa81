"""What of the environment changes what frameworks compute: settings, which a run records and a script repeats, and the
processor's instruction sets, by which libraries choose their kernels.
"""

import os
from functools import cache
from pathlib import Path

ENVIRONMENT_FLAGS = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS")
"""variables of the user that decide which code of a framework runs; a journal's header and a script keep them"""


INSTRUCTION_SETS = ("avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16")
"""of x86 processors: those by which oneDNN chooses among its 16-bit kernels, whose faults differ"""


@cache
def instruction_sets() -> dict[str, str]:
    """`1` for each of INSTRUCTION_SETS that the processor has, `0` for each that it lacks; empty where Linux is not."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return {}
    words = next((set(line.split()) for line in text.splitlines() if line.startswith(("flags", "Features"))), set())
    return {name: str(int(name in words)) for name in INSTRUCTION_SETS}


def environment_flags() -> dict[str, str]:
    """Those of ENVIRONMENT_FLAGS that are set."""
    return {name: os.environ[name] for name in ENVIRONMENT_FLAGS if name in os.environ}
