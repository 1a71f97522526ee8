"""Measure how long a reader of "Try it" waits: `make site`, then `python benchmarks/page.py`, writes docs/site.md."""

import json
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median

import osteon
from osteon.curation import overview
from osteon.files import write_file

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "site.md"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """Measure every model and write the table."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ROOT / "build" / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    lines = ["| model | first curve | COPASI ready | a change, median | a change, worst |", "|---|--:|--:|--:|--:|"]
    for name in osteon.models(ROOT):
        url = f"http://127.0.0.1:{server.server_address[1]}/try/{name}.html"
        command = ["node", str(Path(__file__).with_name("page.mjs")), shutil.which("chromium") or "chromium", url]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        waits = found["first"], found["ready"], median(found["changes"]), max(found["changes"])
        lines.append(f"| `{name}` | {' | '.join(f'{wait / 1000:.2f} s' for wait in waits)} |")
    write_file(PAGE, overview.inserted(PAGE.read_text(encoding="utf-8"), "\n".join(lines), "page"))


if __name__ == "__main__":
    main()
