"""Agreement: whether other programs get from a model's files the numbers that we get, and so the same verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from osteon import archive, engines
from osteon.archive import Archive, Entry
from osteon.engines.copasi import read_at
from osteon.engines.table import Results
from osteon.evidence.conditions import parse
from osteon.experiments.experiment import Experiment, ExperimentSet, Recorded
from osteon.exporters import copasi, omex
from osteon.exporters.bundle import Bundle
from osteon.markdown import table
from osteon.simulation.model import Model
from osteon.simulation.timecourse import TimeCourse
from osteon.simulation.vector import Vector
from osteon.verification.verify import verify

WORST, MEDIAN = 1e-4, 1e-6
"""The greatest difference that counts as agreement, and the greatest median."""

TimeCoursesById = Mapping[str, TimeCourse]
"""What a program gave for each experiment, by its id, at model times."""
_DENSE = 400


@dataclass(frozen=True)
class Agreement:
    """How far the numbers of one program, from one kind of file, are from those of `osteon verify`.

    A difference is relative to the greatest value of the observable in that experiment, or to the detection limit where
    that is less.

    Attributes:
        model: its id.
        route: from `ROUTES`.
        experiments: labels of those compared.
        numbers: how many values were compared.
        worst: the greatest difference.
        where: the experiment and the observable of that.
        median: of all differences.
        claims: how many were judged anew by the program's numbers.
        changed: ids of those whose verdict, or that of one of their checks, was another one then.
    """

    model: str
    route: str
    experiments: tuple[str, ...]
    numbers: int
    worst: float
    where: str
    median: float
    claims: int = 0
    changed: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the differences are small and every verdict is the same."""
        return self.worst < WORST and self.median < MEDIAN and not self.changed


def agreement(bundle: Bundle, route: str) -> Agreement:
    """Run every experiment of a model by one of `ROUTES`, and compare.

    Raises:
        OsteonError: if the program is not installed, or cannot run the file.
    """
    courses = ROUTES[route](bundle)
    found = compared(bundle, courses, route)
    return judged(found, bundle, courses) if route == JUDGED else found


def compared(bundle: Bundle, courses: TimeCoursesById, route: str) -> Agreement:
    """Compare a program's numbers with those of our own simulator; verdicts aside."""
    model, made = bundle.model, bundle.design
    found = {
        f"{one.label}, {name}": difference
        for one in made.experiments
        for name, difference in _differences(model, made, one, courses[one.id])
    }
    where = max(found, key=lambda place: float(found[place].max()))
    every = np.concatenate(list(found.values()))
    labels = tuple(one.label for one in made.experiments)
    return Agreement(model.name, route, labels, len(every), float(every.max()), where, float(np.median(every)))


def judged(found: Agreement, bundle: Bundle, courses: TimeCoursesById) -> Agreement:
    """Judge every claim by a program's numbers, and say which verdicts change."""
    ours = verify(bundle.model, bundle.claims)
    theirs = verify(bundle.model, bundle.claims, simulations=Recorded(bundle.design, courses))
    pairs = [pair for pair in zip(ours.results, theirs.results, strict=True) if pair[0].checks]
    changed = tuple(
        one.claim.id
        for one, other in pairs
        if one.verdict != other.verdict
        or [check.outcome for check in one.checks] != [check.outcome for check in other.checks]
    )
    return replace(found, claims=len(pairs), changed=changed)


def _differences(model: Model, made: ExperimentSet, one: Experiment, found: TimeCourse) -> Iterator[tuple[str, Vector]]:
    inside = found.times >= one.start
    times = found.times[inside]
    until = None if one.steady else float(times[-1])
    laid_out = model.schedule(parse(one.condition), one.setting, until, min(0.0, one.start))
    if one.steady:
        periods = laid_out.periods
        laid_out = replace(laid_out, periods=(*periods[:-1], replace(periods[-1], end=float(times[-1]))))
    expected = model.simulator.run(laid_out, times.tolist())
    for name in made.observables:
        values = np.interp(times, expected.times, expected.values[name])
        scale = max(float(np.abs(values).max()), model.limit)
        yield name, np.abs(found.values[name][inside] - values) / scale


def _by_copasi_file(bundle: Bundle) -> TimeCoursesById:
    """Let COPASI open the ``.cps`` file, and read each experiment at the times that claims need."""
    made, path = bundle.design, f"{bundle.name}.cps"
    alone = Archive(path, {path: copasi.content(bundle)}, (Entry(path, "application/x-copasi", master=True),))
    times = {one.label: [made.run_time(time) for time in _dense(one.times)] for one in made.experiments}
    with TemporaryDirectory(prefix="osteon-") as folder:
        courses = _courses(read_at(alone, times, Path(folder)), made)
    return {one.id: _thinned(courses[one.id], one.times) for one in made.experiments}


def _dense(times: Sequence[float]) -> list[float]:
    """Return times with others between those far apart.

    After an event COPASI's LSODA may come to a standstill where nothing moves and the next output is far; it says so.
    """
    most = (times[-1] - times[0]) / _DENSE
    between = (np.linspace(*pair, max(2, ceil((pair[1] - pair[0]) / most) + 1))[:-1] for pair in pairwise(times))
    return [*np.concatenate(list(between)).tolist(), times[-1]]


def _thinned(course: TimeCourse, times: Sequence[float]) -> TimeCourse:
    """Return a course at its values nearest to some times."""
    kept = [int(np.abs(course.times - time).argmin()) for time in times]
    values = {name: column[kept] for name, column in course.values.items()}
    return replace(course, times=course.times[kept], values=values)


def _by_archive(engine: str) -> Callable[[Bundle], TimeCoursesById]:
    """Return what lets an engine run the ``.omex`` file, as ``osteon run`` does."""

    def run(bundle: Bundle) -> TimeCoursesById:
        with TemporaryDirectory(prefix="osteon-") as folder:
            path = Path(folder, f"{bundle.name}.omex")
            path.write_bytes(omex.content(bundle))
            return _courses(engines.run(archive.read(path), engine), bundle.design)

    return run


JUDGED = "COPASI from .cps"
"""The route whose numbers are read when claims read them, so that it gives verdicts too."""
ROUTES: Mapping[str, Callable[[Bundle], TimeCoursesById]] = {
    JUDGED: _by_copasi_file,
    "COPASI from .omex": _by_archive("copasi"),
    "tellurium from .omex": _by_archive("tellurium"),
}
"""Every program with the file that it opens."""


def _courses(results: Results, made: ExperimentSet) -> dict[str, TimeCourse]:
    tables = {table.name: table.columns for table in results.tables}
    return {one.id: _course(tables[one.label], one, made) for one in made.experiments}


def _course(columns: Mapping[str, Vector], one: Experiment, made: ExperimentSet) -> TimeCourse:
    """Return an engine's table as a time_course; COPASI names columns by SBML ids, reports of ours by observables."""
    own = "Time" in columns
    run = columns["Time"] if own else columns["time"] + made.lead
    values = {name: columns[symbol if own else name] for name, symbol in made.observables.items()}
    return TimeCourse(one.condition, np.array([made.model_time(time) for time in run]), values, made.time_unit)


def as_dict(found: Iterable[Agreement]) -> dict[str, Any]:
    """Return agreements as they are filed."""
    return {"agreements": [asdict(one) for one in found]}


def markdown(filed: Sequence[Mapping[str, Any]]) -> str:
    """Return the table for the documents.

    Args:
        filed: as under ``agreements`` in `as_dict`.
    """
    heads = ("model", "experiments", "from", "numbers", "worst", "median", "verdicts the same")
    rows = []
    for one in filed:
        same = f"{one['claims'] - len(one['changed'])} of {one['claims']}" if one["claims"] else ""
        cells = (f"`{one['model']}`", len(one["experiments"]), one["route"], one["numbers"])
        rows.append((*cells, f"{one['worst']:.1e}", f"{one['median']:.1e}", same))
    return table(heads, "lrlrrrr", rows)
