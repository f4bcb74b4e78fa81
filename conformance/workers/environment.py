"""The environment of workers and ports: what they inherit of it, and what of it changes what frameworks compute.

A port is somebody else's program: what stands beside it in the environment of a CI job (tokens, keys, addresses of
other services) is not its business. A run records the settings, and a script repeats them; the processor's instruction
sets are recorded because libraries choose their kernels by them.

Knows: names of variables. Must not know: lanes, processes.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

ENVIRONMENT_FLAGS = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS")
"""variables of the user that decide which code of a framework runs; a journal's header and a script keep them"""
# Of x86 processors: those by which oneDNN chooses among its 16-bit kernels, whose faults differ.
INSTRUCTION_SETS = ("avx512f", "avx512_bf16", "avx512_fp16", "amx_bf16")
# Names, and patterns where * stands for any text: of systems, interpreters, compilers, kernel libraries, frameworks,
# devices. docs/protocol.md lists them.
INHERITED = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR", "TEMP", "TMP", "TZ", "LANG", "LANGUAGE", "LC_*",
    "XDG_CACHE_HOME", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_*", "MALLOC_*", "GLIBC_TUNABLES", "ASAN_OPTIONS",
    "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "PYTHON*", "VIRTUAL_ENV", "CONDA_PREFIX", "COVERAGE_*",
    "COV_CORE_*", "NODE_PATH", "NODE_OPTIONS", "JULIA_*", "CC", "CXX",
    "*_NUM_THREADS", "OMP_*", "GOMP_*", "KMP_*", "MKL_*", "OPENBLAS_*", "BLIS_*", "VECLIB_*", "ONEDNN_*", "DNNL_*",
    "XNNPACK_*", "ATEN_*", "TF_*", "TF2_*", "TORCH_*", "TORCHINDUCTOR_*", "PYTORCH_*", "TRITON_*", "JAX_*", "XLA_*",
    "PJRT_*", "LIBTPU_*", "TPU_*", "KERAS_*", "CUDA_*", "CUDNN_*", "CUBLAS_*", "NCCL_*", "NVIDIA_*", "ROCM_*", "ROCR_*",
    "HIP_*", "HSA_*", "MIOPEN_*", "ONEAPI_*", "SYCL_*", "ZE_*",
)  # fmt: skip
# Found in a name, it is inherited by its whole name alone, never by a pattern: TF_TOKEN_... is Terraform's.
SECRET = re.compile("TOKEN|SECRET|KEY|PASSW|PASSPHRASE|CREDENTIAL", re.IGNORECASE)


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


def inherited(more: Iterable[str] = (), environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Those of this process (or of `environment`) that are inherited, and `more`: names, or patterns with a *."""
    found = os.environ if environment is None else environment
    wanted = (*INHERITED, *more)
    exact = {name for name in wanted if "*" not in name}
    patterns = re.compile("|".join(re.escape(each).replace(r"\*", ".*") for each in wanted if "*" in each), re.DOTALL)
    return {
        name: value
        for name, value in found.items()
        if name in exact or (patterns.fullmatch(name) and not SECRET.search(name))
    }
