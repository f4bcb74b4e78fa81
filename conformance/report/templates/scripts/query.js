// Queries: words of the id, and KEY:VALUE terms. A row is shown when its trial meets all terms about trials, and one
// of its records, in the lanes that are asked for, meets all terms about records.

const ALIASES = new Map([
  ["strides", "stride"], ["dilations", "dilation"], ["k", "K"], ["expect", "expects"],
  ["flags", "flag"], ["worst", "error"],
]);
const RECORD_KEYS = new Set(["outcome", "standing", "said", "flag", "error"]);
const SAID = { n: "native", c: "composed", "-": "" };

/** Terms of a query; `problem` says which of them means nothing. */
function parsed(text) {
  const query = { words: [], trial: [], record: [], lanes: [], problem: "" };
  for (const [, negated, key, doubled, plain] of text.matchAll(/(-?)(?:([A-Za-z_]+):)?(?:"([^"]*)"|(\S+))/g)) {
    const value = doubled ?? plain;
    if (/^\w+:$/.test(value)) continue; // a term that is still being written
    if (!key) {
      query.words.push({ negated: Boolean(negated), word: value.toLowerCase() });
      continue;
    }
    const name = ALIASES.get(key.toLowerCase()) ?? (fields.has(key) ? key : key.toLowerCase());
    const term = { key: name, negated: Boolean(negated), test: tested(value) };
    if (name === "lane") query.lanes.push(term);
    else if (RECORD_KEYS.has(name)) query.record.push(term);
    else if (fields.has(name) || name === "seconds") query.trial.push(term);
    else query.problem = `There is no “${key}:”. There are lane, ${[...RECORD_KEYS, ...fields.keys()].join(", ")}, seconds.`;
  }
  return query;
}

/** What a value asks for: a comparison with a number, or one of several texts. */
function tested(value) {
  const compared = /^(>=|<=|>|<)(-?[\d.]+(?:e-?\d+)?)$/i.exec(value);
  if (compared) {
    const [, sign, digits] = compared;
    const limit = Number(digits);
    const holds = { ">": (n) => n > limit, ">=": (n) => n >= limit, "<": (n) => n < limit, "<=": (n) => n <= limit }[sign];
    return (text, numbers) => numbers.some(holds);
  }
  const tests = value.split(",").map(alternative);
  return (text, numbers) => tests.some((test) => test(text.toLowerCase(), numbers));
}

/** Equal, or the beginning up to the end of a word: `refusal` for `refusal: rank`, `torch` for `torch:compile`. */
function alternative(value) {
  const wanted = value.toLowerCase().replace(/^=/, "");
  if (value.startsWith("=")) return (text) => text === wanted;
  if (wanted.includes("*")) {
    const pieces = wanted.split("*");
    return (text) => matchesPieces(pieces, text);
  }
  const number = wanted === "" ? NaN : Number(wanted);
  const ends = (text) => text.startsWith(wanted) && !/[a-z0-9_]/.test(text.charAt(wanted.length) || " ");
  return (text, numbers) => text === wanted || ends(text) || numbers.includes(number);
}

/** Whether the text is the pieces in their order with any text between them. Not by a regular expression, whose time
 * grows exponentially with the number of pieces. */
function matchesPieces([first, ...others], text) {
  const last = others.pop();
  let start = first.length;
  const end = text.length - last.length;
  if (start > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const piece of others) {
    const found = text.indexOf(piece, start);
    if (found < 0 || found + piece.length > end) return false;
    start = found + piece.length;
  }
  return true;
}

/** The lanes that the query asks for, all of them where it names none. */
function lanesOf(query) {
  const all = run.lanes.map((_, lane) => lane);
  return all.filter((lane) => query.lanes.every((term) => term.test(run.lanes[lane].name, []) !== term.negated));
}

/** The places of the rows that the query shows. */
function matching(query, lanes) {
  if (query.problem) return [];
  const trialTests = query.trial.map(rowTest);
  const recordTests = query.record.map(recordTest);
  const found = [];
  for (let place = 0; place < run.ids.length; place += 1) {
    if (!trialTests.every((test) => test(place))) continue;
    if (query.words.length && !hasWords(query.words, place)) continue;
    if (recordTests.length && !lanes.some((lane) => recordTests.every((test) => test(lane, place)))) continue;
    found.push(place);
  }
  return found;
}

const lowered = run.ids.map((id) => id.toLowerCase());

function hasWords(words, place) {
  return words.every(({ negated, word }) => lowered[place].includes(word) !== negated);
}

/** A field's values are tested once each, and rows by the number of their value. */
function rowTest(term) {
  if (term.key === "seconds") return (place) => term.test("", [run.seconds[place]]) !== term.negated;
  const field = fields.get(term.key);
  const verdicts = field.values.map((value, index) => term.test(value, field.numbers[index]) !== term.negated);
  return (place) => verdicts[field.rows[place]];
}

function recordTest(term) {
  const asked = (lane, place) => run.lanes[lane].outcomes[place] !== "-";
  if (term.key === "flag") {
    const flagged = run.lanes.map((lane) => {
      const hits = Object.keys(lane.flags).filter((flag) => term.test(flag, []));
      return new Set(hits.flatMap((flag) => lane.flags[flag]));
    });
    return (lane, place) => asked(lane, place) && flagged[lane].has(place) !== term.negated;
  }
  if (term.key === "error") {
    return (lane, place) => {
      const error = run.lanes[lane].errors[place];
      return error >= 0 && term.test("", [error]) !== term.negated;
    };
  }
  return letterTest(term, asked);
}

function letterTest(term, asked) {
  const column = { outcome: "outcomes", standing: "standings", said: "said" }[term.key];
  const named = { outcomes: run.outcomes, standings: run.standings };
  const text = (letter) => (column === "said" ? SAID[letter] : named[column][letter.charCodeAt(0) - 97] ?? "");
  const verdicts = new Map();
  return (lane, place) => {
    const letter = run.lanes[lane][column][place];
    if (!verdicts.has(letter)) verdicts.set(letter, term.test(text(letter), []) !== term.negated);
    return asked(lane, place) && verdicts.get(letter);
  };
}

/** The query with its terms of one key replaced; an empty value removes them. */
function withTerm(text, key, value) {
  const others = text.replaceAll(new RegExp(`(^|\\s)-?${key}:(?:"[^"]*"|\\S+)`, "g"), " ");
  const term = value ? ` ${key}:${/[\s"]/.test(value) ? `"${value}"` : value}` : "";
  return `${others.trim().replaceAll(/\s+/g, " ")}${term}`.trim();
}

/** The value that the query asks of one key, where it asks for just one. */
function termOf(text, key) {
  const found = [...text.matchAll(new RegExp(`(?:^|\\s)${key}:(?:"([^"]*)"|(\\S+))`, "g"))];
  return found.length === 1 ? found[0][1] ?? found[0][2] : "";
}
