"""Run the time courses of the SBML Test Suite: `python benchmarks/sbml_test_suite.py FOLDER`.

FOLDER holds the cases as https://github.com/sbmlteam/sbml-test-suite has them in `cases/semantic`, each in a folder
`00001` with `00001-settings.txt` and so on. Each is run as a model of somebody's is: through the gate for files of
others, and by `Model.run`. With `--write` the table goes into docs/interoperability.md.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import libsbml

from osteon import sbml
from osteon.curation import overview
from osteon.errors import OsteonError
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Vocabulary
from osteon.files import write_file
from osteon.sbml.files import open_model
from osteon.simulation.model import Model

PAGE = Path(__file__).parents[1] / "docs" / "interoperability.md"
OUTCOMES = ("right", "wrong", "refused", "traceback")
_TAGS = re.compile(r"^(?:component|test)Tags:(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One case of the suite: what is asked, within which tolerances, and what should come."""

    folder: Path
    settings: Mapping[str, str]
    tags: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its number."""
        return self.folder.name

    @property
    def model(self) -> Path:
        """The file of the highest level and version that there is."""
        return max(self.folder.glob(f"{self.name}-sbml-l*.xml"))

    def names(self, key: str) -> tuple[str, ...]:
        """Return the names in a setting."""
        return tuple(name.strip() for name in self.settings.get(key, "").split(",") if name.strip())

    def expected(self) -> list[dict[str, float]]:
        """Return the rows that should come, times first."""
        with (self.folder / f"{self.name}-results.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(cell.strip() for cell in row)]
        return [dict(zip(rows[0], map(_number, row), strict=False)) for row in rows[1:]]


@dataclass(frozen=True)
class Outcome:
    """What became of a case: one of `OUTCOMES`, and why."""

    kind: str
    reason: str = ""


def _number(text: str) -> float:
    return float(text.lower().replace("infinity", "inf"))


def cases(folder: Path) -> Iterator[Case]:
    """Yield every case of a folder that is a time course, and has a model in SBML."""
    for place in sorted(path for path in folder.iterdir() if re.fullmatch(r"\d{5}", path.name)):
        described = (place / f"{place.name}-model.m").read_text(encoding="utf-8", errors="replace")
        lines = (place / f"{place.name}-settings.txt").read_text(encoding="utf-8").splitlines()
        settings = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        tags = [tag.strip() for group in _TAGS.findall(described) for tag in group.split(",")]
        if "TimeCourse" in described and settings.get("steps") and any(place.glob(f"{place.name}-sbml-l*.xml")):
            yield Case(place, settings, tuple(sorted(filter(None, tags))))


def outcome(case: Case) -> Outcome:
    """Run a case, and compare every number."""
    try:
        return _compared(case, _run(case))
    except OsteonError as error:
        return Outcome("refused", str(error))
    except Exception as error:
        return Outcome("traceback", f"{type(error).__name__}: {error}")


def _run(case: Case) -> Mapping[str, Sequence[float]]:
    opened = open_model(case.model, case.name)
    known = sbml.read(opened.text, case.name).getModel()
    start, duration = float(case.settings["start"]), float(case.settings["duration"])
    end, variables = start + duration, case.names("variables")
    # Ids of the suite are no words of a vocabulary.
    words = {name: f"variable_{place}" for place, name in enumerate(variables)}
    binding = _binding(case, {word: _formula(name, case, known) for name, word in words.items()}, end)
    model = Model(opened.text, binding, _vocabulary(words.values()), shown=case.name, cached=False, foreign=False)
    times = [row["time" if "time" in row else "Time"] for row in case.expected()]
    course = model.run("control", times, until=end)
    return {name: [course.at(word, time) for time in times] for name, word in words.items()}


def _formula(name: str, case: Case, known: Any) -> str:
    """Return a species as the case wants it, an amount or a concentration; anything else is read as it is."""
    species = known.getSpecies(name)
    if species is None:
        return name
    if name in case.names("amount") and not species.getHasOnlySubstanceUnits():
        return f"{name}*{species.getCompartment()}"
    if name in case.names("concentration") and species.getHasOnlySubstanceUnits():
        return f"{name}/{species.getCompartment()}"
    return name


def _binding(case: Case, formulas: Mapping[str, str], end: float) -> Binding:
    relative, absolute = float(case.settings["relative"]), float(case.settings["absolute"])
    protocol = {
        "time_unit": "s",
        "default_setting": "suite",
        "settle": "1 s",
        "relative_tolerance": min(1e-8, 1e-3 * relative),
        "absolute_tolerance": min(1e-12, 1e-3 * absolute),
    }
    setting = {"horizon": f"{end:.12f} s", "equilibrate": False, "reason": "as the suite says"}
    return Binding.model_validate(
        {
            "id": f"case_{case.name}",
            "title": case.name,
            "sources": (),
            "protocol": protocol,
            "settings": {"suite": setting},
            "observables": {name: {"formula": formula, "unit": "1"} for name, formula in formulas.items()},
        }
    )


def _vocabulary(names: Iterable[str]) -> Vocabulary:
    word = {"meaning": "as the suite says", "term": "SBO:0000240"}
    setting = {**word, "readout": "1 d", "readout_basis": "none"}
    return Vocabulary.model_validate(
        {"interventions": {}, "observables": dict.fromkeys(names, word), "settings": {"suite": setting}}
    )


def _compared(case: Case, found: Mapping[str, Sequence[float]]) -> Outcome:
    relative, absolute = float(case.settings["relative"]), float(case.settings["absolute"])
    for place, row in enumerate(case.expected()):
        time = row["time" if "time" in row else "Time"]
        for name, values in found.items():
            value, wanted = values[place], row[name]
            same = value == wanted or (value != value and wanted != wanted)
            if not (same or abs(value - wanted) <= absolute + relative * abs(wanted)):
                return Outcome("wrong", f"{name} at {time:g} is {value:.6g}, not {wanted:.6g}")
    return Outcome("right")


def outcomes(chosen: Iterable[Case]) -> Iterator[tuple[Case, Outcome]]:
    """Run cases one after the other, in a process that may end: then the next case gets another."""
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    try:
        for case in chosen:
            try:
                yield case, pool.submit(outcome, case).result()
            except BrokenProcessPool:
                pool = ProcessPoolExecutor(1, get_context("spawn"))
                yield case, Outcome("traceback", "the process ended")
    finally:
        pool.shutdown()


def table(found: Sequence[tuple[Case, Outcome]]) -> str:
    """Return how many cases of each tag came to what, in Markdown."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for case, result in found:
        for tag in ("all", *set(case.tags)):
            counted[tag][result.kind] += 1
    lines = [f"| tag | cases | {' | '.join(OUTCOMES)} |", f"|---|{'--:|' * (1 + len(OUTCOMES))}"]
    for tag in ("all", *sorted(counted.keys() - {"all"})):
        numbers = [counted[tag].total(), *(counted[tag][kind] for kind in OUTCOMES)]
        lines.append(f"| {tag} | {' | '.join(str(number or '') for number in numbers)} |")
    return "\n".join(lines)


def main() -> None:
    """Run the cases of a folder, and print the table, and what did not come out right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the suite's cases/semantic")
    parser.add_argument("--only", nargs="+", default=[], metavar="NUMBER", help="these cases alone")
    parser.add_argument("--every", type=int, default=1, help="only every so manieth case")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    options = parser.parse_args()
    chosen = [case for case in cases(options.folder) if not options.only or case.name in options.only]
    found = []
    for case, result in outcomes(chosen[:: options.every]):
        found.append((case, result))
        if result.kind != "right":
            print(f"{case.name} {result.kind}: {result.reason}", file=sys.stderr, flush=True)
    text = table(found)
    print(text)
    if options.write:
        version = libsbml.getLibSBMLDottedVersion()
        said = f"{len(found)} time courses, read with libsbml {version}.\n\n{text}"
        write_file(PAGE, overview.inserted(PAGE.read_text(encoding="utf-8"), said, "suite"))


if __name__ == "__main__":
    main()
