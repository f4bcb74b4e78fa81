"""Which variables of the environment a worker or a port inherits: those that computing needs, and those asked for.

Knows: names of variables. Must not know: lanes, processes. A port is somebody else's program: what stands beside it in
the environment of a CI job (tokens, keys, addresses of other services) is not its business.
"""

import os
import re
from collections.abc import Iterable, Mapping

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
"""names, and patterns where * stands for any text: of systems, interpreters, compilers, kernel libraries, frameworks,
devices. docs/protocol.md lists them"""
SECRET = re.compile("TOKEN|SECRET|KEY|PASSW|PASSPHRASE|CREDENTIAL", re.IGNORECASE)
"""found in a name, it is inherited by its whole name alone, never by a pattern: TF_TOKEN_... is Terraform's"""


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
