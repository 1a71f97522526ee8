"""Show that memory stays flat over many simulations: `python benchmarks/memory.py` writes docs/robustness.md.

Every experiment of the model's claims is simulated with drawn parameters, draw after draw in one process.
"""

import argparse
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import osteon
from osteon.curation import overview
from osteon.errors import SimulationError
from osteon.evidence.project import Project
from osteon.experiments.runs import runs
from osteon.files import write_file

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "robustness.md"


def main() -> None:
    """Simulate, print the peaks of memory, and write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default="bone_remodeling")
    parser.add_argument("--marks", type=int, nargs="+", default=[1_000, 10_000, 50_000, 100_000])
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    lines = [f"| simulations of `{options.model}` | broke | peak of resident memory |", "|--:|--:|--:|"]
    print("\n".join(lines))
    for done, broke in simulations(options.model, max(options.marks)):
        if done in options.marks:
            lines.append(f"| {done:,} | {broke:,} | {peak():.0f} MB |")
            print(lines[-1], flush=True)
    if not options.dry:
        text = PAGE.read_text(encoding="utf-8")
        write_file(PAGE, overview.inserted(text, "\n".join(lines), "memory"))


def simulations(name: str, number: int) -> Iterator[tuple[int, int]]:
    """Simulate, and yield after each simulation how many are done and how many of them broke."""
    project = Project(ROOT)
    model = osteon.load(name, project=ROOT)
    wanted = runs(model, [claim for _, claim in project.claims(model.binding)]).values()
    done, broke = 0, 0
    for values in model.draws.take(number, seed=1):
        drawn = model.with_values(values)
        for one in wanted:
            broke += 1
            with suppress(SimulationError):
                drawn.time_course(one) if one.simulated else drawn.resting(one)
                broke -= 1
            done += 1
            yield done, broke
            if done == number:
                return


def peak() -> float:
    """Return the most memory that this process has held, in MB."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 1024**2 if sys.platform == "darwin" else held / 1024


if __name__ == "__main__":
    main()
