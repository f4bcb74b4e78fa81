// The run within the page: the matrix at once, the details of records when one of them is opened.
// Texts come as templates and integers (see phrases.py); every text is set as text, never as markup.

const run = JSON.parse(document.getElementById("matrix-content").textContent);
const trialsAPart = Number(document.documentElement.dataset.trialsAPart);
const places = new Map(run.ids.map((id, place) => [id, place]));
const fields = new Map(run.fields.map((field) => [field.name, { ...field, rows: spread(field.rows) }]));
const lanePlaces = new Map(run.lanes.map((lane, place) => [lane.name, place]));
const parts = new Map();
let templates = null; // of all parts; unpacked when the first record is opened
const waiting = new Map();
const FACTS = ["inputs", "expected", "case", "wrong on purpose", "source"];
const NUMBERS = ["compared", "wrong", "exact", "error", "equal", "maxAbs", "maxUlp", "largest", "rms", "bias"];

/** [value, how often] of neighbouring rows, as one value a row. */
function spread(runs) {
  return runs.flatMap(([value, times]) => Array(times).fill(value));
}

function outcomeOf(lane, place) {
  const letter = run.lanes[lane].outcomes.charCodeAt(place) - 97;
  return letter < 0 ? null : run.outcomes[letter];
}

function standingOf(lane, place) {
  const letter = run.lanes[lane].standings.charCodeAt(place) - 97;
  return letter < 0 ? null : run.standings[letter];
}

function fieldOf(name, place) {
  const field = fields.get(name);
  return field ? field.values[field.rows[place]] : "";
}

/** The largest error over its bound among these lanes; -1 where there is none. */
function worstOf(lanes, place) {
  return lanes.reduce((worst, lane) => Math.max(worst, run.lanes[lane].errors[place]), -1);
}

/** One trial in full, with a record or null per lane. */
async function trialOf(place) {
  const number = Math.floor(place / trialsAPart);
  if (!parts.has(number)) parts.set(number, loaded(number));
  const part = await parts.get(number);
  templates ??= await unpacked(document.getElementById("templates-content"));
  const told = part.trials[place % trialsAPart];
  const text = (index) => assembled(part, index);
  return {
    id: run.ids[place],
    place,
    call: text(told.call),
    why: text(told.why),
    facts: told.facts.map((index, place) => [FACTS[place], text(index)]),
    axes: JSON.parse(text(told.axes)),
    operands: (told.operands || []).map(([name, dtype, shape, numbers]) => ({ name, dtype, shape, numbers: numbers === null ? null : numbers.split(" ").filter(Boolean) })),
    records: told.records.map((record, lane) => record && recordOf(part, record, text, commandOf(told, place, lane, text))),
  };
}

/** The command that prints a record's script: what stands around the trial's id, and around the lane. */
function commandOf(told, place, lane, text) {
  return told.explain.map((around) => around.map(text).join(quoted(run.ids[place]))).join(quoted(run.lanes[lane].spelling ?? run.lanes[lane].name));
}

function recordOf(part, [answer, plan, seconds], text, explain) {
  const found = part.answers[answer];
  const numbers = (found.numbers || []).map((number, index) => [NUMBERS[index], number]);
  return {
    ...found,
    detail: text(found.detail),
    notes: (found.notes || []).map(text),
    script: (found.script || []).map(text).join("\n"),
    traceback: (found.traceback || []).map(text).join("\n"),
    diagnosis: (found.diagnosis || []).map(text),
    plan: part.plans[plan].map(text),
    numbers: found.numbers ? Object.fromEntries(numbers) : null,
    seconds,
    explain,
  };
}

function assembled(part, index) {
  const [template, ...integers] = part.texts[index];
  return templates[template].reduce((text, piece, place) => text + integers[place - 1] + piece);
}

/** A word as a shell takes it. */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** What an element holds: JSON, compressed, in base64. */
function unpacked(element) {
  const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

/** A part of the page itself, or in the folder form a file beside it. */
function loaded(number) {
  const within = document.getElementById(`part-${number}`);
  if (within) return unpacked(within);
  return new Promise((resolve, reject) => {
    waiting.set(number, resolve);
    const script = document.createElement("script");
    script.src = `records/part-${number}.js`;
    script.addEventListener("error", () => reject(new Error(`records/part-${number}.js cannot be read`)));
    document.head.append(script);
  });
}

window.receivePart = (number, part) => waiting.get(number)?.(part);
