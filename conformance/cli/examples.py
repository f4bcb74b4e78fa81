"""What stands at the end of every verb's help: examples, and what the verb does not know.

Knows: names of verbs. The page of all verbs in the documentation is made of the same table.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of one verb's help."""

    examples: tuple[str, ...]
    """commands as they are typed, after `conformance`"""
    limits: str
    """what it does not know, so that nobody takes its silence for an answer"""

    @property
    def text(self) -> str:
        """As click shows it: the first character has it leave the lines of the paragraph as they are."""
        lines = "\n".join(f"  conformance {example}" for example in self.examples)
        return f"\b\nExamples:\n{lines}\n\nWhat it does not know: {self.limits}"


ENDINGS: Mapping[str, Ending] = {
    "run": Ending(
        (
            "run --quick",
            "run --lane torch --lane jax conv2d_transpose/tutorial",
            "run my_cases/ --lane exec:./my_port --waivers my_waivers.yaml",
        ),
        "whether an implementation is fast; calls that no case makes (`conformance search` draws them).",
    ),
    "try": Ending(
        (
            "try my_kernels.py:conv2d --as conv2d",
            "try my_kernels.py:fast --as torch.nn.functional.conv2d --gradients",
            "try my_package.ops.pool --as jax.lax.reduce_window --dtype float32",
        ),
        "what the function takes beyond the parameters of the function that it stands for.",
    ),
    "smoke": Ending(
        (
            "smoke --lane exec:./my_port",
            "smoke --lane my_adapter.py:Adapter",
            "smoke --deep --lane my_adapter.py:Adapter --waivers my_waivers.yaml",
        ),
        "whether all values are right: it asks a handful of calls, --deep a fifth of the corpus, and no wrong calls. "
        "`conformance run` asks all.",
    ),
    "report": Ending(
        (
            "report conformance-report --format markdown",
            "report now --base before --format html --output report.html",
            "report shards/1 shards/2 --format junit",
            "report runs/keras runs/torch --format frameworks --output frameworks.md",
        ),
        "anything but the journal: nothing is asked again.",
    ),
    "findings": Ending(
        (
            "findings reports/latest --output reports/findings.md",
            "findings reports/latest runs/xla --class bug --class unsupported",
        ),
        "faults that no trial of the journals shows.",
    ),
    "compare": Ending(
        (
            "compare before/ after/",
            "compare before/ after/ --format markdown --intersection",
            "compare conformance-report --lane torch=torch:nomkldnn",
            "compare before/ after/ --lane torch=torch:compile",
        ),
        "why something changed: two versions, machines or commits may differ in more than one thing.",
    ),
    "history": Ending(
        ("history runs/2.20 runs/2.21 --output history.md", "history conformance-report --badge conformance.svg"),
        "what runs did not ask: a cause that went may be of trials that went.",
    ),
    "waivers check": Ending(
        ("waivers check", "waivers check my_waivers.yaml"),
        "whether a waiver is needed: a run says that, or `conformance waivers update`.",
    ),
    "waivers update": Ending(
        (
            "waivers update conformance-report --waivers my_waivers.yaml",
            "waivers update run-1 run-2 --waivers my_waivers.yaml --lane torch",
        ),
        "the reason of a deviation: it writes FILL IN, and a run stays red until somebody says why.",
    ),
    "cases check": Ending(
        ("cases check", "cases check my_cases/", "cases check my.yaml --no-witness"),
        "whether a case is worth asking; `conformance score` measures what the cases catch.",
    ),
    "cases list": Ending(
        ("cases list conv2d", "cases list --coverage", "cases list my_cases/"),
        "what a framework can say of these; a run says that.",
    ),
    "cases show": Ending(
        ("cases show conv2d_transpose/tutorial/example-2-corrected",),
        "what a framework answers; `conformance explain` asks one.",
    ),
    "cases generate": Ending(
        ("cases generate mine.yaml --operator conv2d --batch 2 --size 5x6 --channels 3x2 --kernel 3x2 --strides 2",),
        "anything but the reference: what it writes down is the reference's answer.",
    ),
    "cases complete": Ending(
        ("cases complete conv2d", "cases complete --check"),
        "mistakes that need three classes of a call at once, outside of the geometric ones.",
    ),
    "cases costs": Ending(
        ("cases costs conformance-report > costs.json",),
        "what the trials cost on another machine.",
    ),
    "cases schema": Ending(
        ("cases schema > cases.schema.json",),
        "what only a check of the whole case finds: `conformance cases check`.",
    ),
    "cases from": Ending(
        (
            "cases from resnet18.onnx --output resnet18.yaml",
            "cases from nets.py:unet --gradients --output unet.yaml",
        ),
        "weights, and calls that depend on values; operators that the suite lacks are listed and left out.",
    ),
    "vectors export": Ending(
        ("vectors export vectors/", "vectors export vectors/ 'conv2d/*'"),
        "whether somebody reads the expected values before answering: they lie in the folder.",
    ),
    "judge": Ending(
        ("judge vectors/ answers/ --lane my_phone", "judge vectors/ answers/ --output report"),
        "how an answer came to be; probes that need a second question are not asked.",
    ),
    "explain": Ending(
        (
            "explain 'conv2d_transpose/tutorial/example-1[inputs=mix,dtype=float32]' --lane torch",
            "explain avg_pool2d/regressions/overhang-without-pads --lane jax:jit --as-asked --output it.py",
            "explain conv2d_transpose/tutorial/strides-follow-data-format --lane jax --operands inputs.npz",
        ),
        "causes inside a framework: it shows the call that fails, not the line that is wrong.",
    ),
    "reduce": Ending(
        (
            "reduce lp_pool1d/regressions/norm-of-a-partial-window --lane torch",
            "reduce conv2d/mine/large --cases mine.yaml --lane exec:./my_port --output reduced",
        ),
        "whether a still smaller call fails for the same cause: it stops where no single change makes one.",
    ),
    "search": Ending(
        (
            "search --lane torch --operator conv2d --minutes 5",
            "search --lane exec:./my_port --calls 2000 --wrong-calls --output found",
        ),
        "that nothing is wrong where it found nothing: search.json says which space it drew from.",
    ),
    "translate": Ending(
        (
            "translate 'tf.nn.conv2d_transpose(x[1,4,4,1], f[3,3,1,1], [1,8,8,1], strides=2)' --to torch",
            "translate 'nn.Conv2d(64, 128, 3, padding=1)(x[1,64,32,32])' --to jax",
            "translate 'nn.Conv(64, (k, k), strides=s)(x[1,32,32,3])' --let k=3 --let s=2 --to torch",
            "translate model.py --value 1x3x224x224 --to jax",
        ),
        "values that a program computes: shapes and arguments have to stand in the call, or in assignments before it.",
    ),
    "score": Ending(
        ("score --output reports", "score 'conv2d*' --sample 20 --no-yardstick"),
        "faults that nobody has written down as a mutant.",
    ),
    "conventions": Ending(
        ("conventions", "conventions --lane torch --lane jax"),
        "words of frameworks that are not installed.",
    ),
    "adapters": Ending(
        ("adapters", "adapters --format json"),
        "whether a lane's answers are right; `conformance smoke --lane NAME` begins there.",
    ),
    "diagnose": Ending(
        (
            "diagnose --lane my_port.adapter:Adapter",
            "diagnose --output y.npy --input x.npy --filter w.npy --output-shape 1x8x8x1 --strides 2",
        ),
        "faults that are none of its edits, and two faults at once.",
    ),
    "new": Ending(
        ("new adapter mine", "new port --language rust mine", "new port --language c ports/mine"),
        "the operators that you have: the skeleton answers one, which you replace by your own.",
    ),
    "docs": Ending(
        ("docs", "docs adapters", "docs reference/verbs | less"),
        "anything that has no page.",
    ),
}
"""by a verb's full name; every verb has one"""
