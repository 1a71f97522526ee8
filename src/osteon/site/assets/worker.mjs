// COPASI, compiled to WebAssembly, beside the page: it is told a schedule and answers with a time course.
import { loadPyodide } from "./vendored/pyodide/pyodide.mjs";

let run;

async function open({ model, expression, wheel }) {
  const here = (path) => new URL(path, import.meta.url).href;
  const engine = fetch(here("engine.py")).then((answer) => answer.text());
  const file = fetch(model).then((answer) => answer.arrayBuffer());
  const python = await loadPyodide({ indexURL: here("vendored/pyodide/"), checkIntegrity: false });
  await python.loadPackage(here(`vendored/${wheel}`), { messageCallback: () => {}, checkIntegrity: false });
  python.FS.writeFile("model.cps", new Uint8Array(await file));
  python.FS.writeFile("engine.py", await engine);
  python.globals.set("expression", JSON.stringify(expression));
  run = python.runPython(`
import json, sys
sys.path.insert(0, ".")
from engine import BrokenError, Engine

opened = Engine("model.cps", json.loads(expression))

def run(asked):
    asked = json.loads(asked)
    try:
        return json.dumps(opened.run(asked["schedule"], asked["times"]))
    except BrokenError as broken:
        return json.dumps({"broken": str(broken)})

run`);
}

onmessage = async ({ data }) => {
  try {
    if (data.open) {
      await open(data.open);
      postMessage({ ready: true });
      return;
    }
    // JSON has no infinity; nothing here needs one.
    postMessage({ id: data.id, ...JSON.parse(run(JSON.stringify(data))) });
  } catch (error) {
    postMessage({ id: data.id, broken: String(error.message ?? error).trim().split("\n").at(-1) });
  }
};
