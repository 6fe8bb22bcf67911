// The page asks the simulator, and draws nothing and counts nothing by itself.
"use strict";

const form = document.getElementById("form");
const results = document.getElementById("results");
const preset = document.getElementById("preset");
const fields = [...form.elements].filter((element) => element.name);
const LINE = (series) => `<line class="line ${series}" x1="1" y1="5" x2="17" y2="5"/>`;
const AREA = (series) => `<rect class="${series}" width="18" height="10"/>`;
const OUTAGE = ["outage", AREA("shade")];
// Each with its title, and the names of its curves; times are in seconds.
const CHARTS = [
  ["load", "Load, requests a second", ["requests", AREA("area t0") + LINE("s0")], ["good answers", LINE("s1")],
    ["capacity, offered", LINE("rule")], OUTAGE],
  ["success", "Success rate, of the calls that end", ["good answers", LINE("s1")], OUTAGE],
  ["times", "Time of the calls that succeed", ["99 %", LINE("s2")], ["median", LINE("s0")], OUTAGE],
  ["pauses", "Pause after each failed attempt", ["shortest to longest", AREA("area t0")], ["median", LINE("s0")]],
];
const IDLE = 350; // milliseconds from a change to its run

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The state of the page is the text of its link: all settings that are not empty.

function state() {
  const pairs = fields.filter((field) => !field.disabled && field.value.trim() !== "");
  return new URLSearchParams(pairs.map((field) => [field.name, field.value]));
}

function restore(text) {
  const wanted = new URLSearchParams(text);
  if (wanted.has("outage.start") && !wanted.has("outage.kind")) wanted.set("outage.kind", "down");
  for (const field of fields) {
    const value = wanted.get(field.name) ?? "";
    field.value = value;
    if (field.value !== value && field instanceof HTMLSelectElement) {
      field.add(new Option(value)); // the simulator says what is wrong with it
      field.value = value;
    }
    if (field instanceof HTMLSelectElement && value === "") field.selectedIndex = 0;
    wanted.delete(field.name);
  }
  enable();
  return [...wanted.keys()];
}

/** Only the settings of this kind of outage can be written. */
function enable() {
  const kind = form.elements["outage.kind"].value;
  const isKnown = ["", "down", "hang", "slow", "errors"].includes(kind);
  for (const field of fields) {
    if (field.dataset.kinds) field.disabled = isKnown && !field.dataset.kinds.split(" ").includes(kind);
  }
}

// Mistakes stand beside the fields that are wrong.

function show(mistakes) {
  for (const old of form.querySelectorAll("span.mistake")) old.remove();
  for (const field of fields) {
    field.removeAttribute("aria-invalid");
    if (field.tagName === "TEXTAREA") field.setAttribute("aria-describedby", "hint");
    else field.removeAttribute("aria-describedby");
  }
  const general = document.getElementById("general");
  general.textContent = "";
  for (const { field: name, message } of mistakes) {
    const field = fields.find((field) => field.name === name) ??
      fields.find((field) => field.name.startsWith(name + "."));
    if (!field || name === "") {
      general.append(message, " ");
      continue;
    }
    const id = "mistake-" + field.name;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    const place = field.closest("label") ?? field;
    place.insertAdjacentElement("afterend", element("span", { class: "mistake", id }, message));
  }
  general.hidden = general.textContent === "";
}

function label(name) {
  const sides = { a: "Policy A", b: "Policy B" };
  return sides[name.split(".")[0]] ?? name;
}

function say(...lines) {
  const status = document.getElementById("status");
  status.replaceChildren(...lines.map((line) => element("p", {}, line)));
}

// A run.

let asked = null;
let timer = 0;

function soon() {
  clearTimeout(timer);
  timer = setTimeout(run, IDLE);
}

async function run(ignored = []) {
  clearTimeout(timer);
  asked?.abort();
  asked = new AbortController();
  const query = state();
  history.replaceState(null, "", "#" + query);
  query.set("width", width());
  results.setAttribute("aria-busy", "true");
  try {
    const response = await fetch("run?" + query, { signal: asked.signal });
    const isJson = response.headers.get("Content-Type").startsWith("application/json");
    const answer = isJson ? await response.json() : [{ field: "", message: await response.text() }];
    const unknown = ignored.map((name) => ({
      field: "",
      message: `The link has \`${name}\`, which is no setting of this page.`,
    }));
    show(response.ok ? unknown : [...unknown, ...answer]);
    results.classList.toggle("stale", !response.ok);
    if (response.ok) draw(answer);
    else say(...answer.map(({ field, message }) => `${label(field)}: ${message}`));
    results.setAttribute("aria-busy", "false");
  } catch (error) {
    if (error.name === "AbortError") return;
    const command = "cargo run --release -p persevere-simulator -- serve";
    const message = `The workbench does not answer; start it again: ${command}`;
    results.classList.add("stale");
    show([{ field: "", message }]);
    say(message);
    results.setAttribute("aria-busy", "false");
  }
}

// What it shows.

const charts = document.getElementById("charts");
for (const [id, title, ...keys] of CHARTS) {
  const names = element("span", { class: "keys" });
  for (const [name, drawing] of keys) {
    const key = element("span");
    key.innerHTML = `<svg width="18" height="10" aria-hidden="true">${drawing}</svg>`;
    key.append(name);
    names.append(key);
  }
  const pair = element("div", { class: "pair" });
  for (const side of ["a", "b"]) {
    pair.append(element("figure", { id: `${id}-${side}` }, element("figcaption"), element("div", { class: "plot" })));
  }
  charts.append(element("section", { "aria-label": title }, element("h2", {}, title, names), pair));
}

function width() {
  return Math.floor(charts.querySelector(".plot").clientWidth);
}

function draw({ sides, figures, command }) {
  results.classList.remove("empty");
  say(...sides.map(({ name, sentence }) => `${name}: ${sentence}.`));
  document.getElementById("figures").replaceChildren(table(figures, "figures"));
  sides.forEach((side, index) => {
    for (const [id] of CHARTS) {
      const figure = document.getElementById(`${id}-${"ab"[index]}`);
      figure.querySelector("figcaption").textContent = side.name;
      figure.querySelector(".plot").innerHTML = side.charts[id]; // texts in it are escaped
    }
    const pauses = document.getElementById(`pauses-${"ab"[index]}`);
    const rows = [["after", "shortest", "median", "longest", "longest, in all"], ...side.schedule.rows];
    const wasOpen = pauses.querySelector("details")?.open ?? false;
    pauses.querySelector("details")?.remove();
    const summary = `${rows.length - 1} pauses, ${side.schedule.end}`;
    const details = element("details", {}, element("summary", {}, summary), table(rows, "schedule"));
    details.open = wasOpen;
    pauses.append(details);
  });
  document.getElementById("command").textContent = command;
  document.getElementById("files").replaceChildren(...sides.map(file));
}

function table(rows, name) {
  const cell = (kind, scope) => (text, index) => {
    const isName = index === 0;
    const made = element(isName ? "th" : kind, {}, text.trim());
    if (isName || kind === "th") made.scope = isName && scope === "row" ? "row" : "col";
    if (text.startsWith("  ")) made.className = "part";
    return made;
  };
  const [head, ...body] = rows;
  const lines = body.map((row) => element("tr", {}, ...row.map(cell("td", "row"))));
  return element("table", { class: name },
    element("thead", {}, element("tr", {}, ...head.map(cell("th", "col")))), element("tbody", {}, ...lines));
}

function file({ file, toml }) {
  const id = "file-" + file.replace(".", "-");
  const button = element("button", { type: "button", "data-copy": id }, "Copy");
  return element("div", {}, element("h3", {}, file),
    element("div", { class: "copy" }, element("pre", { id, tabindex: "0" }, toml), button));
}

// What users do.

async function copy(button, text) {
  const name = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Copy by hand";
  }
  setTimeout(() => { button.textContent = name; }, 1500);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.addEventListener("input", (event) => {
  if (event.target === preset) return;
  preset.value = "";
  enable();
  soon();
});
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});
form.addEventListener("click", (event) => {
  const { target } = event;
  if (target.id === "link") copy(target, location.href);
  if (target.dataset.copy) copy(target, document.getElementById(target.dataset.copy).textContent);
});
preset.addEventListener("change", () => {
  if (preset.value !== "") run(restore(preset.value));
});
addEventListener("hashchange", () => run(restore(location.hash.slice(1))));

let drawn = 0;
new ResizeObserver(() => {
  if (drawn !== 0 && Math.abs(width() - drawn) > 4) soon();
  drawn = width();
}).observe(charts);

(async () => {
  const presets = await (await fetch("presets")).json();
  for (const { name, state } of presets) preset.add(new Option(name, state));
  const link = location.hash.slice(1);
  if (link === "") preset.selectedIndex = 1;
  run(restore(link || preset.value));
})();
