"""Try each extra alone: `python scripts/extras.py [EXTRA]...`, all of them if none is named, and none of them at all.

Each gets an environment of its own with the wheel and that extra, outside of the checkout, and runs the commands that
it is for. It takes minutes, and the network for packages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
SMALL = "runx2_osteogenesis"
OSTEON = ("-m", "osteon")
CLUSTER = """
if __name__ == "__main__":
    from distributed import LocalCluster
    import osteon

    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        found = osteon.scan("runx2_osteogenesis", {"bmp2": (0.1, 1.0)}, "bmp2", points=2, results="chunks",
                            scheduler=cluster.scheduler_address)
    assert len(found)
"""
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (
        (*OSTEON, "list"),
        (*OSTEON, "verify", SMALL),
        (*OSTEON, "simulate", SMALL, "--csv", "course.csv", "--plot", "course.png"),
        (*OSTEON, "predict", SMALL, "-c", "bmp2", "--draws", "4"),
        (*OSTEON, "scan", SMALL, "-c", "bmp2", "--vary", "bmp2=0.1..1", "--points", "2", "--csv", "scan.csv"),
        (*OSTEON, "export", SMALL, "--to", "sbml,sedml,petab,bpsl", "--out", "export"),
        (*OSTEON, "new", "mine", "--project", "project"),
        (*OSTEON, "build", "--project", "project"),
        (*OSTEON, "verify", "--project", "project"),
    ),
    "export": (
        (*OSTEON, "export", SMALL, "--to", "all", "--out", "export"),
        (*OSTEON, "run", f"export/omex/{SMALL}.omex", "--engine", "copasi"),
        (*OSTEON, "run", f"export/omex/{SMALL}.omex"),
        (*OSTEON, "verify", SMALL, "--engine", "copasi"),
    ),
    "ensemble": (
        (*OSTEON, "robustness", SMALL, "--draws", "4", "--out", "robustness"),
        (*OSTEON, "infer", SMALL, "--draws", "4", "--live", "10", "--islands", "1", "--out", "ensemble.parquet"),
        (*OSTEON, "predict", SMALL, "-c", "bmp2", "--ensemble", "ensemble.parquet"),
        (*OSTEON, "sensitivity", SMALL, "-c", "bmp2", "-o", "bglap", "--draws", "4", "--parquet", "share.parquet"),
        (*OSTEON, "scan", SMALL, "-c", "bmp2", "--vary", "bmp2=0.1..1", "--points", "2", "--parquet", "scan.parquet"),
    ),
    "cluster": (("cluster.py",),),
    "site": (
        (*OSTEON, "report", SMALL, "--out", "report"),
        (*OSTEON, "site", SMALL, "--without-engine", "--out", "site"),
    ),
    "pybnf": (
        (*OSTEON, "export", SMALL, "--to", "bpsl", "--out", "export"),
        ("-c", "import pybnf.pybnf"),
    ),
    "bench": (
        (*OSTEON, "export", SMALL, "--to", "copasi", "--out", "export"),
        ("-c", "import numba, sympy, SALib, basico"),
    ),
    "mutation": (("-c", "import cosmic_ray.modules, coverage"),),
}
"""What each extra is for, as arguments of Python; the first is what a plain installation does."""


def run(command: list[str | Path], folder: Path) -> None:
    """Run a command; show all that it printed if it fails."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, encoding="utf-8", errors="replace")
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")


def tried(extra: str, wheel: Path, folder: Path) -> None:
    """Install the wheel with one extra, or with none, and run what that is for."""
    venv.create(folder / "environment", with_pip=True)
    scripts = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = f"osteon[{extra}] @ {wheel.as_uri()}" if extra else str(wheel)
    constraints = ROOT / "constraints.txt"
    run([scripts / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, wanted], folder)
    (folder / "cluster.py").write_text(CLUSTER, encoding="utf-8")
    for command in COMMANDS[extra]:
        run([scripts / "python", *command], folder)
        print(f"  {' '.join(command)}", flush=True)


def main() -> None:
    """Try the extras that are named, or all."""
    chosen = sys.argv[1:] or list(COMMANDS)
    with tempfile.TemporaryDirectory() as name:
        built = Path(name)
        run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", built, ROOT], built)
        (wheel,) = built.glob("osteon-*.whl")
        for extra in chosen:
            print(extra or "no extra", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                tried(extra, wheel, Path(folder))


if __name__ == "__main__":
    main()
