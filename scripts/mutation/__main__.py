"""Mutation testing: change the program at random and see whether a quick test fails; `make mutation`.

    python scripts/mutation [--minutes 20] [--seed 1] [--workers 2] [--record] [PATH ...]

A full run would take half a day, so this one judges a random sample: mutants in an order that the seed alone decides,
as many as there is time for. For each, only the quick tests run that execute the changed statement or read the changed
file, at most `MOST`, those of its own module first, then the fastest. Results are kept in build/mutation, and survivors
shown as diffs; --record writes docs/testing.md.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

import coverage
from equivalence import is_program, is_same
from mutants import Mutant, mutants, sampled

from osteon.analysis.robustness.result import Proportion
from osteon.curation.overview import inserted

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "mutation"
TARGETS = (
    "src/osteon/evidence",
    "src/osteon/verification",
    "src/osteon/simulation",
    "src/osteon/analysis",
    "src/osteon/experiments/runs.py",
)
LEFT_OUT = (".git", ".venv", "build", "node_modules", "__pycache__", ".*_cache", ".hypothesis")
MOST = 80
"""Tests for one mutant; more of them are mostly the same test on other claims."""
CONTROLS = 5
"""Mutants whose tests run first without any change."""
SLOWEST = 3.0
"""Seconds that a test may take to be used."""
QUICK = "not slow and not interop and not browser"
NO_CHANGE = "no change"
"""The outcome of a mutant that is no program or the same program. It says nothing of the tests and is not judged."""


@dataclass(frozen=True)
class Judged:
    """A mutant and what became of it: killed, survived, not executed by any quick test, or `NO_CHANGE`."""

    mutant: Mutant
    outcome: str
    tests: int
    seconds: float
    diff: str = ""


class Tree:
    """A copy of the project in which files are changed and tests run, so that this one stays as it is."""

    def __init__(self, number: int) -> None:
        self.root = BUILD / f"tree-{number}"
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))
        self._clock = int(time.time())

    def run(self, *arguments: str, timeout: float | None = None, **variables: str) -> int | None:
        """Run Python here; return its exit code, or nothing where it was stopped for taking too long."""
        path = os.pathsep.join([str(self.root / "src"), str(Path(__file__).parent)])
        environment = {**os.environ, "PYTHONPATH": path, "PYTEST_ADDOPTS": "", **variables}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=self.root, env=environment, start_new_session=True, **quiet
        )
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
            return None

    def test(self, tests: list[str], seconds: float) -> int | None:
        """Run some tests that take some seconds together, until one fails."""
        options = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider")
        return self.run("-m", "pytest", *options, *tests, timeout=30 + 5 * seconds)

    def judge(self, mutant: Mutant, tests: list[str], seconds: float) -> Judged:
        """Run tests against a mutant; a run that never ends has noticed it as well."""
        path = self.root / mutant.path
        text = path.read_text(encoding="utf-8")
        changed = mutant.source(text)
        begun = time.monotonic()
        self._write(path, changed)
        try:
            code = self.test(tests, seconds)
        finally:
            self._write(path, text)
        outcome = "survived" if code == 0 else "killed"
        lines = difflib.unified_diff(
            text.splitlines(), changed.splitlines(), mutant.path, mutant.operator, "", "", 2, ""
        )
        return Judged(mutant, outcome, len(tests), time.monotonic() - begun, "\n".join(lines))

    def _write(self, path: Path, text: str) -> None:
        """Write a file with a time of its own, for Python tells compiled files by whole seconds."""
        path.write_text(text, encoding="utf-8")
        self._clock += 1
        os.utime(path, (self._clock, self._clock))


@dataclass(frozen=True)
class Executed:
    """Which tests execute which lines, and how long they take."""

    lines: Mapping[str, Mapping[int, list[str]]]
    durations: Mapping[str, float]

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that execute a mutant's statement or read its file, each function's in turn.

        Those of its own module come first, then the fastest: a fast test of something else seldom asks for the rule. A
        test that reads the text of a file has the file's path as its parameter, for no coverage tells.
        """
        lines = self.lines.get(mutant.path, {})
        first, last = mutant.statement
        found = {name for line in range(first, last + 1) for name in lines.get(line, ())}
        own = {f"tests/test_{Path(part).stem}.py" for part in Path(mutant.path).parts}
        if "" in found:  # It runs when the module is imported, so whatever uses the module depends on it.
            found |= {name for names in lines.values() for name in names}
            # A test may read what is made then, as a table of constants, and execute no line of the module.
            found |= {name for name in self.durations if name.partition("::")[0] in own}
        found |= {name for name in self.durations if f"[{mutant.path}]" in name}
        turns: Counter[str] = Counter()
        order = []
        for name in sorted(found & self.durations.keys(), key=lambda one: (self.durations[one], one)):
            function = name.partition("[")[0]
            order.append((turns[function], name.partition("::")[0] not in own, self.durations[name], name))
            turns[function] += 1
        return [name for *_, name in sorted(order)[:MOST]]

    def seconds(self, tests: list[str]) -> float:
        """Return how long some tests take together."""
        return sum(self.durations[name] for name in tests)


def executed(trees: list[Tree], state: str) -> Executed:
    """Run the quick tests once, unchanged, and say what they execute; kept for the same state of the project."""
    modules = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").glob("test_*.py"))
    shares = [modules[number :: len(trees)] for number in range(len(trees))]
    with ThreadPoolExecutor(len(trees)) as pool:
        parts = list(pool.map(lambda tree, share: _executed(tree, share, state), trees, shares))
    lines: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        for path, found in part.lines.items():
            for line, names in found.items():
                lines[path][line] += names
    return Executed(lines, {name: each for part in parts for name, each in part.durations.items()})


def _executed(tree: Tree, modules: list[str], state: str) -> Executed:
    folder = BUILD / f"executed-{state}" / f"{tree.root.name}-of-{len(modules)}"
    data, durations = folder / "coverage", folder / "durations.json"
    if not durations.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = ("-m", "coverage", "run", f"--data-file={data}", "--source=src/osteon", "-m", "pytest")
        options = ("-q", "-n", "0", "-p", "contexts", "-p", "no:cacheprovider", "--continue-on-collection-errors")
        code = tree.run(*command, *options, "-m", QUICK, *modules, OSTEON_DURATIONS=str(durations))
        if code == 1:
            print("Some quick tests fail without any change; they are left out. `make quick` says which.", flush=True)
        elif code != 0:
            shutil.rmtree(folder)
            sys.exit(f"the quick tests did not run in {tree.root}; pytest ended with {code}")
    measured = coverage.CoverageData(str(data))
    measured.read()
    names = {file: Path(file).relative_to(tree.root).as_posix() for file in measured.measured_files()}
    fast = {name: each for name, each in json.loads(durations.read_text(encoding="utf-8")).items() if each <= SLOWEST}
    return Executed({name: measured.contexts_by_lineno(file) for file, name in names.items()}, fast)


def control(order: Iterable[Mutant], tree: Tree, known: Executed) -> None:
    """See that tests pass by themselves where nothing is changed, for else they would kill whatever they are run on."""
    for mutant in order:
        tests = known.tests(mutant)
        if tests and tree.test(tests, known.seconds(tests)) != 0:
            sys.exit(f"without any change, one of these fails:\n  {tree.root}\n  " + "\n  ".join(tests))


def run(order: Iterable[Mutant], trees: list[Tree], known: Executed, until: float) -> list[Judged]:
    """Judge mutants in order, one in each tree at a time, until time is over."""
    free: SimpleQueue[Tree] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def judged(mutant: Mutant) -> Judged | None:
        if time.monotonic() > until:
            return None
        text = (ROOT / mutant.path).read_text(encoding="utf-8")
        changed = mutant.source(text)
        if not is_program(changed) or is_same(text, changed):
            return Judged(mutant, NO_CHANGE, 0, 0.0)
        tests = known.tests(mutant)
        if not tests:
            return Judged(mutant, "not executed", 0, 0.0)
        tree = free.get()
        try:
            found = tree.judge(mutant, tests, known.seconds(tests))
        finally:
            free.put(tree)
        print(f"{found.outcome:9} {found.seconds:5.1f} s  {mutant.path}:{mutant.line} {mutant.operator}", flush=True)
        return found

    with ThreadPoolExecutor(len(trees)) as pool:
        return [found for found in pool.map(judged, order) if found is not None]


def table(found: list[Judged], total: Mapping[str, int]) -> str:
    """Return the score of each package as a table in Markdown."""
    grouped: dict[str, Counter[str]] = defaultdict(Counter)
    for one in (one for one in found if one.outcome != NO_CHANGE):
        for name in (package(one.mutant.path), "all"):
            grouped[name][one.outcome] += 1
    lines = ["| package | mutants | judged | killed | survived | not executed | score | 95 % interval |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name in sorted(grouped, key=lambda one: (one == "all", one)):
        counts = grouped[name]
        judged = counts.total()
        share = Proportion(counts["killed"], judged)
        low, high = share.interval
        cells = [counts[outcome] for outcome in ("killed", "survived", "not executed")]
        scores = f"{share.share:.0%} | {low:.0%} to {high:.0%}"
        lines.append(f"| `{name}` | {total[name]} | {judged} | {' | '.join(map(str, cells))} | {scores} |")
    return "\n".join(lines)


def package(path: str) -> str:
    """Return the package of a file, by which scores are reported."""
    return path.removeprefix("src/osteon/").split("/")[0]


def main() -> None:
    """Do what the command line says."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("paths", nargs="*", default=TARGETS)
    options.add_argument("--minutes", type=float, default=20.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--record", action="store_true", help="write the scores into docs/testing.md")
    asked = options.parse_args()
    until = time.monotonic() + 60 * asked.minutes
    paths = [path for each in asked.paths for path in _modules(each)]
    BUILD.mkdir(parents=True, exist_ok=True)
    trees = [Tree(number) for number in range(asked.workers)]
    known = executed(trees, _state())
    every = sampled(mutants(trees[0].root, paths), asked.seed)
    total = Counter(name for one in every for name in (package(one.path), "all"))
    control(every[:CONTROLS], trees[0], known)
    found = run(every, trees, known, until)
    rows = [asdict(one) for one in found]
    (BUILD / "results.json").write_text(json.dumps(rows, indent=1), encoding="utf-8")
    diffs = [one.diff for one in found if one.outcome == "survived"]
    (BUILD / "survivors.diff").write_text("\n\n".join(diffs), encoding="utf-8")
    text = table(found, total)
    effort = f"{asked.minutes:g} minutes on {asked.workers} cores"
    unjudged = sum(one.outcome == NO_CHANGE for one in found)
    drawn = f"{unjudged} more were drawn that change no program, and are not counted"
    said = f"{text}\n\nSeed {asked.seed}; {len(known.durations)} tests; {effort}; {drawn}."
    print(said)
    if asked.record:
        page = ROOT / "docs" / "testing.md"
        page.write_text(inserted(page.read_text(encoding="utf-8"), said, "mutation"), encoding="utf-8")


def _modules(path: str) -> list[str]:
    place = ROOT / path
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    return [file.relative_to(ROOT).as_posix() for file in files]


def _state() -> str:
    """Return a digest of the program and its tests."""
    files = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


if __name__ == "__main__":
    main()
