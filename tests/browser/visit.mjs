// Opens one page as a reader would and prints, as JSON, everything that went wrong.
// usage: node visit.mjs CHROMIUM URL '{"width": 390, "height": 844, "dark": true, "open": true, "axe": true}'
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const [executablePath, url, text] = process.argv.slice(2);
const wanted = { width: 1280, height: 900, dark: false, open: false, axe: false, text: false, wait: null, ...JSON.parse(text ?? "{}") };
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({
  viewport: { width: wanted.width, height: wanted.height },
  colorScheme: wanted.dark ? "dark" : "light",
  bypassCSP: wanted.axe, // axe is brought in as a script, which the page itself forbids
});
context.setDefaultTimeout(240000); // what is slow on a busy machine is no fault of the page
const page = await context.newPage();
const found = { messages: [], requests: [], dialogs: 0, width: 0, violations: [], focus: [] };
page.on("console", (message) => found.messages.push(message.text()));
page.on("pageerror", (error) => found.messages.push(String(error)));
page.on("request", (request) => found.requests.push(request.url()));
page.on("dialog", (dialog) => { found.dialogs += 1; dialog.dismiss(); });
await page.goto(url);
if (wanted.wait) await page.waitForSelector(wanted.wait, { timeout: 120000 });
if (wanted.open) await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
found.width = await page.evaluate(() => document.documentElement.scrollWidth);
for (let step = 0; step < 3; step += 1) {
  await page.keyboard.press("Tab");
  found.focus.push(await page.evaluate(() => document.activeElement.textContent.trim()));
}
if (wanted.axe) {
  await page.evaluate(readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8"));
  const result = await page.evaluate(() => axe.run(document));
  found.violations = result.violations.map(({ id, impact, nodes }) => ({ id, impact, where: nodes[0].html.slice(0, 200) }));
}
if (wanted.text) found.text = await page.evaluate(() => document.body.innerText);
await browser.close();
console.log(JSON.stringify(found));
