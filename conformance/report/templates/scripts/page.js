// Which view is shown follows from the address; keys and the theme work in all of them.

const views = [...document.querySelectorAll("main > .view")];
const THEMES = ["auto", "light", "dark"];

function route() {
  const hash = location.hash.slice(1);
  const [kind, ...rest] = hash.split("/");
  if (kind === "trial" || kind === "record") {
    const [id, lane] = rest.map(decodeURIComponent).reverse();
    show("trial");
    showTrial(id, lane).then(() => window.scrollTo(0, 0));
  } else if (hash.startsWith("matrix")) {
    openMatrix(new URLSearchParams(hash.split("?")[1] ?? ""));
  } else {
    openSection(hash);
  }
}

function openMatrix(asked) {
  show("matrix");
  window.scrollTo(0, 0);
  const text = asked.get("q") ?? (asked.has("at") ? search.value : "");
  search.value = text;
  showMatrix(text);
  syncSelects(text);
  if (asked.has("at")) reveal(asked.get("at"));
}

function openSection(id) {
  const target = document.getElementById(id);
  const own = target?.closest("main > .view") ?? views[0];
  show(own.id);
  if (target && target !== own) target.scrollIntoView();
  else window.scrollTo(0, 0);
}

function show(id) {
  for (const section of views) section.classList.toggle("current", section.id === id);
  for (const link of document.querySelectorAll(".tabs a")) {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** The system's colours, or one's own choice, which a browser may forget for pages from disk. */
function prepareTheme() {
  const button = document.getElementById("theme");
  let theme = remembered();
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = { auto: "◐ auto", light: "☀ light", dark: "☾ dark" }[theme];
    button.setAttribute("aria-label", `Colours: ${theme}. Change`);
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try {
      localStorage.setItem("conformance-theme", theme);
    } catch {
      // Then it holds for this page alone.
    }
    apply();
  });
  apply();
}

function remembered() {
  try {
    const theme = localStorage.getItem("conformance-theme");
    return THEMES.includes(theme) ? theme : "auto";
  } catch {
    return "auto";
  }
}

const KEYS = {
  j: () => moveTo(view.active + 1), ArrowDown: () => moveTo(view.active + 1),
  k: () => moveTo(view.active - 1), ArrowUp: () => moveTo(view.active - 1),
  l: () => moveColumn(1), ArrowRight: () => moveColumn(1),
  h: () => moveColumn(-1), ArrowLeft: () => moveColumn(-1),
  PageDown: () => moveTo(view.active + 15), PageUp: () => moveTo(view.active - 15),
  Home: () => moveTo(0), End: () => moveTo(view.items.length - 1), Enter: openActive,
};

/** Keys that lead from the search into the rows. */
const FROM_SEARCH = new Set(["ArrowDown", "Enter"]);

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea");
  const inMatrix = document.getElementById("matrix").classList.contains("current");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    if (!inMatrix) {
      history.pushState(null, "", "#matrix");
      route();
    }
    search.focus();
  } else if (event.key === "Escape") {
    escape(typing);
  } else if (inMatrix && KEYS[event.key] && (!typing || (typing === search && FROM_SEARCH.has(event.key)))) {
    if (event.key === "Enter" && event.target.closest("a, button")) return;
    event.preventDefault();
    grid.focus({ preventScroll: true });
    KEYS[event.key]();
  }
}

/** In the matrix the search and the filters are emptied together; elsewhere the page before comes back. */
function escape(typing) {
  if (typing) typing.blur();
  if (document.getElementById("matrix").classList.contains("current") && search.value) {
    search.value = "";
    filtered("");
  } else if (!typing && document.getElementById("trial").classList.contains("current")) {
    history.length > 1 ? history.back() : (location.hash = "matrix");
  }
}

/** What may be wider than the screen can be reached by keys, and a plot is one picture with its caption as its name. */
function prepareFigures() {
  for (const wide of document.querySelectorAll(".scroll, .plots.wide figure")) {
    wide.tabIndex = 0;
    if (wide.matches(".scroll")) wide.setAttribute("role", "group");
  }
  for (const plot of document.querySelectorAll(".plots svg")) {
    for (const part of plot.querySelectorAll("[role], [aria-label], [aria-roledescription]")) {
      for (const name of ["role", "aria-label", "aria-roledescription"]) part.removeAttribute(name);
    }
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", plot.closest("figure")?.querySelector("figcaption")?.textContent ?? "plot");
  }
}

document.documentElement.classList.add("scripted");
prepareTheme();
prepareFigures();
prepareMatrix();
window.addEventListener("hashchange", route);
document.addEventListener("keydown", onKey);
route();
