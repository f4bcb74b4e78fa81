// Elements made by hand: text stays text, whatever it says.

const SVG = "http://www.w3.org/2000/svg";
const GLYPHS = {
  agrees: "✓", refused: "⊘", unsupported: "○", differs: "≠", wrong_shape: "▭", wrong_dtype: "τ", accepted: "!",
  crashed: "✱", timed_out: "⧗", errored: "?",
};
const MARKS = { "as expected": "✓", nonconforming: "✗", waived: "≈", unsupported: "○" };

/** An element with attributes and children; null children are left out, strings become text. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

function drawn(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const trialAddress = (id) => `#trial/${encodeURIComponent(id)}`;
const recordAddress = (lane, id) => `#record/${encodeURIComponent(lane)}/${encodeURIComponent(id)}`;
const matrixAddress = (query) => `#matrix?q=${encodeURIComponent(query)}`;

/** Whether a text may become a link: an address on the web, and nothing else. */
const isAddress = (text) => /^https?:\/\/[^\s<>"'`|()\\]+$/.test(text);

function linked(text) {
  return isAddress(text) ? element("a", { href: text, rel: "noreferrer noopener" }, text) : text;
}

function figureOf(number) {
  if (number === null || number === undefined) return "-";
  return Math.abs(number) >= 1e4 || (number !== 0 && Math.abs(number) < 1e-3) ? number.toExponential(2) : String(number);
}

/** A text with a button that copies it. */
function copied(text, label) {
  return element("div", { class: "copied" }, element("pre", {}, text), copyButton(text, "Copy", `Copy ${label}`, "copy"));
}

function copyButton(text, said, label, of = "offer") {
  const button = element("button", { type: "button", class: of, "aria-label": label }, said);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text)) ? "Copied" : "Select and copy";
    setTimeout(() => (button.textContent = said), 1500);
  });
  return button;
}

/** A page from disk may have no clipboard of its own; then the old command copies a selection. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { class: "unseen" }, text);
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
