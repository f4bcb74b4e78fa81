// The page of one trial: the call, its geometry, and what every lane made of it, the chosen lane first.

const trialPage = document.getElementById("trial-page");

async function showTrial(id, chosen) {
  const place = places.get(id);
  if (place === undefined) {
    trialPage.replaceChildren(element("p", { class: "warnings" }, `This report has no trial “${id}”.`));
    return;
  }
  try {
    const trial = await trialOf(place);
    trialPage.replaceChildren(...trialHead(trial), ...laneRecords(trial, chosen));
  } catch (error) {
    trialPage.replaceChildren(element("p", { class: "warnings" }, String(error.message)));
  }
}

function trialHead(trial) {
  const name = trial.id;
  return [
    element("p", { class: "crumbs" }, element("a", { href: `#matrix?at=${encodeURIComponent(name)}` }, "← in the matrix"), neighbours(trial.place)),
    element("h2", { class: "id" }, name),
    element("p", { class: "why" }, trial.why),
    copied(trial.call, "the call"),
    factList(trial.facts),
    trial.axes.length ? element("h3", {}, "Geometry") : null,
    element("div", { class: "geometries" }, geometryFigures(trial.axes, /\bfilter=/.test(trial.call))),
    ...inputsOf(trial),
  ].filter(Boolean);
}

function neighbours(place) {
  const link = (index, text) => (run.ids[index] === undefined ? null : element("a", { href: trialAddress(run.ids[index]) }, text));
  return element("span", {}, link(place - 1, "previous trial"), " ", link(place + 1, "next trial"));
}

function factList(facts) {
  const told = facts.filter(([, text]) => text !== null && text !== undefined && text !== "");
  return element("dl", {}, told.flatMap(([label, text]) => [element("dt", {}, label), element("dd", {}, linked(String(text)))]));
}

function laneRecords(trial, chosen) {
  const lanes = run.lanes.map((_, lane) => lane).filter((lane) => trial.records[lane]);
  const first = lanePlaces.get(chosen);
  const order = lanes.includes(first) ? [first, ...lanes.filter((lane) => lane !== first)] : lanes;
  return [
    element("h3", {}, "The call in each framework's words"),
    element("div", { class: "words" }, plansOf(trial, lanes)),
    element("h3", {}, "What came back"),
    element("nav", { class: "lanes", "aria-label": "Lanes" }, lanes.map((lane) => laneLink(trial, lane, lane === first))),
    ...order.map((lane) => recordCard(trial, lane, lane === first || deviates(trial, lane))),
  ];
}

/** Lanes that say it alike share one plan; those without a plan tell why. */
function plansOf(trial, lanes) {
  const groups = new Map();
  for (const lane of lanes) {
    const record = trial.records[lane];
    const said = [...record.plan, ...record.notes.map((note) => `# ${note}`)].join("\n") || `# ${record.detail}`;
    groups.set(said, [...(groups.get(said) ?? []), lane]);
  }
  return [...groups].map(([said, own]) => {
    const names = own.map((lane) => element("span", {}, run.lanes[lane].name, saidOf(lane, trial.place)));
    return element("section", {}, element("h4", {}, names), copied(said, "the plan"));
  });
}

const deviates = (trial, lane) => ["nonconforming", "waived"].includes(standingOf(lane, trial.place));

function laneLink(trial, lane, current) {
  const attributes = { href: recordAddress(run.lanes[lane].name, trial.id), "aria-current": current ? "true" : null };
  return element("a", attributes, badge(lane, trial.place), ` ${run.lanes[lane].name}`);
}

function badge(lane, place) {
  const outcome = outcomeOf(lane, place);
  const standing = standingOf(lane, place);
  return element("span", { class: `badge ${standing.split(" ")[0]}`, "aria-hidden": "true" }, GLYPHS[outcome] ?? "?");
}

function recordCard(trial, lane, open) {
  const record = trial.records[lane];
  const outcome = outcomeOf(lane, trial.place);
  const standing = standingOf(lane, trial.place);
  return element("details", { class: `record ${standing.split(" ")[0]}`, open: open ? "" : null },
    element("summary", {}, badge(lane, trial.place), " ", element("strong", {}, run.lanes[lane].name), ` ${outcome} `,
      element("span", { class: `standing ${standing.split(" ")[0]}` }, `${MARKS[standing]} ${standing}`), saidOf(lane, trial.place)),
    element("div", { class: "body" }, recordBody(record)),
  );
}

function saidOf(lane, place) {
  const said = SAID[run.lanes[lane].said[place]];
  return said ? element("span", { class: "quiet" }, ` ${said}`) : null;
}

function recordBody(record) {
  const told = [element("p", { class: "detail" }, record.detail)];
  if (record.diagnosis.length) {
    told.push(element("div", { class: "diagnosis" }, element("strong", {}, "Diagnosis"), element("ul", {}, record.diagnosis.map((text) => element("li", {}, text))), proofOf(record)));
  }
  if (record.traceback) told.push(element("h4", {}, "Traceback"), copied(record.traceback, "the traceback"));
  if (record.waived) told.push(waiverOf(record.waived));
  if (record.excerpt) told.push(element("h4", {}, "Expected against observed"), heatMaps(record.excerpt, ifSoOf(record), record.overlay?.agreeing === record.overlay?.compared));
  else if (record.overlay?.observed) told.push(element("h4", {}, "Expected if so against observed"), firstElements(record.overlay));
  if (record.differences) told.push(differenceTable(record.differences));
  told.push(factList(figuresOf(record)));
  told.push(element("h4", {}, "The script of this record"), copied(record.explain, "the command"));
  if (record.script) told.push(element("details", { class: "script" }, element("summary", {}, "The script itself"), element("div", { class: "body" }, copied(record.script, "the script"))));
  return told;
}

/** How many elements came back as the diagnosis says; how many as expected. */
function proofOf({ overlay, diagnosis, numbers }) {
  if (!overlay) return null;
  const bits = overlay.equal === overlay.agreeing ? "bit for bit" : `${overlay.equal} of them bit for bit`;
  const asked = numbers ? `; ${numbers.compared - numbers.wrong} are as expected` : "; their shape is another than the expected one";
  const which = diagnosis.length > 1 ? `If it ${diagnosis[overlay.sentence]}` : "If so";
  return element("p", { class: "proof" }, `${which}, ${overlay.agreeing} of ${overlay.compared} elements are as they came back, ${bits}${asked}.`);
}

/** Rows of what would be expected if the diagnosis were true; those that came back are not kept twice. */
function ifSoOf({ overlay, excerpt }) {
  return !overlay || overlay.omitted ? null : (overlay.explained ?? excerpt.observed);
}

function waiverOf(waived) {
  return element("p", { class: "waiver" }, element("strong", {}, `Waived as ${waived.category}${waived.through ? ` of ${waived.through}` : ""}: `), waived.reason, waived.url ? " " : null, waived.url ? linked(waived.url) : null);
}

function differenceTable(differences) {
  const head = element("tr", {}, ["index", "expected", "observed", "where"].map((text) => element("th", { scope: "col" }, text)));
  const rows = differences.map(([index, ...texts]) => element("tr", {}, element("th", { scope: "row" }, element("code", {}, `[${index.join(", ")}]`)), texts.map((text) => element("td", {}, text))));
  const table = element("table", { class: "differences" }, element("caption", {}, "The first elements that differ"), element("thead", {}, head), element("tbody", {}, rows));
  // Scrolled by keys, too, where it is wider than the page.
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "The first elements that differ" }, table);
}

function figuresOf(record) {
  const numbers = record.numbers ?? {};
  const percent = numbers.equal === undefined ? "" : `${(100 * numbers.equal).toFixed(1)} %`;
  const rule = numbers.exact ? "bit for bit" : "under the error bound";
  return [
    ["shape, dtype", record.shape ? `[${record.shape.join(", ")}] ${record.dtype}` : record.dtype],
    ["compared", record.numbers ? `${numbers.compared} elements ${rule}, ${numbers.wrong} wrong` : ""],
    ["largest error / bound", numbers.exact ? "" : figureIf(numbers.error)],
    ["bitwise equal", percent],
    ["max abs, max ULP", record.numbers ? `${figureOf(numbers.maxAbs)}, ${figureOf(numbers.maxUlp)} (information)` : ""],
    ["bias", figureIf(numbers.bias)],
    ["sums kept", record.sums],
    ["flags", (record.flags ?? []).join(", ")],
    ["seconds", figureIf(record.seconds)],
    ["digest", record.digest],
  ];
}

const figureIf = (number) => (number === null || number === undefined ? "" : figureOf(number));
