"""Answers of the page "Try it": what a reader asks of a model becomes curves, effects and words.

It runs in the page over COPASI, where there is neither numpy nor pydantic, and here over libroadrunner for what the
page shows before COPASI has loaded. Every rule behind an answer is that of `osteon.simulation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from osteon.errors import OsteonError, ProjectError, SimulationError
from osteon.evidence.conditions import CONTROL
from osteon.evidence.criteria import holds
from osteon.evidence.durations import convert
from osteon.evidence.reading import Reading
from osteon.simulation import copasi
from osteon.simulation.contrast import Contrast, Effect
from osteon.simulation.engine import Accuracy
from osteon.simulation.paths import Paths
from osteon.simulation.readings import Readings, Run, UndefinedError, runs
from osteon.simulation.schedule import schedule
from osteon.simulation.simulator import Simulator
from osteon.simulation.timecourse import TimeCourse

POINTS = 101
"""Evenly spaced times of a curve; boundaries and instants come on top."""
_KEPT = 64


@dataclass(frozen=True)
class _Setting:
    set: Mapping[str, float]
    scale: Mapping[str, float]
    set_at_start: Mapping[str, float]
    horizon: str
    equilibrate: bool
    age: str | None


@dataclass(frozen=True)
class _Intervention:
    kind: str
    set: Mapping[str, float]
    scale: Mapping[str, float]
    settings: Sequence[str] | None
    onset: str | None
    start: str | None
    end: str | None
    age: str | None


@dataclass(frozen=True)
class _HowRun:
    time_unit: str
    detection_limit: float


@dataclass(frozen=True)
class _Model:
    """What the page knows of a model, as binding and as vocabulary."""

    id: str
    protocol: _HowRun
    settings: Mapping[str, _Setting]
    interventions: Mapping[str, _Intervention]

    def time(self, duration: str) -> float:
        return convert(duration, self.protocol.time_unit)


def opened(expression: Mapping[str, Any], path: str) -> Answers:
    """Return the answers of a model in COPASI.

    Args:
        expression: the model as `osteon.site.expression` writes it.
        path: of its COPASI file.
    """
    accuracy = Accuracy(expression["relative_tolerance"], expression["absolute_tolerance"])
    observables, amounts = expression["observables"], expression["amounts"]
    engine = copasi.opened_file(Path(path), observables=observables, amounts=amounts, accuracy=accuracy)
    simulator = Simulator(
        engine,
        name=expression["id"],
        time_unit=expression["time_unit"],
        settle=expression["settle"],
        timed=expression["timed"],
    )
    return Answers(expression, simulator)


class Answers:
    """Answers what is asked of one model.

    Args:
        expression: the model as `osteon.site.expression` writes it.
        simulator: the model, ready to run.
    """

    def __init__(self, expression: Mapping[str, Any], simulator: Simulator) -> None:
        self._simulator = simulator
        self._observables: Sequence[str] = list(expression["observables"])
        self._dense: Mapping[str, list[float]] = expression["feature_times"]
        self._model = _Model(
            expression["id"],
            _filled(_HowRun, expression),
            {name: _filled(_Setting, entry) for name, entry in expression["settings"].items()},
            {name: _filled(_Intervention, entry) for name, entry in expression["interventions"].items()},
        )
        self._laws: Mapping[str, Any] = expression["laws"]
        self._courses: dict[str, TimeCourse] = {}

    def answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a question comes to.

        Args:
            question: ``setting``; ``condition`` and ``reference``, each a list of interventions; ``at`` and
                ``reference_at``, each a time in the model's unit or the name of a feature; ``observable`` and
                ``reference_observable``, what a claim compares, or nothing; ``doses``, the values that the reader
                moved, by intervention and target.

        Returns:
            ``curves``, the keys of the condition's and the reference's for `curve`; ``effects``, one an observable,
            ``None`` where a time course has no such feature; ``claim``, the effect of what a claim compares, where that
            is asked. Or ``clash``, ``refused`` or ``broken``, each a sentence.
        """
        try:
            return self._answer(question)
        except ProjectError as error:
            return {"clash": "; ".join(finding.what for finding in error.findings)}
        except SimulationError as error:
            return {"broken": str(error)}
        except OsteonError as error:
            return {"refused": str(error)}

    def curve(self, key: str) -> dict[str, Any]:
        """Return a curve of an answer: ``times``, and the ``values`` of each observable at them."""
        course = self._courses[key]
        values = {name: [float(value) for value in column] for name, column in course.values.items()}
        return {"times": [float(time) for time in course.times], "values": values}

    def contrasts(self, question: Mapping[str, Any]) -> tuple[Contrast | None, tuple[Contrast, ...]]:
        """Return what a claim compares, where that is asked, and the same contrast of each observable."""
        sides = ["+".join(question[side]) or CONTROL for side in ("condition", "reference")]
        instants = [self._instant(question[side]) for side in ("at", "reference_at")]

        def contrast(here: str, there: str) -> Contrast:
            readings = [Reading(*one) for one in zip((here, there), sides, instants, strict=True)]
            return Contrast(question["setting"], readings[0], readings[1])

        asked, beside = question["observable"], question["reference_observable"]
        claim = contrast(asked, beside or asked) if asked else None
        return claim, tuple(contrast(name, name) for name in self._observables)

    def _instant(self, at: float | str) -> str:
        return at if isinstance(at, str) else f"{at:.12f} {self._model.protocol.time_unit}"

    def _answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        bound = self._moved(question["doses"])
        claim, contrasts = self.contrasts(question)
        wanted = runs(bound, (reading for one in contrasts for reading in one.readings))
        # Both curves are drawn as far as the later of the two readings.
        until = max((time for run in wanted.values() for time in run.times), default=0.0)
        simulations = _Simulations(bound, self._simulator, self._dense, self._kept, until)
        limit = bound.protocol.detection_limit * self._simulator.size
        paths = Paths(self._laws, bound, bound)
        readings = Readings(bound, wanted, simulations, limit, paths.lead)
        keys = [next(iter(runs(bound, [reading]))) for reading in contrasts[0].readings]
        for key in keys:
            simulations.time_course(wanted[key])
        curves = [simulations.key(wanted[key]) for key in keys]
        return {
            "curves": dict(zip(("condition", "reference"), curves, strict=True)),
            "effects": {one.reading.observable: _effect(readings, one) for one in contrasts},
            "claim": None if claim is None else _effect(readings, claim),
        }

    def _moved(self, doses: Mapping[str, Mapping[str, float]]) -> _Model:
        """Return the model with the values that the reader moved."""
        known = self._model.interventions
        moved = {
            name: replace(known[name], set=_replaced(known[name].set, to), scale=_replaced(known[name].scale, to))
            for name, to in doses.items()
        }
        return replace(self._model, interventions={**known, **moved})

    def _kept(self, key: str, simulate: Callable[[], TimeCourse]) -> TimeCourse:
        """Return a time course of an earlier question, or simulate it; the oldest ones go first."""
        found = self._courses.pop(key, None) or simulate()
        self._courses[key] = found
        if len(self._courses) > _KEPT:
            del self._courses[next(iter(self._courses))]
        return found


@dataclass(frozen=True)
class _Simulations:
    """The runs of one question; see `osteon.simulation.readings.Simulations`."""

    bound: _Model
    simulator: Simulator
    dense: Mapping[str, list[float]]
    kept: Callable[[str, Callable[[], TimeCourse]], TimeCourse]
    until: float

    def time_course(self, run: Run) -> TimeCourse:
        return self.kept(self.key(run), lambda: self._simulated(run))

    def key(self, run: Run) -> str:
        """Return what tells a run from others, the doses that the reader moved included."""
        acting = [self.bound.interventions[name] for name in run.names]
        return repr((run, self.until, [(sorted(bound.set.items()), sorted(bound.scale.items())) for bound in acting]))

    def _simulated(self, run: Run) -> TimeCourse:
        horizon = self.bound.settings[run.setting].horizon
        until = max(self.bound.time(horizon), self.until)
        laid_out = schedule(self.bound, self.bound, run.names, setting=run.setting, until=until, since=run.since)
        start, end = laid_out.periods[0].start, laid_out.periods[-1].end
        step = (end - start) / (POINTS - 1)
        grid = [*(start + number * step for number in range(POINTS - 1)), end]
        return self.simulator.run(laid_out, [*grid, *run.times, *(self.dense[horizon] if run.whole else ())])

    def resting(self, run: Run) -> Mapping[str, float]:
        return self.simulator.resting_state(schedule(self.bound, self.bound, run.names, setting=run.setting))


def _filled(of: type[Any], entry: Mapping[str, Any]) -> Any:
    return of(**{name: entry[name] for name in of.__dataclass_fields__})


def _replaced(values: Mapping[str, float], by: Mapping[str, float]) -> dict[str, float]:
    return {target: by.get(target, value) for target, value in values.items()}


def _effect(readings: Readings, contrast: Contrast) -> dict[str, Any] | None:
    """Return an effect as the page shows it; nothing where a time course has no such feature."""
    try:
        effect: Effect = readings.effect(contrast)
    except UndefinedError:
        return None
    return {
        **effect.as_dict(),
        "word": effect.label,
        "text": str(effect),
        "changes": not holds("unchanged", effect.log),
    }
