// Osteon and COPASI, compiled to WebAssembly, beside the page: they are asked a question and give an answer.
import { loadPyodide } from "./vendored/pyodide/pyodide.mjs";

let answer;

async function open({ model, expression, wheel, modules }) {
  const here = (path) => new URL(path, import.meta.url).href;
  const [archive, file] = [here(modules), model].map((address) => fetch(address).then((found) => found.arrayBuffer()));
  const python = await loadPyodide({ indexURL: here("vendored/pyodide/"), checkIntegrity: false });
  await python.loadPackage(here(`vendored/${wheel}`), { messageCallback: () => {}, checkIntegrity: false });
  python.unpackArchive(await archive, "zip", { extractDir: "modules" });
  python.FS.writeFile("model.cps", new Uint8Array(await file));
  python.globals.set("expression", JSON.stringify(expression));
  answer = python.runPython(`
import json, sys
sys.path.insert(0, "modules")
from osteon.site.answers import opened

answers = opened(json.loads(expression), "model.cps")
lambda question: json.dumps(answers.answer(json.loads(question)))`);
}

onmessage = async ({ data }) => {
  try {
    if (data.open) {
      await open(data.open);
      postMessage({ ready: true });
      return;
    }
    postMessage({ key: data.key, answer: JSON.parse(answer(JSON.stringify(data.question))) });
  } catch (error) {
    postMessage({ key: data.key, answer: { broken: String(error.message ?? error).trim().split("\n").at(-1) } });
  }
};
