// Uses the page "Try it" as a reader would: chooses, combines, moves a dose, follows the link; prints what it showed as JSON.
// With "delayed" the worker hears of every question so many milliseconds late, steps do not wait, and all that shows meanwhile is kept.
// usage: node try.mjs CHROMIUM URL '{"steps": [...], "follow": true, "webassembly": true, "delayed": 0}'
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [executablePath, url, text] = process.argv.slice(2);
const wanted = { delayed: 0, steps: [], follow: false, webassembly: true, width: 1280, dark: false, ...JSON.parse(text) };
const { origin } = new URL(url);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: { width: wanted.width, height: 900 }, colorScheme: wanted.dark ? "dark" : "light" });
context.setDefaultTimeout(240000); // what is slow on a busy machine is no fault of the page
const found = { messages: [], outside: [], states: [], violations: [] };
await context.route((address) => address.origin !== origin && address.protocol.startsWith("http"), (route) => {
  found.outside.push(route.request().url());
  return route.abort();
});
if (!wanted.webassembly) await context.addInitScript(() => { delete globalThis.WebAssembly; });

if (wanted.delayed) await context.addInitScript((delay) => {
  const Real = globalThis.Worker;
  globalThis.Worker = class extends Real {
    postMessage(message) {
      if (message.question && globalThis.late) setTimeout(() => super.postMessage(message), delay);
      else super.postMessage(message);
    }
  };
}, wanted.delayed);

async function opened(address) {
  const page = await context.newPage();
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) found.messages.push(`${message.text()} ${message.location().url}`); });
  page.on("pageerror", (error) => found.messages.push(String(error)));
  await page.goto(address);
  await page.waitForSelector(wanted.webassembly ? "#try[data-engine=ready]:is([data-shown=live], [data-shown=trouble])" : "#try[data-shown=precomputed]", { timeout: 240000 });
  return page;
}

const read = (page) => page.evaluate(() => ({
  hash: location.hash,
  shown: document.querySelector("#try").dataset.shown,
  summary: document.querySelector("#try .summary").textContent.trim().replace(/\s+/g, " "),
  comparison: document.querySelector("#try .comparison").hidden ? null : document.querySelector("#try .comparison").textContent,
  drawn: [...document.querySelectorAll("#try .drawing > *")].some((one) => getComputedStyle(one).visibility !== "hidden"),
  reported: document.querySelector("#reported").value,
  trouble: document.querySelector("#try .trouble").textContent,
  status: document.querySelector("#try .status").textContent,
  rows: Object.fromEntries([...document.querySelectorAll("#try tbody tr")].map((row) => {
    const [reference, condition, fold, word] = row.querySelectorAll("td");
    return [row.querySelector("th").textContent, { reference: Number(reference.dataset.value), condition: Number(condition.dataset.value), fold: Number(fold.dataset.value), word: word.textContent }];
  })),
}));

/** Walk to a control by the Tab key alone, and press Space there. */
async function pressed(page, id) {
  for (let step = 0; step < 200 && (await page.evaluate(() => document.activeElement.id)) !== id; step += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
}

const settled = (page) => page.waitForFunction(() => document.querySelector("#try").dataset.settled === location.hash, null, { timeout: 240000 });
const page = await opened(url);
found.states.push(await read(page));
await page.evaluate(() => { globalThis.late = true; });
for (const { tick, untick, press, dose, value, select, option, clear } of wanted.steps) {
  if (clear) await page.getByRole("button", { name: "Clear" }).click();
  if (tick) await page.check(`#do-${tick}`);
  if (press) await pressed(page, `do-${press}`);
  if (untick) await page.uncheck(`#do-${untick}`);
  if (dose) { await page.fill(`#dose-${dose} ~ input[type=number]`, String(value)); await page.keyboard.press("Tab"); }
  if (select) await page.selectOption(`#${select}`, option);
  if (wanted.delayed) continue;
  await settled(page);
  found.states.push(await read(page));
}
while (wanted.delayed) {
  const done = await page.evaluate(() => document.querySelector("#try").dataset.settled === location.hash);
  found.states.push(await read(page)); // read after it is asked, so that the last state is the settled one
  if (done) break;
  await page.waitForTimeout(50);
}
if (wanted.follow) {
  const other = await opened(await page.evaluate(() => location.href));
  await settled(other);
  found.followed = await read(other);
}
await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
await page.evaluate(readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8"));
const result = await page.evaluate(() => axe.run(document));
found.violations = result.violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0].html.slice(0, 200) }));
found.width = await page.evaluate(() => document.documentElement.scrollWidth);
await browser.close();
console.log(JSON.stringify(found));
