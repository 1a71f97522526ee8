// Lays out conditions with the page's own rule. usage: node schedules.mjs SCHEDULE.mjs < [[expression, names, setting, doses], ...]
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { Clash, schedule } = await import(pathToFileURL(process.argv[2]));
const found = JSON.parse(readFileSync(0, "utf8")).map((asked) => {
  try {
    return schedule(...asked);
  } catch (error) {
    if (error instanceof Clash) return { clash: error.message };
    throw error;
  }
});
console.log(JSON.stringify(found));
