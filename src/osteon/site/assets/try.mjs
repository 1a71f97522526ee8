// The page "Try it": what the reader chooses becomes a schedule, a schedule becomes curves and fold changes.
import uPlot from "./vendored/uplot/uPlot.esm.js";
import { Clash, contrast, schedule, times, valueAt } from "./schedule.mjs";

const POINTS = 101;
const MANY = 24; // more panels than that hide what changes among what does not
const root = document.querySelector("#try");
const model = root.dataset.model;
const data = (name) => fetch(new URL(`${model}/${name}`, import.meta.url));
const expression = await (await data("expression.json")).json();
const control = [];

const state = { setting: expression.default_setting, condition: [], reference: control, doses: {}, at: null };
const known = new Map(); // courses by what was asked
let worker = null;
let waiting = null; // what to run next, while COPASI is busy
let shown = null;
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

// ---- State and address: the part after # holds all that the reader chose ---------------------------------------------

function restore() {
  const given = new URLSearchParams(location.hash.slice(1));
  const names = (text) => (text ?? "").split("+").filter((name) => Object.hasOwn(expression.interventions, name));
  const setting = given.get("setting");
  if (Object.hasOwn(expression.settings, setting ?? "")) state.setting = setting;
  if (!given.size && expression.first) Object.assign(state, structuredClone(expression.first));
  if (given.has("condition")) state.condition = names(given.get("condition"));
  if (given.has("reference")) state.reference = names(given.get("reference"));
  const at = Number(given.get("at"));
  if (given.has("at") && Number.isFinite(at) && at >= 0) state.at = at;
  for (const part of given.getAll("dose")) {
    const [, name, target, number] = /^(\w+)\.(\w+):(\S+)$/.exec(part) ?? [];
    const bound = expression.interventions[name];
    const dose = bound?.doses.find((one) => one.target === target);
    if (dose && Number.isFinite(Number(number))) (state.doses[name] ??= {})[target] = Number(number);
  }
}

function remember() {
  const chosen = new URLSearchParams({ setting: state.setting, condition: told(state.condition).replaceAll(" ", "") });
  chosen.set("reference", told(state.reference).replaceAll(" ", ""));
  for (const [name, moved] of Object.entries(state.doses)) {
    if (!state.condition.includes(name)) continue;
    for (const [target, value] of Object.entries(moved)) chosen.append("dose", `${name}.${target}:${value}`);
  }
  if (state.at !== null) chosen.set("at", state.at);
  history.replaceState(null, "", `#${chosen}`);
}

// ---- Choosing -----------------------------------------------------------------------------------------------------------

const setting = make("select", { id: "setting", onchange: () => change(() => { state.setting = setting.value; state.at = null; }) },
  ...Object.keys(expression.settings).map((name) => make("option", { value: name }, name)));
const reference = make("select", { id: "reference", onchange: () => change(() => { state.reference = reference.value ? reference.value.split("+") : []; }) });
const instant = make("input", { id: "instant", type: "number", min: 0, step: "any", inputmode: "decimal",
  onchange: () => change(() => { state.at = instant.value === "" || !(instant.valueAsNumber >= 0) ? null : instant.valueAsNumber; }) });
const reported = make("select", { id: "reported", onchange: takeReported },
  make("option", { value: "" }, "Choose one…"),
  ...expression.reported.map((one, index) => make("option", { value: index },
    `${one.claim}: ${told(one.condition)} against ${told(one.reference)}`)));
const statement = make("p", { class: "statement", hidden: true });
const search = make("input", { id: "search", type: "search", oninput: filterInterventions, autocomplete: "off" });
const status = make("p", { class: "status", role: "status" });
const trouble = make("p", { class: "trouble", role: "alert", hidden: true });
const engine = make("p", { class: "engine" }, "Loading COPASI…");
const summary = make("p", { class: "summary" });
const onlyChanged = make("input", { type: "checkbox", id: "only-changed", checked: Object.keys(expression.observables).length > MANY, onchange: filterObservables });
const boxes = new Map();
const panels = new Map();
const rows = new Map();

function takeReported() {
  const one = expression.reported[reported.value];
  statement.hidden = !one;
  if (!one) return;
  statement.textContent = `${one.claim}, ${one.source}: ${one.statement}`;
  change(() => Object.assign(state, { setting: one.setting, condition: [...one.condition], reference: [...one.reference], doses: {}, at: one.at }));
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

function filterInterventions() {
  const wanted = search.value.trim().toLowerCase();
  for (const { item, input, words } of boxes.values()) item.hidden = !input.checked && !words.includes(wanted);
}

function build() {
  const kinds = { genotype: "Genotype: acts from birth", treatment: "Treatment" };
  const groups = Object.entries(kinds).map(([kind, title]) => {
    const names = Object.keys(expression.interventions).filter((name) => expression.interventions[name].kind === kind);
    return names.length ? make("fieldset", {}, make("legend", {}, title), make("ul", {}, ...names.map(box))) : "";
  });
  const field = (input, text) => make("div", { class: "field" }, make("label", { for: input.id }, text), input);
  const choices = make("form", { class: "choices", "aria-label": "Choose an experiment", onsubmit: (event) => event.preventDefault() },
    field(reported, "A reported experiment"), statement, field(setting, "Setting"),
    field(search, "Find an intervention"), make("div", { class: "interventions" }, ...groups),
    field(reference, "Compare with"), field(instant, `Read at (${expression.time_unit})`),
    make("div", { class: "buttons" },
      make("button", { type: "button", onclick: copy }, "Copy link"),
      make("button", { type: "button", onclick: () => change(clear) }, "Clear")));
  const results = make("section", { class: "results", "aria-label": "What the model does" },
    engine, trouble, summary, status,
    make("label", { class: "toggle", for: onlyChanged.id }, onlyChanged, " Show only what changes"),
    make("div", { class: "panels" }, ...Object.keys(expression.observables).map(panel)),
    make("details", {}, make("summary", {}, "The numbers as a table"),
      make("div", { class: "scroll", role: "region", tabindex: 0, "aria-label": "Numbers" }, table())));
  root.replaceChildren(choices, results);
}

function clear() {
  Object.assign(state, { condition: [], reference: control, doses: {}, at: null });
  reported.value = "";
  statement.hidden = true;
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
  const x = Math.round(plot.valToPos(readout(), "x", true));
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

function show(condition, reference, precomputed) {
  shown = { condition, reference };
  const at = readout();
  const counts = {};
  for (const name of Object.keys(expression.observables)) {
    const values = [valueAt(condition, name, at), valueAt(reference, name, at)];
    const { fold, word } = contrast(expression, ...values);
    counts[word] = (counts[word] ?? 0) + 1;
    const { element, change, drawing } = panels.get(name);
    element.dataset.word = word;
    change.replaceChildren(make("strong", {}, Number.isFinite(fold) ? `×${plain(fold)}` : "no fold change"), ` ${word}`);
    drawing.setAttribute("aria-label", `Course of ${sentence(expression.observables[name].meaning)}. At ${plain(at)} ${expression.time_unit}: ` +
      `${plain(values[0])} under ${told(state.condition)}, ${plain(values[1])} under ${told(state.reference)}; ${word}.`);
    [values[1], values[0], fold].forEach((value, index) => { rows.get(name)[index].textContent = plain(value, 6); rows.get(name)[index].dataset.value = value; });
    rows.get(name)[3].textContent = word;
  }
  filterObservables();
  const order = ["increase", "decrease", "abolished", "unchanged", "hardly changed", "undefined"].filter((word) => counts[word]);
  const words = order.map((word) => `${counts[word]} ${word}`).join(", ");
  summary.replaceChildren(make("span", { class: "key condition" }), ` ${told(state.condition)} `, make("span", { class: "key reference" }), ` ${told(state.reference)}`);
  status.textContent = `At ${plain(at)} ${expression.time_unit}, the dotted line: ${words}.${precomputed ? " Computed in advance." : ""}`;
  root.dataset.shown = precomputed ? "precomputed" : "live";
  root.dataset.settled = location.hash; // what is on the page is what the address says
}

function filterObservables() {
  const still = ({ element }) => ["unchanged", "undefined"].includes(element.dataset.word);
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
  root.dataset.settled = location.hash;
}

function asked(names) {
  const chosen = [...names].sort();
  const at = readout();
  const until = Math.max(expression.settings[state.setting].horizon, at);
  const doses = Object.fromEntries(chosen.filter((name) => state.doses[name]).map((name) => [name, state.doses[name]]));
  const laidOut = schedule(expression, chosen, state.setting, doses, until);
  return { key: JSON.stringify([state.setting, chosen, doses, at]), names: chosen, moved: Object.keys(doses).length > 0,
    schedule: laidOut, times: times(laidOut, POINTS, at) };
}

async function update() {
  let wanted;
  try {
    wanted = [asked(state.condition), asked(state.reference)];
  } catch (error) {
    if (!(error instanceof Clash)) throw error;
    fail(`These cannot be combined: ${error.message}.`);
    return;
  }
  fail(null);
  const missing = wanted.filter((one) => !known.has(one.key));
  if (!missing.length) {
    show(known.get(wanted[0].key), known.get(wanted[1].key), false);
    return;
  }
  if (worker?.ready) { waiting = missing[0]; next(); } else await precomputed(wanted);
}

function next() {
  if (worker.busy || !waiting) return;
  worker.busy = waiting;
  waiting = null;
  worker.postMessage({ id: worker.busy.key, schedule: worker.busy.schedule, times: worker.busy.times });
}

async function precomputed(wanted) {
  const found = await Promise.all(wanted.map((one) => one.moved ? null : stored(state.setting, one.names)));
  if (worker?.ready) return;
  if (found.every(Boolean) && found.every((course) => !Number.isNaN(valueAt(course, Object.keys(expression.observables)[0], readout())))) {
    show(found[0], found[1], true);
  } else {
    fail(worker ? "COPASI is still loading; this combination shows as soon as it is ready." : `${report} Only reported experiments can be shown: choose one above.`);
  }
}

async function stored(place, names) {
  const file = expression.computed[`${place}:${names.join("+")}`];
  const answer = file && (await data(file));
  return answer?.ok ? answer.json() : null;
}

function start() {
  if (typeof WebAssembly !== "object" || !expression.wheel) {
    report = expression.wheel ? "This browser has no WebAssembly, so COPASI cannot run in it." : "This site was built without COPASI.";
    engine.textContent = report;
    return;
  }
  worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  worker.onmessage = ({ data: answer }) => {
    if (answer.ready) {
      worker.ready = true;
      engine.textContent = "COPASI is running in this page: every change is simulated at once.";
      root.dataset.engine = "ready";
      update();
      return;
    }
    const { id, broken, ...course } = answer;
    if (!worker.ready) { stop(broken); return; }
    worker.busy = null;
    if (broken) fail(`This run broke: ${broken}`);
    else { known.set(id, course); if (known.size > 400) known.delete(known.keys().next().value); }
    if (waiting) next();
    else if (!broken) update();
  };
  worker.onerror = (event) => stop(event.message);
  worker.postMessage({ open: { model: new URL(`${model}/${model}.cps`, import.meta.url).href, expression, wheel: expression.wheel } });
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
  instant.value = readout();
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
addEventListener("hashchange", () => { Object.assign(state, { condition: [], reference: control, doses: {}, at: null }); restore(); reflect(); update(); });
remember();
start();
await update();
