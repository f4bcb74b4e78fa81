// The geometry of one axis, drawn from its integers, inputs above and outputs below. Tap t joins the j-th pixel of one
// row and pixel p = stride j + dilation t - before of the other: an output j of a convolution sums inputs p, of which
// pad_before and pad_after lie beyond the value; an input j of a transposed one reaches outputs p, of which crop_before
// and crop_after are cut off. Windows without a filter read elements; what lies beyond the value is no number then.
// An axis without a window is drawn as one: of a single tap where it has pads, and where it has a block, of as many as
// that has, which lie side by side. Of other axes, whose elements follow from more than integers, the numbers are told.

const CELL = 30;
const MOST_CELLS = 30;
const NAMES = { 1: ["length"], 2: ["height", "width"], 3: ["depth", "height", "width"] };
const TOP = 22;
const BOTTOM = 122;
// The width of the longer of the two labels
const LABEL = 190;
let patterns = 0;

/** One figure per axis; two where an axis is long: its beginning and its end. `weighted`: whether there is a filter. */
function geometryFigures(axes, weighted) {
  // Pads without windows are of every axis of a value, batch and channels among them.
  const names = axes.some(isPadded) ? null : NAMES[axes.length];
  return axes.map((axis, index) => axisFigure({ ...axis, weighted }, names?.[index] ?? `axis ${index}`));
}

const isPadded = (axis) => "pad_before" in axis && !("kernel" in axis);

/** The axis with a window, if it has none of its own; null where it is none. */
function windowed(axis) {
  if ("kernel" in axis) return axis;
  if (isPadded(axis)) return { ...axis, kernel: 1, stride: 1, dilation: 1, copied: true };
  if (!("block" in axis)) return null;
  const sides = axis.input > axis.output ? { pad_before: 0, pad_after: 0 } : { crop_before: 0, crop_after: 0 };
  return { ...axis, ...sides, kernel: axis.block, stride: axis.block, dilation: 1 };
}

function axisFigure(own, name) {
  const axis = windowed(own);
  if (axis === null) return figureWithoutWindows(own, name);
  const { full, dense, before } = rowsOf(axis);
  const length = Math.max(full, before + dense);
  if (length < 1) return figureInWords(name, sentence(axis));
  const windows = length <= MOST_CELLS ? [[0, length]] : [[0, MOST_CELLS / 2], [length - MOST_CELLS / 2, length]];
  const told = element("p", { class: "reached", "aria-live": "polite" }, hint(axis));
  return element(
    "figure", { class: "geometry" },
    element("figcaption", {}, element("strong", {}, name), ` ${sentence(axis)}`),
    element("div", { class: "drawings" }, windows.map((range) => axisDrawing(axis, range, told))),
    told,
  );
}

/** An axis along which no window moves: its numbers alone. */
function figureWithoutWindows(axis, name) {
  const { input, output, weighted, ...others } = axis;
  const numbers = Object.entries(others).map(([key, number]) => `, ${key} ${number}`).join("");
  return figureInWords(name, `${input} → ${output}${numbers}`);
}

function figureInWords(name, words) {
  return element("figure", { class: "geometry" }, element("figcaption", {}, element("strong", {}, name), ` ${words}`));
}

function hint({ weighted }) {
  return `Point at an output to see what it ${weighted ? "sums" : "reads"}, at an input to see where it goes.`;
}

/** The lengths of the row whose pixels lie side by side, and of the one that is spread over it by the stride. */
function rowsOf(axis) {
  const pads = "pad_before" in axis;
  const [dense, spread] = pads ? [axis.input, axis.output] : [axis.output, axis.input];
  const [before, after] = pads ? [axis.pad_before, axis.pad_after] : [axis.crop_before, axis.crop_after];
  const full = axis.stride * (spread - 1) + axis.dilation * (axis.kernel - 1) + 1;
  return { pads, dense, spread, before, after, full };
}

function sentence(axis) {
  if ("block" in axis) return `${axis.input} → ${axis.output}, block ${axis.block}`;
  if (axis.copied) {
    const [before, after] = [axis.pad_before, axis.pad_after].map((pads) => (pads < 0 ? `cut off ${-pads}` : `pad ${pads}`));
    return `${axis.input} → ${axis.output}: ${before} before, ${after} after`;
  }
  const { pads, before, after, full } = rowsOf(axis);
  const lengths = `${axis.input} → ${axis.output}, p = ${factor(axis.stride)}j + ${factor(axis.dilation)}t − ${before}`;
  if (pads) return `${lengths}: pad ${before} before, ${after < 0 ? `${-after} not read after` : `pad ${after} after`}`;
  return `${lengths}: of ${full}, crop ${before} before, ${after < 0 ? `${-after} zeros added after` : `crop ${after} after`}`;
}

const factor = (number) => (number === 1 ? "" : `${number}·`);

/** What is cut off, or padded, is hatched and crossed. */
function axisDrawing(axis, [first, last], told) {
  const pattern = `cut-${(patterns += 1)}`;
  const { pads, dense, spread, before, after } = rowsOf(axis);
  const width = Math.max((last - first) * CELL + 20, LABEL);
  const svg = drawn("svg", {
    viewBox: `0 0 ${width} 176`, width, height: 176, role: "img", "aria-label": sentence(axis), class: "axis",
  }, hatching(pattern));
  const hatched = before > 0 || after > 0;
  const padding = hatched ? "; hatched: padding" : "";
  const cut = hatched ? "; hatched: cut off" : "";
  svg.append(drawn("text", { x: 10, y: 12, class: "label" }, pads ? `input x[p]${padding}` : "input x[j]"));
  svg.append(drawn("text", { x: 10, y: 172, class: "label" }, pads ? "output y[j]" : `output y[p]${cut}`));
  // A pixel of the spread row stands above or below the middle of those that it meets.
  const spreadPlace = (j) => axis.stride * j + (axis.dilation * (axis.kernel - 1)) / 2;
  const across = (place) => 10 + (place - first + 0.5) * CELL;
  const lines = productLines(axis, [first, last], (j) => across(spreadPlace(j)), across);
  svg.append(drawn("g", { class: "products" }, lines.map((line) => line.shape)));
  const [spreadRow, denseRow] = pads ? [BOTTOM, TOP] : [TOP, BOTTOM];
  for (let j = 0; j < spread; j += 1) {
    if (spreadPlace(j) < first - 0.5 || spreadPlace(j) >= last) continue;
    const own = lines.filter((line) => line.j === j);
    svg.append(pixel(axis, across(spreadPlace(j)), spreadRow, j, own, told));
  }
  for (let position = first; position < last; position += 1) {
    const p = position - before;
    const own = lines.filter((line) => line.p === p);
    const beyond = p < 0 || p >= dense ? `fill:url(#${pattern})` : null;
    svg.append(pixel(axis, across(position), denseRow, p, own, told, beyond));
  }
  return svg;
}

function productLines(axis, [first, last], spreadAcross, denseAcross) {
  const { pads, dense, spread, before } = rowsOf(axis);
  const { weighted } = axis;
  const lines = [];
  for (let j = 0; j < spread; j += 1) {
    for (let tap = 0; tap < axis.kernel; tap += 1) {
      const position = axis.stride * j + axis.dilation * tap;
      if (position < first || position >= last) continue;
      const p = position - before;
      const beyond = p < 0 || p >= dense;
      const [top, bottom] = pads ? [denseAcross(position), spreadAcross(j)] : [spreadAcross(j), denseAcross(position)];
      const shape = drawn("line", {
        x1: top, y1: TOP + 26, x2: bottom, y2: BOTTOM, class: beyond ? "lost" : `tap tap-${tap % 4}`,
      });
      const named = weighted ? { weight: `·w[${tap}]`, by: ` by w[${tap}]` } : { weight: "", by: "" };
      const product = pads && beyond ? `0${named.weight}` : `x[${pads ? p : j}]${named.weight}`;
      const use = `y[${pads ? j : p}]${named.by}`;
      lines.push({ j, p, shape, product, use, cut: !pads && beyond, pad: pads && beyond });
    }
  }
  return lines;
}

/** A pixel of one of the rows; what lies beyond the ends of its row has a fill of its own. */
function pixel(axis, x, y, index, lines, told, beyond = null) {
  const isInput = y === TOP;
  const [letter, kind] = beyond ? ["", "cut"] : isInput ? ["x", "input"] : ["y", "output"];
  const shape = drawn(
    "g", { class: `pixel ${kind}`, "data-name": beyond ? "" : `${letter}${index}` },
    drawn("rect", { x: x - CELL / 2 + 1, y, width: CELL - 2, height: 26, rx: 3, style: beyond }),
    drawn("text", { x, y: y + 18, "text-anchor": "middle" }, beyond ? "×" : String(index)),
  );
  const text = axis.weighted
    ? (isInput ? usesOf(index, lines, beyond) : sumOf(index, lines, beyond))
    : (isInput ? readersOf(index, lines, beyond) : windowOf(index, lines, beyond, axis.copied));
  const show = (on) => {
    lines.forEach((line) => line.shape.classList.toggle("lit", on));
    shape.classList.toggle("lit", on);
    told.textContent = on ? text : hint(axis);
  };
  shape.addEventListener("pointerenter", () => show(true));
  shape.addEventListener("pointerleave", () => show(false));
  return shape;
}

function sumOf(index, lines, beyond) {
  const sum = lines.map((line) => line.product).join(" + ");
  if (beyond) return `cut off: ${sum || "nothing"}`;
  return `y[${index}] = ${sum || "0: no tap reaches it"}`;
}

function usesOf(index, lines, beyond) {
  const uses = lines.filter((line) => !line.cut).map((line) => line.use).join(" + ") || "nothing";
  return `${beyond ? "a zero" : `x[${index}]`} is used in ${uses}`;
}

function windowOf(index, lines, beyond, copied) {
  const elements = lines.filter((line) => !line.pad).map((line) => line.product).join(", ");
  if (beyond) return `cut off: ${elements || "nothing"}`;
  if (copied) return elements ? `y[${index}] is ${elements}` : `y[${index}] is padding`;
  return `y[${index}] reads ${elements || "no element"}`;
}

function readersOf(index, lines, beyond) {
  const readers = lines.filter((line) => !line.cut).map((line) => line.use).join(", ") || "nothing";
  return beyond ? `no number; in the windows of ${readers}` : `x[${index}] is read by ${readers}`;
}

function hatching(id) {
  return drawn("defs", {}, drawn(
    "pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    drawn("rect", { width: 6, height: 6, class: "hatch-ground" }), drawn("rect", { width: 2, height: 6, class: "hatch" }),
  ));
}
