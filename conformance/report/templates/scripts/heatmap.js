// Expected, observed and error beside each other, from the window that a record keeps. Wrong elements are framed,
// numbers are printed where there is room, and what is not a number is crossed: nothing depends on colour alone.

const ROOMY = 10;

function heatMaps(excerpt) {
  if (excerpt.omitted) {
    return element("p", { class: "quiet" }, "The heat maps of this record are left out of a single file: `conformance report JOURNAL --format html --folder DIR` keeps them all.");
  }
  const [expected, observed, error] = ["expected", "observed", "error"].map((name) => excerpt[name].map((row) => row.split(" ")));
  const reach = Math.max(...expected.flat().map((text) => Math.abs(Number(text))).filter(Number.isFinite), 1e-300);
  const power = sharedPower(reach);
  const unit = excerpt.unit === "bound" ? "error / bound" : "error / spacing of the dtype";
  const of = (rows, tint, factor = 1) => ({ rows, tint, factor, excerpt, expected, observed, error });
  return element("div", { class: "heat" },
    heatMap(`expected${power.said}`, of(expected, (text) => valueTint(Number(text), reach), power.factor)),
    heatMap(`observed${power.said}`, of(observed, (text) => valueTint(Number(text), reach), power.factor)),
    heatMap(unit, of(error, (text, wrong) => errorTint(Number(text), wrong, excerpt.unit))),
    element("p", { class: "quiet" }, windowSentence(excerpt)),
  );
}

function heatMap(title, panel) {
  const { rows, excerpt } = panel;
  const size = excerpt.shape[1] <= ROOMY ? 38 : 14;
  const [down, across] = excerpt.shape;
  const svg = drawn("svg", {
    viewBox: `0 0 ${across * size + 2} ${down * size + 2}`, width: across * size + 2, height: down * size + 2,
    role: "img", "aria-label": `${title}, ${down} by ${across} elements`,
  });
  rows.forEach((row, y) => row.forEach((text, x) => svg.append(heatCell(panel, text, x, y, size))));
  return element("figure", {}, element("figcaption", {}, title), svg);
}

function heatCell(panel, text, x, y, size) {
  const { excerpt, tint, factor, expected, observed, error } = panel;
  const wrong = excerpt.wrong[y][x] === "x";
  const finite = Number.isFinite(Number(text));
  const index = excerpt.start.map((start, axis) => start + (axis === excerpt.axes[0] ? y : axis === excerpt.axes[1] ? x : 0));
  const said = `[${index.join(", ")}] expected ${expected[y][x]}, observed ${observed[y][x]}, error ${error[y][x]} ${excerpt.unit === "bound" ? "x the bound" : "spacings"}`;
  const left = x * size + 1;
  const top = y * size + 1;
  return drawn("g", { class: wrong ? "wrong" : "right" },
    drawn("title", {}, said),
    drawn("rect", { x: left + 0.5, y: top + 0.5, width: size - 1, height: size - 1, style: `fill:${finite ? tint(text, wrong) : "var(--panel)"}` }),
    finite ? null : drawn("path", { d: `M${left + 2} ${top + 2}l${size - 4} ${size - 4}m0 ${4 - size}l${4 - size} ${size - 4}`, class: "crossed" }),
    size > 20 ? drawn("text", { x: left + size / 2, y: top + size / 2 + 3, "text-anchor": "middle" }, shortNumber(text, factor)) : null,
  );
}

/** Blue below zero, orange above, as strong as the number is large. */
function valueTint(number, reach) {
  const share = Math.min(1, Math.abs(number) / reach) * 70;
  return `color-mix(in oklab, var(${number < 0 ? "--below" : "--above"}) ${share.toFixed(0)}%, var(--page))`;
}

/** On a logarithmic scale from a thousandth to a thousand units. */
function errorTint(number, wrong, unit) {
  if (number === 0) return "var(--page)";
  const share = Math.min(1, Math.max(0.08, (Math.log10(number) + 3) / 6)) * 75;
  return `color-mix(in oklab, var(${wrong ? "--bad" : "--series-1"}) ${(wrong || unit === "bound" ? share : share / 2).toFixed(0)}%, var(--page))`;
}

/** Large and tiny values are printed as multiples of one power of ten, which the title tells. */
function sharedPower(reach) {
  const power = Math.floor(Math.log10(reach));
  if (power < 4 && power > -3) return { factor: 1, said: "" };
  return { factor: 10 ** power, said: ` / 1e${power}` };
}

function shortNumber(text, factor) {
  const number = Number(text) / factor;
  if (!Number.isFinite(number) || number === 0) return text;
  if (factor !== 1) return number.toFixed(2);
  const large = Math.abs(number) >= 1e4 || Math.abs(number) < 1e-2;
  return large ? number.toExponential(0).replace("e+", "e") : text.length <= 5 ? text : String(Number(number.toPrecision(3)));
}

function windowSentence(excerpt) {
  const range = excerpt.start.map((start, axis) => {
    const place = excerpt.axes.indexOf(axis);
    return place < 0 ? String(start) : `${start}:${start + excerpt.shape[place]}`;
  });
  return `Elements [${range.join(", ")}] of the output. Framed elements are wrong; crossed ones are not a finite number.`;
}
