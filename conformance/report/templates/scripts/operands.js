// The operands of a trial: small ones as squares, slice by slice, and all that the page has to copy and to download.

const MOST_SLICES = 12;
// A file name that any file system takes.
const LONGEST_NAME = 80;

function inputsOf(trial) {
  if (!trial.operands.length) return [];
  const whole = trial.operands.every((operand) => operand.numbers);
  const command = commandFor(trial);
  const offers = whole ? [
    element("a", { href: asJson(trial), download: `${fileName(trial.id)}.json` }, "Download as JSON"),
    copyButton(asNumPy(trial.operands), "Copy as NumPy", "Copy as NumPy: the inputs"),
  ] : [];
  return [
    element("details", { class: "inputs" },
      element("summary", {}, element("strong", {}, "Inputs"), ` ${trial.operands.map(titleOf).join(", ")}`),
      element("div", { class: "body operands" },
        element("p", { class: "offers" }, offers),
        trial.operands.map(operandFigure),
        command ? copied(command, "the command that writes the inputs") : null)),
  ];
}

const titleOf = ({ name, shape, dtype }) => `${name} [${shape.join(", ")}] ${dtype}`;

/** Any lane's command, which makes the same operands; null where there is none. */
function commandFor(trial) {
  const found = trial.records.find((record) => record && record.explain.includes("conformance explain"));
  return found ? `${found.explain} --operands operands.npz` : null;
}

function operandFigure(operand) {
  const title = titleOf(operand);
  if (!operand.numbers) return element("p", { class: "quiet" }, `${title}: too large to be shown here.`);
  if (!operand.numbers.length) return element("p", { class: "quiet" }, `${title}: has no element.`);
  const slices = slicesOf(operand);
  const panel = { ...scaleOf([operand.numbers]), framed: () => false };
  const maps = slices.slice(0, MOST_SLICES).map(({ said, rows, indexed }) =>
    heatMap(said, { ...panel, rows, titled: (x, y) => `${operand.name}[${indexed(x, y)}] is ${rows[y][x]}` }));
  return element("section", {},
    element("h4", {}, `${title}${panel.said}`),
    element("div", { class: "heat" }, maps,
      slices.length > MOST_SLICES ? element("p", { class: "quiet" }, `and ${slices.length - MOST_SLICES} more slices`) : null));
}

/** The two-dimensional slices of an operand, along the neighbouring axes that have the most elements. */
function slicesOf({ shape, numbers }) {
  const lengths = shape.length > 1 ? shape : [1, ...(shape.length ? shape : [1])];
  const lead = lengths.length - shape.length;
  const across = lengths.slice(1).reduce((best, length, axis) => (length * lengths[axis] > lengths[best] * lengths[best - 1] ? axis + 1 : best), 1);
  const steps = lengths.map((_, axis) => lengths.slice(axis + 1).reduce((product, length) => product * length, 1));
  const others = lengths.map((_, axis) => axis).filter((axis) => axis !== across && axis !== across - 1);
  const count = others.reduce((product, axis) => product * lengths[axis], 1);
  return Array.from({ length: count }, (_, number) => {
    const at = lengths.map(() => 0);
    others.reduceRight((rest, axis) => ((at[axis] = rest % lengths[axis]), Math.floor(rest / lengths[axis])), number);
    const start = at.reduce((sum, place, axis) => sum + place * steps[axis], 0);
    const rows = Array.from({ length: lengths[across - 1] }, (_, y) =>
      Array.from({ length: lengths[across] }, (_, x) => numbers[start + y * steps[across - 1] + x * steps[across]]));
    const index = (y, x) => at.map((place, axis) => (axis === across - 1 ? y : axis === across ? x : place)).slice(lead).join(", ");
    return { said: `[${index(":", ":")}]`, rows, indexed: (x, y) => index(y, x) };
  });
}

function asJson({ id, call, operands }) {
  const told = operands.map(({ name, dtype, shape, numbers }) => [name, { dtype, shape, numbers: numbers.map((text) => (Number.isFinite(Number(text)) && exactly(text) ? Number(text) : text)) }]);
  return `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify({ trial: id, call, operands: Object.fromEntries(told) }))}`;
}

/** Integers beyond 2 ** 53 stay text: a number of JavaScript would be another one. */
const exactly = (text) => !/^-?\d+$/.test(text) || Number.isSafeInteger(Number(text));

/** Assignments that make the same arrays; of rows as they lie in memory. */
function asNumPy(operands) {
  const own = operands.filter(({ dtype }) => dtype === "bfloat16");
  const lines = operands.map(({ name, dtype, shape, numbers }) => {
    const listed = numbers.map((text) => text.replace(/\b(nan|inf)\b/g, "np.$1")).join(", ");
    const made = dtype === "bfloat16" ? "ml_dtypes.bfloat16" : `np.${dtype}`;
    return `${name} = np.array([${listed}], ${made}).reshape(${shape.length === 1 ? `${shape[0]},` : shape.join(", ")})`;
  });
  return ["import numpy as np", ...(own.length ? ["import ml_dtypes"] : []), ...lines, ""].join("\n");
}

const fileName = (id) => id.replace(/[^A-Za-z0-9.-]+/g, "_").slice(0, LONGEST_NAME);
