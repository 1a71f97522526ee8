// The page "Try it": what the reader chooses becomes a question, which Osteon answers in worker.mjs with curves and effects.
// An answer belongs to its question, and shows only while that is what the controls ask.
import uPlot from "./vendored/uplot/uPlot.esm.js";

const MANY = 24; // more panels than that hide what changes among what does not
const root = document.querySelector("#try");
const model = root.dataset.model;
const data = (name) => fetch(new URL(`${model}/${name}`, import.meta.url));
const expression = await (await data("expression.json")).json();
const control = [];

// Times in the model's unit, or names of features; what is null is as usual, or as on the other side.
const nothing = () => ({ condition: [], reference: control, doses: {}, at: null, reference_at: null, observable: null, reference_observable: null });
const state = { setting: expression.default_setting, ...nothing() };
const known = new Map(); // answers by the key of their question
let current = null; // key of what the controls ask
let worker = null;
let waiting = null; // what to ask next, while COPASI is busy
let shown = null; // the curves on the page, with the key of their question
let report = "";

/** Make an element: attributes by name, listeners by on..., children as text or elements. Text is never read as HTML. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const plain = (number, digits = 3) => (Number.isFinite(number) ? String(Number(number.toPrecision(digits))) : "–");
const told = (names) => names.join(" + ") || "control";
const sentence = (text) => text.replace(/\.$/, "");
const readout = () => state.at ?? expression.settings[state.setting].readout;
const beside = () => state.reference_at ?? readout();
const moment = (at) => (typeof at === "string" ? at : `${plain(at, 6)} ${expression.time_unit}`);
const named = (observable) => sentence(expression.observables[observable].meaning);

// ---- State and address: the part after # holds all that the reader chose ---------------------------------------------

function restore() {
  const given = new URLSearchParams(location.hash.slice(1));
  const names = (text) => (text ?? "").split("+").filter((name) => Object.hasOwn(expression.interventions, name));
  const setting = given.get("setting");
  if (Object.hasOwn(expression.settings, setting ?? "")) state.setting = setting;
  if (!given.size && expression.first) Object.assign(state, reportedState(expression.first));
  if (given.has("condition")) state.condition = names(given.get("condition"));
  if (given.has("reference")) state.reference = names(given.get("reference"));
  for (const side of ["at", "reference_at"]) if (given.has(side)) state[side] = instantOf(given.get(side));
  for (const side of ["observable", "reference_observable"]) {
    if (Object.hasOwn(expression.observables, given.get(side) ?? "")) state[side] = given.get(side);
  }
  if (state.reference_at !== null && sameMoment(readout(), state.reference_at)) state.reference_at = null;
  for (const part of given.getAll("dose")) {
    const [, name, target, number] = /^(\w+)\.(\w+):(\S+)$/.exec(part) ?? [];
    const bound = expression.interventions[name];
    const dose = bound?.doses.find((one) => one.target === target);
    if (dose && Number.isFinite(Number(number))) (state.doses[name] ??= {})[target] = Number(number);
  }
}

function instantOf(text) {
  if (Object.hasOwn(expression.features, text)) return text;
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
}

function remember() {
  const chosen = new URLSearchParams({ setting: state.setting, condition: told(state.condition).replaceAll(" ", "") });
  chosen.set("reference", told(state.reference).replaceAll(" ", ""));
  for (const [name, moved] of Object.entries(state.doses)) {
    if (!state.condition.includes(name)) continue;
    for (const [target, value] of Object.entries(moved)) chosen.append("dose", `${name}.${target}:${value}`);
  }
  for (const side of ["at", "reference_at", "observable", "reference_observable"]) if (state[side] !== null) chosen.set(side, state[side]);
  history.replaceState(null, "", `#${chosen}`);
}

// ---- Choosing -----------------------------------------------------------------------------------------------------------

const setting = make("select", { id: "setting", onchange: () => change(() => { state.setting = setting.value; state.at = state.reference_at = null; }) },
  ...Object.keys(expression.settings).map((name) => make("option", { value: name }, name)));
const reference = make("select", { id: "reference", onchange: () => change(() => { state.reference = reference.value ? reference.value.split("+") : []; }) });
const instant = instants("instant", readout, (at) => { state.at = at; });
const otherInstant = instants("reference-instant", beside, (at) => { state.reference_at = at; }, "as the condition", () => state.reference_at === null);
const reported = make("select", { id: "reported", onchange: takeReported },
  make("option", { value: "" }, "Choose one…"),
  ...expression.reported.map((one, index) => make("option", { value: index },
    `${one.claim}: ${told(one.condition)} against ${told(one.reference)}${one.at === one.reference_at ? "" : `, ${moment(one.at)} against ${moment(one.reference_at)}`}`)));
const statement = make("p", { class: "statement", hidden: true });
const search = make("input", { id: "search", type: "search", oninput: filterInterventions, autocomplete: "off" });
const status = make("p", { class: "status", role: "status" });
const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
const comparison = make("p", { class: "comparison", hidden: true });
const engine = make("p", { class: "engine" }, "Loading COPASI…");
const summary = make("p", { class: "summary" });
const onlyChanged = make("input", { type: "checkbox", id: "only-changed", checked: Object.keys(expression.observables).length > MANY, onchange: filterObservables });
const boxes = new Map();
const panels = new Map();
const rows = new Map();

/** Make the choice of an instant: a time, or a feature; `usual` names the choice of none, and `isUsual` says whether it holds. */
function instants(id, read, write, usual = null, isUsual = () => false) {
  const number = make("input", { id, type: "number", step: "any", inputmode: "decimal", "aria-label": `Time (${expression.time_unit})`,
    onchange: () => change(() => write(Number.isFinite(number.valueAsNumber) ? number.valueAsNumber : null)) });
  const choice = make("select", { id: `${id}-kind`, onchange: () => change(() => {
    const at = read();
    write(choice.value === "usual" ? null : choice.value === "time" ? (typeof at === "number" ? at : expression.settings[state.setting].readout) : choice.value);
  }) },
    usual ? make("option", { value: "usual" }, usual) : "",
    make("option", { value: "time" }, `at a time (${expression.time_unit})`),
    ...Object.entries(expression.features).map(([name, meaning]) => make("option", { value: name, title: meaning }, name)));
  const show = () => {
    const at = read();
    choice.value = isUsual() ? "usual" : typeof at === "string" ? at : "time";
    number.hidden = choice.value !== "time";
    number.value = typeof at === "number" ? at : "";
  };
  return { choice, number, show };
}

const sameNames = (some, others) => [...some].sort().join("+") === [...others].sort().join("+");
const sameMoment = (one, other) => one === other || Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one));

/** Say whether a report is what the controls ask; what a claim compares need not be asked. */
function isAsked(one, whole) {
  return !Object.keys(moved()).length && one.setting === state.setting
    && sameNames(one.condition, state.condition) && sameNames(one.reference, state.reference)
    && sameMoment(one.at, readout()) && sameMoment(one.reference_at, beside())
    && (!whole || (one.observable === state.observable && one.reference_observable === (state.reference_observable ?? state.observable)));
}

function takeReported() {
  const one = expression.reported[reported.value];
  if (!one) { showReported(); return; }
  change(() => Object.assign(state, reportedState(one)));
}

/** Return what was reported as the controls hold it. */
function reportedState({ setting, condition, reference, at, reference_at, observable, reference_observable }) {
  const other = sameMoment(at, reference_at) ? null : reference_at;
  return { ...nothing(), setting, condition: [...condition], reference: [...reference], at, reference_at: other, observable, reference_observable };
}

/** Keep the report that was chosen, as long as it is what the controls ask, with what its source says. */
function showReported() {
  const chosen = expression.reported[reported.value];
  const one = chosen && isAsked(chosen, true) ? chosen : state.observable && expression.reported.find((other) => isAsked(other, true));
  reported.value = one ? expression.reported.indexOf(one) : "";
  statement.hidden = !one;
  statement.textContent = one ? `${one.claim}, ${one.source}: ${one.statement}` : "";
}

function box(name) {
  const bound = expression.interventions[name];
  const input = make("input", { type: "checkbox", id: `do-${name}`, onchange: () => change(() => {
    state.condition = input.checked ? [...state.condition, name] : state.condition.filter((other) => other !== name);
    if (!input.checked) delete state.doses[name];
    const within = state.reference.every((other) => state.condition.includes(other));
    if (!within || state.reference.length === state.condition.length) state.reference = control;
  }) });
  const doses = make("div", { class: "doses", hidden: true }, ...bound.doses.map((dose) => slider(name, dose)));
  const item = make("li", {}, make("label", { for: input.id }, input, make("span", {}, sentence(bound.meaning), " ", make("code", {}, name))), doses);
  boxes.set(name, { input, doses, item, words: `${name} ${bound.meaning}`.toLowerCase() });
  return item;
}

function slider(name, dose) {
  const id = `dose-${name}-${dose.target}`;
  const label = `${dose.kind === "scale" ? "factor on " : ""}${sentence(dose.meaning)}${dose.unit ? ` (${dose.unit})` : ""}`;
  const move = (value) => change(() => { (state.doses[name] ??= {})[dose.target] = value; });
  const range = make("input", { type: "range", id, min: dose.low, max: dose.high, step: (dose.high - dose.low) / 200,
    oninput: () => move(Number(range.valueAsNumber.toPrecision(4))) });
  const number = make("input", { type: "number", step: "any", min: 0, "aria-label": `${label}, exact value`,
    onchange: () => number.valueAsNumber >= 0 && move(number.valueAsNumber) });
  const element = make("div", { class: "dose" }, make("label", { for: id }, label), range, number);
  element.show = () => {
    const value = state.doses[name]?.[dose.target] ?? dose.value;
    if (document.activeElement !== number) number.value = value;
    if (value > Number(range.max)) range.max = value;
    range.value = value;
  };
  return element;
}

/** Say whether an intervention means anything in the setting that is chosen. */
function meansSomething(name) {
  return expression.interventions[name].settings?.includes(state.setting) ?? true;
}

function filterInterventions() {
  const wanted = search.value.trim().toLowerCase();
  for (const [name, { item, input, words }] of boxes) item.hidden = !input.checked && !(meansSomething(name) && words.includes(wanted));
}

function build() {
  const kinds = { genotype: "Genotype: acts from birth, or from its onset", treatment: "Treatment" };
  const groups = Object.entries(kinds).map(([kind, title]) => {
    const names = Object.keys(expression.interventions).filter((name) => expression.interventions[name].kind === kind);
    return names.length ? make("fieldset", {}, make("legend", {}, title), make("ul", {}, ...names.map(box))) : "";
  });
  const field = (input, text, ...more) => make("div", { class: "field" }, make("label", { for: input.id }, text), input, ...more);
  const choices = make("form", { class: "choices", "aria-label": "Choose an experiment", onsubmit: (event) => event.preventDefault() },
    field(reported, "A reported experiment"), statement, field(setting, "Setting"),
    field(search, "Find an intervention"), make("div", { class: "interventions" }, ...groups),
    field(reference, "Compare with"),
    field(instant.choice, "Read the condition", instant.number), field(otherInstant.choice, "Read the reference", otherInstant.number),
    make("div", { class: "buttons" },
      make("button", { type: "button", onclick: copy }, "Copy link"),
      make("button", { type: "button", onclick: () => change(clear) }, "Clear")));
  const results = make("section", { class: "results", "aria-label": "What the model does" },
    engine, trouble, summary, comparison, status,
    make("label", { class: "toggle", for: onlyChanged.id }, onlyChanged, " Show only what changes"),
    make("div", { class: "panels" }, ...Object.keys(expression.observables).map(panel)),
    make("details", {}, make("summary", {}, "The numbers as a table"),
      make("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Numbers" }, table())));
  root.replaceChildren(choices, results);
}

function clear() {
  Object.assign(state, nothing());
}

async function copy(event) {
  const button = event.currentTarget;
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy link"; }, 2000);
}

// ---- Showing ------------------------------------------------------------------------------------------------------------

function panel(name) {
  const { meaning, unit } = expression.observables[name];
  const change = make("p", { class: "change" }, "–");
  const drawing = make("div", { class: "drawing", role: "img", "aria-label": `Course of ${sentence(meaning)}` });
  const element = make("article", { class: "panel" }, make("h3", {}, sentence(meaning)), change, drawing,
    make("p", { class: "unit" }, make("code", {}, name), ` ${unit}`));
  panels.set(name, { element, change, drawing, plot: null });
  return element;
}

function table() {
  const head = ["Observable", "Reference", "Condition", "Fold change", "Word"];
  const body = Object.keys(expression.observables).map((name) => {
    const cells = head.slice(1).map(() => make("td", {}));
    rows.set(name, cells);
    return make("tr", {}, make("th", { scope: "row" }, make("code", {}, name)), ...cells);
  });
  return make("table", {}, make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...body));
}

function colours() {
  const style = getComputedStyle(root);
  return Object.fromEntries(["ink", "quiet", "line", "condition", "reference"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function options(width, paint) {
  const axis = { stroke: paint.quiet, grid: { stroke: paint.line, width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
  return {
    width, height: 150, padding: [8, 8, 0, 0],
    legend: { show: false }, cursor: { show: false }, select: { show: false },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] } },
    axes: [{ ...axis, size: 24, space: 55 }, { ...axis, size: 44, space: 30, values: (_, ticks) => ticks.map((tick) => plain(tick, 3)) }],
    pxAlign: 0,
    series: [{}, { stroke: paint.reference, width: 2, dash: [5, 4], points: { show: false } }, { stroke: paint.condition, width: 2.5, points: { show: false } }],
    hooks: { draw: [(plot) => mark(plot, paint)] },
  };
}

function mark(plot, paint) {
  for (const at of new Set([readout(), beside()])) if (typeof at === "number") line(plot, paint, at);
}

function line(plot, paint, at) {
  const x = Math.round(plot.valToPos(at, "x", true));
  if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) return;
  plot.ctx.save();
  plot.ctx.strokeStyle = paint.quiet;
  plot.ctx.setLineDash([2, 3]);
  plot.ctx.beginPath();
  plot.ctx.moveTo(x, plot.bbox.top);
  plot.ctx.lineTo(x, plot.bbox.top + plot.bbox.height);
  plot.ctx.stroke();
  plot.ctx.restore();
}

function draw(name) {
  const shape = panels.get(name);
  if (!shown || shape.element.hidden) return;
  const [first, second] = aligned(shown.reference, shown.condition, name);
  const columns = [first.times, first.values, second];
  if (shape.plot) shape.plot.setData(columns);
  else shape.plot = new uPlot(options(shape.drawing.clientWidth || 260, colours()), columns, shape.drawing);
}

/** Put two courses on one axis of time: their windows may differ, their values stay as simulated. */
function aligned(reference, condition, name) {
  const all = [...new Set([...reference.times, ...condition.times])].sort((a, b) => a - b);
  const rests = expression.settings[state.setting].equilibrate; // until its first change, a course stays where it rested
  const on = (course) => {
    const at = new Map(course.times.map((time, index) => [time, course.values[name][index]]));
    return all.map((time) => rests && time < course.times[0] ? course.values[name][0] : at.get(time));
  };
  const filled = (values) => values.map((value, index) => {
    if (value !== undefined) return value;
    const before = values.findLastIndex((one, other) => other < index && one !== undefined);
    const after = values.findIndex((one, other) => other > index && one !== undefined);
    if (before < 0 || after < 0) return null; // the drawn line joins the neighbours, as it would without this time
    return values[before] + ((values[after] - values[before]) * (all[index] - all[before])) / (all[after] - all[before]);
  });
  return [{ times: all, values: filled(on(reference)) }, filled(on(condition))];
}

/** Show an answer, if its question is what the controls ask. */
function show(key, answer, precomputed) {
  if (key !== current) return;
  if (answer.clash) { fail(`These cannot be combined: ${answer.clash}.`); return; }
  if (answer.refused) { fail(`${answer.refused}.`); return; }
  if (answer.broken) { fail(`This run broke: ${answer.broken}`); return; }
  shown = { key, ...answer.curves };
  const counts = {};
  for (const name of Object.keys(expression.observables)) {
    const effect = answer.effects[name];
    const word = effect?.word ?? "undefined";
    counts[word] = (counts[word] ?? 0) + 1;
    const { element, change, drawing } = panels.get(name);
    element.dataset.still = !effect?.changes;
    const fold = effect?.fold_change;
    const noted = word === "no path" ? [make("strong", {}, word)] : [make("strong", {}, Number.isFinite(fold) && fold > 0 ? `×${plain(fold)}` : "no fold change"), ` ${word}`];
    change.replaceChildren(...noted);
    drawing.setAttribute("aria-label", `Course of ${named(name)}. ${told(state.condition)}, ${moment(readout())}: ${plain(effect?.value)}; ` +
      `${told(state.reference)}, ${moment(beside())}: ${plain(effect?.reference)}; ${word}.`);
    [effect?.reference, effect?.value, fold].forEach((value, index) => { rows.get(name)[index].textContent = plain(value, 6); rows.get(name)[index].dataset.value = value; });
    rows.get(name)[3].textContent = word;
  }
  delete root.dataset.empty;
  root.setAttribute("aria-busy", false);
  filterObservables();
  summary.replaceChildren(make("span", { class: "key condition" }), ` ${told(state.condition)} `, make("span", { class: "key reference" }), ` ${told(state.reference)}`);
  compare(answer.claim);
  const words = Object.entries(counts).sort(([, some], [, others]) => others - some).map(([word, number]) => `${number} ${word}`).join(", ");
  const dotted = typeof readout() === "number" || typeof beside() === "number" ? ", the dotted line" : "";
  const when = sameMoment(readout(), beside()) ? moment(readout()) : `${moment(readout())} against ${moment(beside())}`;
  status.textContent = `At ${when}${dotted}: ${words}.${precomputed ? " Computed in advance." : ""}`;
  root.dataset.shown = precomputed ? "precomputed" : "live";
  root.dataset.settled = location.hash; // what is on the page is what the address says
}

/** Say what a claim compares, and what it comes to. */
function compare(effect) {
  comparison.hidden = !state.observable;
  if (!state.observable) return;
  const other = state.reference_observable ?? state.observable;
  const one = (observable, names, at) => `${named(observable)}, ${told(names)}, ${moment(at)}`;
  comparison.replaceChildren("Compared here: ", one(state.observable, state.condition, readout()), "; with: ", one(other, state.reference, beside()), ": ",
    make("strong", {}, effect ? (effect.text === effect.word ? effect.word : `${effect.text}, ${effect.word}`) : "undefined"), ".");
  comparison.dataset.value = effect ? JSON.stringify([effect.value, effect.reference, effect.word]) : "";
}

/** Take everything off the page that belongs to another question. */
function clearResults() {
  shown = null;
  root.dataset.empty = "";
  summary.textContent = status.textContent = "";
  comparison.hidden = true;
  for (const [name, { change, drawing }] of panels) {
    change.textContent = "…";
    drawing.setAttribute("aria-label", `Course of ${named(name)}`);
    for (const cell of rows.get(name)) { cell.textContent = "…"; delete cell.dataset.value; }
  }
}

function filterObservables() {
  const still = ({ element }) => element.dataset.still === "true";
  const hides = onlyChanged.checked && ![...panels.values()].every(still); // where nothing changes, that is what to see
  for (const [name, shape] of panels) {
    shape.element.hidden = hides && still(shape);
    draw(name);
  }
}

function redraw() {
  for (const shape of panels.values()) { shape.plot?.destroy(); shape.plot = null; }
  for (const name of panels.keys()) draw(name);
}

// ---- Running ------------------------------------------------------------------------------------------------------------

function fail(message) {
  trouble.hidden = !message;
  trouble.textContent = message ?? "";
  root.dataset.shown = message ? "trouble" : "waiting";
  if (!message) return;
  clearResults();
  root.setAttribute("aria-busy", false);
  root.dataset.settled = location.hash;
}

/** Return the doses that the reader moved, of what is done. */
function moved() {
  const done = [...state.condition, ...state.reference].filter((name) => state.doses[name]);
  return Object.fromEntries(done.sort().map((name) => [name, state.doses[name]]));
}

/** Return what the controls ask; osteon.site.answers answers it. */
function asked() {
  return { setting: state.setting, condition: [...state.condition].sort(), reference: [...state.reference].sort(), at: readout(), reference_at: beside(),
    observable: state.observable, reference_observable: state.reference_observable, doses: moved() };
}

function update() {
  const question = asked();
  current = JSON.stringify(question);
  fail(null);
  waiting = null;
  if (known.has(current)) { show(current, known.get(current), false); return; }
  if (shown?.key !== current) clearResults();
  root.setAttribute("aria-busy", true);
  if (worker?.ready) { waiting = { key: current, question }; next(); } else precomputed(current);
}

function next() {
  if (worker.busy || !waiting) return;
  worker.busy = waiting.key;
  worker.postMessage(waiting);
  waiting = null;
}

async function precomputed(key) {
  const one = expression.reported.find((other) => isAsked(other, true)) ?? (!state.observable && expression.reported.find((other) => isAsked(other, false)));
  const answer = one && (await stored(one.answer));
  const sides = answer && (await Promise.all([stored(answer.curves.condition), stored(answer.curves.reference)]));
  if (worker?.ready || key !== current) return;
  if (sides?.every(Boolean)) show(key, { ...answer, curves: { condition: sides[0], reference: sides[1] } }, true);
  else fail(worker ? "COPASI is still loading; this combination shows as soon as it is ready." : `${report} Only reported experiments can be shown: choose one above.`);
}

async function stored(file) {
  const found = await data(file);
  return found.ok ? found.json() : null;
}

function start() {
  if (typeof WebAssembly !== "object" || !expression.wheel) {
    report = expression.wheel ? "This browser has no WebAssembly, so COPASI cannot run in it." : "This site was built without COPASI.";
    engine.textContent = report;
    return;
  }
  worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  worker.onmessage = ({ data: { ready, key, answer } }) => {
    if (ready) {
      worker.ready = true;
      engine.textContent = "COPASI is running in this page: every change is simulated at once.";
      root.dataset.engine = "ready";
      update();
      return;
    }
    if (!worker.ready) { stop(answer.broken); return; }
    worker.busy = null;
    known.set(key, answer);
    if (known.size > 400) known.delete(known.keys().next().value);
    next();
    show(key, answer, false);
  };
  worker.onerror = (event) => stop(event.message);
  worker.postMessage({ open: { model: new URL(`${model}/${model}.cps`, import.meta.url).href, expression: { ...expression, reported: [] }, wheel: expression.wheel, modules: expression.modules } });
}

function stop(reason) {
  worker = null;
  report = `COPASI could not start in this browser${reason ? ` (${reason})` : ""}.`;
  engine.textContent = report;
  root.dataset.engine = "absent";
  update();
}

function change(act) {
  act();
  reflect();
  remember();
  update();
}

function reflect() {
  setting.value = state.setting;
  instant.show();
  otherInstant.show();
  showReported();
  for (const [name, { input, doses }] of boxes) {
    input.checked = state.condition.includes(name);
    doses.hidden = !input.checked;
    for (const one of doses.children) one.show();
  }
  const subsets = [control, ...(state.condition.length > 1 ? state.condition.flatMap((name) => [[name], state.condition.filter((other) => other !== name)]) : [])];
  const values = new Map([...subsets, state.reference].map((names) => [[...names].sort().join("+"), names]));
  reference.replaceChildren(...[...values].map(([value, names]) => make("option", { value }, told(names))));
  reference.value = [...state.reference].sort().join("+");
  filterInterventions();
}

restore();
build();
reflect();
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
new ResizeObserver(() => panels.forEach(({ plot, drawing }) => plot && drawing.clientWidth && plot.setSize({ width: drawing.clientWidth, height: 150 }))).observe(root);
addEventListener("hashchange", () => { Object.assign(state, nothing()); restore(); reflect(); update(); });
remember();
start();
update();
