// Osteon and COPASI, compiled to WebAssembly, beside the page: they are asked a question and give an answer.
import { loadPyodide } from "./vendored/pyodide/pyodide.mjs";

const KEPT = 60; // curves
let answers;
const curves = new Map(); // what was drawn before, by key

async function open({ model, expression, wheel, modules }) {
  const here = (path) => new URL(path, import.meta.url).href;
  const [archive, file] = [here(modules), model].map((address) => fetch(address).then((found) => found.arrayBuffer()));
  const python = await loadPyodide({ indexURL: here("vendored/pyodide/"), checkIntegrity: false });
  await python.loadPackage(here(`vendored/${wheel}`), { messageCallback: () => {}, checkIntegrity: false });
  python.unpackArchive(await archive, "zip", { extractDir: "modules" });
  python.FS.writeFile("model.cps", new Uint8Array(await file));
  python.globals.set("expression", JSON.stringify(expression));
  answers = python.runPython(`
import json, sys
sys.path.insert(0, "modules")
from osteon.site.answers import opened

answers = opened(json.loads(expression), "model.cps")
lambda name, asked: json.dumps(getattr(answers, name)(json.loads(asked)))`);
}

function answer(question) {
  const found = JSON.parse(answers("answer", JSON.stringify(question)));
  for (const [side, key] of Object.entries(found.curves ?? {})) {
    if (!curves.has(key)) curves.set(key, JSON.parse(answers("curve", JSON.stringify(key))));
    found.curves[side] = curves.get(key);
  }
  for (const key of curves.keys()) if (curves.size > KEPT) curves.delete(key);
  return found;
}

onmessage = async ({ data }) => {
  try {
    if (data.open) {
      await open(data.open);
      postMessage({ ready: true });
      return;
    }
    postMessage({ key: data.key, answer: answer(data.question) });
  } catch (error) {
    postMessage({ key: data.key, answer: { broken: String(error.message ?? error).trim().split("\n").at(-1) } });
  }
};
