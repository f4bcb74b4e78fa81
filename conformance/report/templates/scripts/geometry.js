// The geometry of one axis, drawn from its integers: input j and tap t reach stride j + dilation t, and crop_before
// and crop_after of the result are cut off. A forward convolution reads the same picture upwards.

const CELL = 30;
const MOST_CELLS = 30;
const NAMES = { 1: ["length"], 2: ["height", "width"], 3: ["depth", "height", "width"] };
let patterns = 0;

/** One figure per axis; two where an axis is long: its beginning and its end. */
function geometryFigures(axes, operator) {
  const transposed = operator.includes("transpose");
  const names = NAMES[axes.length] ?? axes.map((_, index) => `axis ${index}`);
  return axes.map((axis, index) => axisFigure(axis, names[index], transposed));
}

function axisFigure(axis, name, transposed) {
  const length = Math.max(fullLength(axis), axis.crop_before + axis.output);
  const windows = length <= MOST_CELLS ? [[0, length]] : [[0, MOST_CELLS / 2], [length - MOST_CELLS / 2, length]];
  const told = element("p", { class: "reached", "aria-live": "polite" }, hint(transposed));
  const drawings = windows.map((range) => axisDrawing(axis, range, told, transposed));
  return element(
    "figure", { class: "geometry" },
    element("figcaption", {}, element("strong", {}, name), ` ${sentence(axis, transposed)}`),
    element("div", { class: "drawings" }, drawings),
    told,
  );
}

const fullLength = (axis) => axis.stride * (axis.input - 1) + axis.dilation * (axis.kernel - 1) + 1;

function hint(transposed) {
  return transposed ? "Point at an output to see what it sums." : "Point at an input to see which outputs use it.";
}

function sentence(axis, transposed) {
  const line = `p = ${factor(axis.stride)}j + ${factor(axis.dilation)}t − ${axis.crop_before}`;
  const full = fullLength(axis);
  if (!transposed) {
    const tail = axis.crop_after < 0 ? `${-axis.crop_after} not read after` : `pad ${axis.crop_after} after`;
    return `${axis.output} → ${axis.input}, ${line}: pad ${axis.crop_before} before, ${tail}`;
  }
  const after = axis.crop_after < 0 ? `${-axis.crop_after} zeros added after` : `crop ${axis.crop_after} after`;
  return `${axis.input} → ${axis.output}, ${line}: of ${full}, crop ${axis.crop_before} before, ${after}`;
}

const factor = (number) => (number === 1 ? "" : `${number}·`);

/** Inputs above, the whole result below; what is cut off is hatched and crossed. */
function axisDrawing(axis, [first, last], told, transposed) {
  const pattern = `cut-${(patterns += 1)}`;
  const width = (last - first) * CELL + 20;
  const spread = inputSpread(axis);
  const svg = drawn("svg", {
    viewBox: `0 0 ${width} 176`, width, height: 176, role: "img", "aria-label": sentence(axis, transposed), class: "axis",
  }, hatching(pattern));
  const top = (input) => 10 + (spread(input) - first + 0.5) * CELL;
  const bottom = (position) => 10 + (position - first + 0.5) * CELL;
  svg.append(drawn("text", { x: 10, y: 12, class: "label" }, transposed ? "input x[j]" : "output y[j]"));
  svg.append(drawn("text", { x: 10, y: 172, class: "label" }, transposed ? "output y[p]; hatched: cut off" : "input x[p]; hatched: padding"));
  const lines = productLines(axis, first, last, top, bottom);
  svg.append(drawn("g", { class: "products" }, lines.map((line) => line.shape)));
  for (let input = 0; input < axis.input; input += 1) {
    if (spread(input) >= first - 0.5 && spread(input) < last) svg.append(cell(top(input), 22, `x${input}`, String(input), "input"));
  }
  for (let position = first; position < last; position += 1) {
    svg.append(resultCell(axis, position, bottom(position), pattern, lines, told, transposed));
  }
  return svg;
}

/** Inputs stand above the middle of what they reach. */
function inputSpread(axis) {
  const shift = (axis.dilation * (axis.kernel - 1)) / 2;
  return (input) => axis.stride * input + shift;
}

function productLines(axis, first, last, top, bottom) {
  const lines = [];
  for (let input = 0; input < axis.input; input += 1) {
    for (let tap = 0; tap < axis.kernel; tap += 1) {
      const position = axis.stride * input + axis.dilation * tap;
      if (position < first || position >= last) continue;
      const output = position - axis.crop_before;
      const lost = output < 0 || output >= axis.output;
      const shape = drawn("line", {
        x1: top(input), y1: 48, x2: bottom(position), y2: 122, class: lost ? "lost" : `tap tap-${tap % 4}`,
      });
      lines.push({ input, tap, position, shape });
    }
  }
  return lines;
}

function cell(x, y, name, label, kind, fill = null) {
  return drawn(
    "g", { class: `pixel ${kind}`, "data-name": name },
    drawn("rect", { x: x - CELL / 2 + 1, y, width: CELL - 2, height: 26, rx: 3, style: fill }),
    drawn("text", { x, y: y + 18, "text-anchor": "middle" }, label),
  );
}

function resultCell(axis, position, x, pattern, lines, told, transposed) {
  const output = position - axis.crop_before;
  const kept = output >= 0 && output < axis.output;
  const shape = kept ? cell(x, 122, `y${output}`, String(output), "output") : cell(x, 122, "", "×", "cut", `fill:url(#${pattern})`);
  const own = lines.filter((line) => line.position === position);
  const show = (on) => {
    own.forEach((line) => line.shape.classList.toggle("lit", on));
    shape.classList.toggle("lit", on);
    told.textContent = on ? reachedBy(own, output, kept, transposed) : hint(transposed);
  };
  shape.addEventListener("pointerenter", () => show(true));
  shape.addEventListener("pointerleave", () => show(false));
  return shape;
}

function reachedBy(lines, output, kept, transposed) {
  const products = lines.map(({ input, tap }) => (transposed ? `x[${input}]·w[${tap}]` : `y[${input}] by w[${tap}]`));
  const sum = products.join(" + ") || "nothing";
  if (!kept) return `cut off: ${sum}`;
  return transposed ? `y[${output}] = ${products.length ? sum : "0: no tap reaches it"}` : `x[${output}] is used in ${sum}`;
}

function hatching(id) {
  return drawn("defs", {}, drawn(
    "pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    drawn("rect", { width: 6, height: 6, class: "hatch-ground" }), drawn("rect", { width: 2, height: 6, class: "hatch" }),
  ));
}
