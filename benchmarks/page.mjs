// Opens "Try it" as a reader would, ticks interventions one after the other, and prints the waits as JSON, in milliseconds.
// usage: node page.mjs CHROMIUM URL
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../tests/browser/package.json", import.meta.url))("playwright-core");
const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const page = await browser.newPage();
const since = async (start, selector) => {
  await page.waitForSelector(selector, { timeout: 120000 });
  return Date.now() - start;
};
const opened = Date.now();
await page.goto(url);
const first = await since(opened, "#try:is([data-shown=precomputed], [data-shown=live])");
const ready = await since(opened, "#try[data-engine=ready][data-shown=live]");
await page.getByRole("button", { name: "Clear" }).click();
const settled = () => page.waitForFunction(() => document.querySelector("#try").dataset.settled === location.hash, null, { polling: 5 });
await settled();
const changes = [];
for (const id of await page.evaluate(() => [...document.querySelectorAll("#try fieldset input[type=checkbox]")].map((one) => one.id))) {
  const start = Date.now();
  await page.evaluate((name) => document.getElementById(name).click(), id);
  await settled();
  changes.push(Date.now() - start);
  await page.getByRole("button", { name: "Clear" }).click();
  await settled();
}
await browser.close();
console.log(JSON.stringify({ first, ready, changes }));
