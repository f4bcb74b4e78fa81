// Expected, observed and error beside each other, from the window that a record keeps, and what would be expected if the
// diagnosis were true. Wrong elements are framed, numbers are printed where there is room, and what is not a number is
// crossed: nothing depends on colour alone.

const ROOMY = 10;

/** The window of a record's answer; explained: the rows that would have been expected if its diagnosis were true, or null;
 * proven: whether all elements are as explained, though digits may differ. */
function heatMaps(excerpt, explained, proven) {
  if (excerpt.omitted) return omittedSentence();
  const [expected, observed, error] = ["expected", "observed", "error"].map((name) => numberRows(excerpt[name]));
  const inUnits = excerpt.unit === "bound" ? "x the bound" : "spacings";
  const ifSo = explained && numberRows(explained);
  const { factor, said, tint } = scaleOf(expected, observed);
  const wrong = (x, y) => excerpt.wrong[y][x] === "x";
  const titled = (x, y) => `[${indexOf(excerpt, x, y)}] expected ${expected[y][x]}, ${ifSo ? `if so ${ifSo[y][x]}, ` : ""}observed ${observed[y][x]}, error ${error[y][x]} ${inUnits}`;
  return element("div", { class: "heat" },
    heatMap(`expected${said}`, { rows: expected, tint, factor, titled, framed: wrong }),
    ifSo && heatMap(`expected if so${said}`, { rows: ifSo, tint, factor, titled, framed: (x, y) => !proven && ifSo[y][x] !== observed[y][x] }),
    heatMap(`observed${said}`, { rows: observed, tint, factor, titled, framed: wrong }),
    heatMap(excerpt.unit === "bound" ? "error / bound" : "error / spacing of the dtype", {
      rows: error, titled, framed: wrong, factor: 1, tint: (text, framed) => errorTint(Number(text), framed, excerpt.unit),
    }),
    element("p", { class: "quiet" }, windowSentence(excerpt, Boolean(ifSo) && !proven)),
  );
}

/** An answer of a wrong shape beside what would have been expected if its diagnosis were true. */
function firstElements(overlay) {
  const observed = numberRows(overlay.observed);
  const ifSo = overlay.explained ? numberRows(overlay.explained) : observed;
  const panel = { ...scaleOf(ifSo), titled: (x, y) => `if so ${ifSo[y][x]}, observed ${observed[y][x]}`, framed: (x, y) => ifSo[y][x] !== observed[y][x] };
  return element("div", { class: "heat" },
    heatMap(`expected if so${panel.said}`, { ...panel, rows: ifSo }),
    heatMap(`observed${panel.said}`, { ...panel, rows: observed }),
    element("p", { class: "quiet" }, "The first elements along two axes. Framed elements are not alike; crossed ones are not a finite number."),
  );
}

function omittedSentence() {
  return element("p", { class: "quiet" }, "The heat maps of this record are left out of a single file: `conformance report JOURNAL --format html --folder DIR` keeps them all.");
}

const numberRows = (texts) => texts.map((row) => row.split(" "));

function indexOf(excerpt, x, y) {
  return excerpt.start.map((start, axis) => start + (axis === excerpt.axes[0] ? y : axis === excerpt.axes[1] ? x : 0)).join(", ");
}

/** One tint and one power of ten for all maps of the same numbers: of the first rows that have one but zero. */
function scaleOf(...candidates) {
  const largest = candidates.map((rows) => Math.max(0, ...rows.flat().map((text) => Math.abs(Number(text))).filter(Number.isFinite)));
  const reach = largest.find((each) => each > 0) ?? 1;
  return { ...sharedPower(reach), tint: (text) => valueTint(Number(text), reach) };
}

/** panel: rows of numbers, their tint and factor, what each square says, and whether it is framed. */
function heatMap(title, panel) {
  const [down, across] = [panel.rows.length, panel.rows[0].length];
  const size = across <= ROOMY ? 38 : 14;
  const svg = drawn("svg", {
    viewBox: `0 0 ${across * size + 2} ${down * size + 2}`, width: across * size + 2, height: down * size + 2,
    role: "img", "aria-label": `${title}, ${down} by ${across} elements`,
  });
  panel.rows.forEach((row, y) => row.forEach((text, x) => svg.append(heatCell(panel, text, x, y, size))));
  return element("figure", {}, element("figcaption", {}, title), svg);
}

function heatCell(panel, text, x, y, size) {
  const { tint, factor } = panel;
  const wrong = panel.framed(x, y);
  const finite = Number.isFinite(Number(text));
  const left = x * size + 1;
  const top = y * size + 1;
  return drawn("g", { class: wrong ? "wrong" : "right" },
    drawn("title", {}, panel.titled(x, y)),
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

function windowSentence(excerpt, ifSo) {
  const range = excerpt.start.map((start, axis) => {
    const place = excerpt.axes.indexOf(axis);
    return place < 0 ? String(start) : `${start}:${start + excerpt.shape[place]}`;
  });
  const framed = ifSo ? "Framed elements are wrong, under “if so” not as observed" : "Framed elements are wrong";
  return `Elements [${range.join(", ")}] of the output. ${framed}; crossed ones are not a finite number.`;
}
