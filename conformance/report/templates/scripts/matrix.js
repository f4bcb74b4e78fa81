// The matrix: rows are drawn while they are in sight, so that thousands cost what a screenful does.

const narrow = window.matchMedia("(max-width: 40rem)");
let rowHeight = 32;
const SPARE = 8;
// Rows; forty pages.
const MOST_PRINTED = 2000;
const grid = document.getElementById("grid");
const body = document.getElementById("grid-rows");
const head = document.getElementById("grid-head");
const empty = document.getElementById("empty");
const search = document.getElementById("query");
const status = document.getElementById("matched");
const view = { items: [], rows: [], lanes: [], sort: null, descending: false, active: 0, column: -1 };
const PLAIN = ["dtype", "padding", "stride", "K"].filter((name) => fields.has(name));

/** The rows of a query, sorted and grouped; what is shown is drawn at once. */
function showMatrix(text) {
  const query = parsed(text);
  view.lanes = lanesOf(query);
  view.rows = matching(query, view.lanes);
  sortRows();
  view.items = view.sort ? view.rows : grouped(view.rows);
  view.active = Math.min(view.active, Math.max(0, view.items.length - 1));
  status.textContent = query.problem || `${view.rows.length.toLocaleString("en")} of ${run.ids.length.toLocaleString("en")} trials in ${view.lanes.length} of ${run.lanes.length} lanes`;
  status.classList.toggle("problem", Boolean(query.problem));
  showEmptiness(query);
  drawHead();
  body.style.height = `${view.items.length * rowHeight}px`;
  grid.setAttribute("aria-rowcount", String(view.items.length + 1));
  drawRows();
}

/** Where nothing is shown: what was asked for that is not there, and what there is. */
function showEmptiness(query) {
  const nothing = !query.problem && !(view.rows.length && view.lanes.length);
  const lacking = view.lanes.length ? query.trial.concat(query.record).filter((term) => !term.negated && isUnknown(term)) : [];
  const told = [];
  if (!view.lanes.length) told.push(`No lane of this run is called so. There are ${run.lanes.map((lane) => lane.name).join(", ")}.`);
  for (const term of lacking) told.push(`No ${term.key} is so. There are ${choicesOf(term.key).slice(0, 40).join(", ")}.`);
  if (!told.length) told.push("No trial meets all that is asked for.");
  empty.replaceChildren(...told.map((text) => element("p", {}, text)), element("p", {}, "Escape shows all again."));
  empty.hidden = !nothing;
  grid.hidden = nothing;
}

/** Whether no value that there is meets a term of named values. */
function isUnknown(term) {
  if (term.key === "error" || term.key === "seconds") return false;
  const numbers = fields.get(term.key)?.numbers ?? [];
  const values = fields.get(term.key)?.values ?? choicesOf(term.key);
  return values.length > 0 && !values.some((value, index) => term.test(value, numbers[index] ?? []));
}

/** How many trials each ready question finds. */
function countQuestions() {
  for (const link of document.querySelectorAll(".questions a")) {
    const query = parsed(new URLSearchParams(link.hash.split("?")[1]).get("q"));
    const found = matching(query, lanesOf(query)).length;
    link.append(element("span", { class: "count" }, ` ${found.toLocaleString("en")}`));
    link.classList.toggle("none", found === 0);
  }
}

function grouped(rows) {
  const items = [];
  let chapter = null;
  for (const place of rows) {
    const own = fieldOf("chapter", place);
    if (own !== chapter) items.push({ chapter: own, rows: [] });
    chapter = own;
    items.findLast((item) => item.rows).rows.push(place);
    items.push(place);
  }
  return items;
}

function sortRows() {
  if (!view.sort) return;
  const key = sortKey(view.sort);
  const sign = view.descending ? -1 : 1;
  const keys = new Map(view.rows.map((place) => [place, key(place)]));
  view.rows.sort((a, b) => sign * compared(keys.get(a), keys.get(b)) || a - b);
}

const compared = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function sortKey(name) {
  if (name === "trial") return (place) => run.ids[place];
  if (name === "error") return (place) => worstOf(view.lanes, place);
  if (name === "seconds") return (place) => run.seconds[place];
  if (name.startsWith("lane ")) return laneKey(lanePlaces.get(name.slice(5)));
  const field = fields.get(name);
  const numeric = field.numbers.some((numbers) => numbers.length);
  return (place) => (numeric ? field.numbers[field.rows[place]][0] ?? -1 : field.values[field.rows[place]]);
}

/** Outcomes in the order of the run's list, then by error. */
function laneKey(lane) {
  return (place) => run.lanes[lane].outcomes.charCodeAt(place) * 1e9 + Math.min(run.lanes[lane].errors[place], 1e8);
}

function drawHead() {
  const columns = [["trial", "trial"], ...PLAIN.map((name) => [name, name]), ...view.lanes.map((lane) => [`lane ${run.lanes[lane].name}`, run.lanes[lane].name]), ["error", "worst / bound"], ["seconds", "s"]];
  const cells = columns.map(([name, label], index) => {
    const sorted = view.sort === name ? (view.descending ? "descending" : "ascending") : "none";
    const kind = name.startsWith("lane ") ? "lane" : name;
    const button = element("button", { type: "button", "data-sort": name, tabindex: "-1" }, element("span", {}, ...breakable(shortLane(label))), sorted === "none" ? null : element("i", { "aria-hidden": "true" }, view.descending ? "▾" : "▴"));
    return element("div", { role: "columnheader", "aria-sort": sorted, "aria-colindex": index + 1, class: `cell ${kind}`, title: label }, button);
  });
  head.replaceChildren(...cells);
  grid.style.setProperty("--lane-count", view.lanes.length);
  grid.classList.toggle("many", view.lanes.some((lane) => shortLane(run.lanes[lane].name).length * view.lanes.length > 150));
}

/** An adapter's own name, without the modules that lead to it. */
const shortLane = (name) => name.replace(/^(?:\w+\.)+\w+:/, "…");

const secondsOf = (seconds) => (seconds < 0.001 ? "< 0.001" : seconds.toPrecision(2));

/** A lane's name may be broken before its mode. */
function breakable(name) {
  return name.split(/(?=[:@+.])/).flatMap((piece) => [piece, element("wbr")]);
}

function drawRows() {
  const first = printing ? 0 : Math.max(0, Math.floor(grid.scrollTop / rowHeight) - SPARE);
  const last = Math.min(view.items.length, printing ? MOST_PRINTED : Math.ceil((grid.scrollTop + grid.clientHeight) / rowHeight) + SPARE);
  const rows = [];
  for (let index = first; index < last; index += 1) rows.push(drawItem(view.items[index], index));
  const left = printing ? view.items.length - last : 0;
  if (left) rows.push(element("div", { class: "row chapter", role: "row" }, element("div", { role: "gridcell", class: "cell" }, `and ${left.toLocaleString("en")} more rows, which are not printed: a search finds fewer`)));
  body.replaceChildren(...rows);
}

let printing = false;
window.addEventListener("beforeprint", () => {
  printing = true;
  drawRows();
});
window.addEventListener("afterprint", () => {
  printing = false;
  drawRows();
});

function drawItem(item, index) {
  const row = typeof item === "number" ? trialRow(item) : chapterRow(item);
  row.id = `row-${index}`;
  row.style.top = `${index * rowHeight}px`;
  row.setAttribute("role", "row");
  row.setAttribute("aria-rowindex", index + 2);
  if (index === view.active) {
    row.classList.add("active");
    grid.setAttribute("aria-activedescendant", row.id);
  }
  return row;
}

function chapterRow(item) {
  const wrong = item.rows.filter((place) => view.lanes.some((lane) => standingOf(lane, place) === "nonconforming")).length;
  const told = `${item.rows.length} trials${wrong ? `, ${wrong} nonconforming` : ""}`;
  return element("div", { class: "row chapter" }, element("div", { role: "gridcell", class: "cell" }, element("strong", {}, item.chapter), element("span", { class: "quiet" }, ` ${told}`)));
}

function trialRow(place) {
  const id = run.ids[place];
  const chapter = fieldOf("chapter", place);
  const name = view.sort || !id.startsWith(`${chapter}/`) ? id : id.slice(chapter.length + 1);
  const error = worstOf(view.lanes, place);
  return element("div", { class: "row" },
    element("div", { role: "gridcell", class: "cell trial" }, element("a", { href: trialAddress(id), tabindex: "-1", title: id }, name)),
    PLAIN.map((field) => element("div", { role: "gridcell", class: `cell ${field}` }, fieldOf(field, place))),
    view.lanes.map((lane, column) => laneCell(lane, place, id, column)),
    element("div", { role: "gridcell", class: "cell error" }, error < 0 ? "" : figureOf(error)),
    element("div", { role: "gridcell", class: "cell seconds" }, secondsOf(run.seconds[place])),
  );
}

function laneCell(lane, place, id, column) {
  const outcome = outcomeOf(lane, place);
  const holder = element("div", { role: "gridcell", class: `cell lane${column === view.column ? " chosen" : ""}` });
  if (outcome === null) return holder;
  const standing = standingOf(lane, place);
  const said = SAID[run.lanes[lane].said[place]];
  const told = `${run.lanes[lane].name}: ${outcome}, ${standing}${said ? `, ${said}` : ""}`;
  holder.append(element("a", { href: recordAddress(run.lanes[lane].name, id), tabindex: "-1", title: told, "aria-label": told, class: `mark ${standing.split(" ")[0]} ${said}` }, GLYPHS[outcome] ?? "?"));
  return holder;
}

/** The active row moves and stays in sight. */
function moveTo(index) {
  view.active = Math.max(0, Math.min(index, view.items.length - 1));
  const top = view.active * rowHeight;
  if (top < grid.scrollTop) grid.scrollTop = top;
  const lowest = top + rowHeight + head.offsetHeight - grid.clientHeight;
  if (lowest > grid.scrollTop) grid.scrollTop = lowest;
  drawRows();
}

function openActive() {
  const item = view.items[view.active];
  if (typeof item !== "number") return;
  const lane = view.lanes[view.column];
  location.hash = lane === undefined ? trialAddress(run.ids[item]) : recordAddress(run.lanes[lane].name, run.ids[item]);
}

function moveColumn(step) {
  view.column = Math.max(-1, Math.min(view.column + step, view.lanes.length - 1));
  drawRows();
}

function sortBy(name) {
  const order = view.sort !== name ? [name, false] : view.descending ? [null, false] : [name, true];
  [view.sort, view.descending] = order;
  grid.scrollTop = 0;
  showMatrix(search.value);
}

/** Show the row of one trial, with what is filtered away shown again. */
function reveal(id) {
  const place = places.get(id);
  if (!view.rows.includes(place)) {
    search.value = "";
    showMatrix("");
  }
  moveTo(view.items.indexOf(place));
  grid.scrollTop = Math.max(0, view.active * rowHeight - grid.clientHeight / 3);
}

/** On a phone a row has room for three lines of its id, and the selects wait to be opened. */
function fitRows() {
  rowHeight = narrow.matches ? 48 : 32;
  grid.style.setProperty("--row-height", `${rowHeight}px`);
  document.getElementById("selects").open = !narrow.matches;
}

function prepareMatrix() {
  countQuestions();
  fitRows();
  narrow.addEventListener("change", () => {
    fitRows();
    showMatrix(search.value);
  });
  grid.addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
  new ResizeObserver(drawRows).observe(grid);
  head.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-sort]");
    if (button) sortBy(button.dataset.sort);
  });
  search.addEventListener("input", () => filtered(search.value));
  for (const select of document.querySelectorAll("select[data-key]")) {
    const key = select.dataset.key;
    select.append(...choicesOf(key).map((value) => element("option", { value }, value)));
    select.addEventListener("change", () => {
      const value = key === "lane" && select.value ? `=${select.value}` : select.value;
      search.value = withTerm(search.value, key, value);
      filtered(search.value);
    });
  }
}

function choicesOf(key) {
  if (key === "lane") return run.lanes.map((lane) => lane.name);
  if (key === "standing") return run.standings;
  if (key === "outcome") return run.outcomes.filter((_, index) => run.lanes.some((lane) => lane.outcomes.includes(String.fromCharCode(97 + index))));
  const values = fields.get(key)?.values.filter((value) => value !== "") ?? [];
  return values.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

/** What is asked for becomes part of the address, so that it can be sent to somebody. */
function filtered(text) {
  view.active = 0;
  grid.scrollTop = 0;
  showMatrix(text);
  syncSelects(text);
  history.replaceState(null, "", text ? matrixAddress(text) : "#matrix");
}

function syncSelects(text) {
  for (const select of document.querySelectorAll("select[data-key]")) {
    select.value = termOf(text, select.dataset.key).replace(/^=/, "");
  }
}
