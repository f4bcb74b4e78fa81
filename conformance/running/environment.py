"""Settings of the environment that change what frameworks compute; a run records them, a script repeats them."""

import os

ENVIRONMENT_FLAGS = ("TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS")
"""variables of the user that decide which code of a framework runs; a journal's header and a script keep them"""


def environment_flags() -> dict[str, str]:
    """Those of ENVIRONMENT_FLAGS that are set."""
    return {name: os.environ[name] for name in ENVIRONMENT_FLAGS if name in os.environ}
