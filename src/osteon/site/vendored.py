"""Third-party files beside the page, brought by npm and pip in the versions and with the digests under ``locks/``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

from osteon.errors import OsteonError

_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
_UPLOT = ("uPlot.esm.js", "uPlot.min.css")
_PLATFORM = ("--platform=pyemscripten_2026_0_wasm32", "--python-version=3.14", "--implementation=cp")


def plotting(cache: Path) -> dict[str, bytes]:
    """Return the files of the plotting project, by path; see `engine`."""
    return {f"uplot/{name}": (_packages(cache) / "uplot" / "dist" / name).read_bytes() for name in _UPLOT}


def engine(cache: Path) -> tuple[str, dict[str, bytes]]:
    """Return the file name of COPASI's wheel, and that wheel with Python as WebAssembly, by path.

    Args:
        cache: folder in which downloads are kept.

    Raises:
        OsteonError: if npm or pip is missing, has no network, or finds a digest that is not the locked one.
    """
    found = {f"pyodide/{name}": (_packages(cache) / "pyodide" / name).read_bytes() for name in _PYODIDE}
    wheel = _wheel(cache)
    return wheel.name, {**found, wheel.name: wheel.read_bytes()}


def _packages(cache: Path) -> Path:
    folder = cache / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    fresh = True
    for name in ("package.json", "package-lock.json"):
        text = files("osteon.site").joinpath("locks", name).read_text(encoding="utf-8")
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            fresh = False
    if not fresh or not (folder / "node_modules" / ".package-lock.json").is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise OsteonError("npm was not found; it brings the libraries of the page 'Try it': install Node.js")
        _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])
    return folder / "node_modules"


def _wheel(cache: Path) -> Path:
    folder = cache / "pip"
    with as_file(files("osteon.site").joinpath("locks", "wheels.txt")) as lock:
        # pip leaves a file alone that is there already and has the locked digest.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *_PLATFORM]
        _run([*command, "--require-hashes", "--requirement", str(lock), "--dest", str(folder)])
    text = files("osteon.site").joinpath("locks", "wheels.txt").read_text(encoding="utf-8")
    version = text.split("==")[1].split()[0]
    return next(folder.glob(f"python_copasi-{version}-*.whl"))


def _run(command: list[str]) -> None:
    # Constraints pin what Osteon itself runs on; they carry no digests, which --require-hashes would refuse.
    environment = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        reason = " ".join(done.stderr.split())[-300:]
        raise OsteonError(
            f"{Path(command[0]).name} could not bring the files of the page 'Try it': {reason}; "
            "--without-engine builds a site that shows reported experiments only"
        )
