"""Jobs: what every contestant is given, as plain numbers that need nothing of Osteon to be run.

A job is one model and every experiment that its claims ask for. An experiment is a state at rest, or the initial
values, followed by segments of time in which parameters hold; species are changed once, at the start of a segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import osteon
from osteon import sbml
from osteon.evidence.claims import Claim
from osteon.evidence.project import Project, find_project
from osteon.experiments.equilibration import needed
from osteon.experiments.runs import Run, runs
from osteon.simulation.model import Model
from osteon.simulation.schedule import Changes, Schedule


@dataclass(frozen=True)
class Act:
    """A change of one target: ``value`` where it is given, times ``factor``."""

    value: float | None
    factor: float

    def applied(self, own: float) -> float:
        """Return the target's value, given its own."""
        return (own if self.value is None else self.value) * self.factor


Acts = Mapping[str, Act]


@dataclass(frozen=True)
class Segment:
    """A stretch of time: what holds throughout, and which species are changed at its start."""

    start: float
    end: float
    parameters: Acts
    species: Acts


@dataclass(frozen=True)
class Experiment:
    """One condition in one setting, and the times at which its observables are read."""

    label: str
    parameters: Acts
    species: Acts
    equilibrate: bool
    segments: tuple[Segment, ...]
    times: tuple[float, ...]
    """Boundaries of segments included."""

    def stretches(self) -> list[tuple[Segment, list[float]]]:
        """Return each segment with the times at which to stop in it, its start and end included."""
        stops = []
        for segment in self.segments:
            inside = [time for time in self.times if segment.start < time < segment.end]
            stops.append((segment, [segment.start, *inside, segment.end]))
        return stops


@dataclass(frozen=True)
class Job:
    """One model with observables as assignment rules, and its experiments."""

    model: str
    sbml: str
    observables: tuple[str, ...]
    settle: float
    relative_tolerance: float
    absolute_tolerance: float
    experiments: tuple[Experiment, ...]


def job(name: str) -> Job:
    """Return the main job of one model: every experiment that its claims ask for, steady states left out."""
    model = osteon.load(name)
    return Job(
        model=name,
        sbml=sbml.with_observables(model.sbml, model.formulas, model.shown),
        observables=tuple(f"observable_{observable}" for observable in model.formulas),
        settle=needed(model, wanted(model)),
        relative_tolerance=model.binding.protocol.relative_tolerance,
        absolute_tolerance=model.binding.protocol.absolute_tolerance,
        experiments=tuple(_experiment(model, run) for run in wanted(model)),
    )


def claims(model: Model) -> list[Claim]:
    """Return the claims on a model."""
    return [claim for _, claim in Project(find_project(Path.cwd())).claims(model.binding)]


def wanted(model: Model) -> list[Run]:
    """Return what the claims on a model read over time, in a fixed order."""
    found = runs(model, claims(model))
    return [found[key] for key in sorted(found) if found[key].simulated]


def laid_out(model: Model, run: Run) -> tuple[Schedule, list[float]]:
    """Return the schedule of a run, and its times."""
    schedule = model.schedule(run.names, run.setting, run.until(model.binding), run.since)
    return schedule, schedule.times(run.wanted(model.binding))


def _experiment(model: Model, run: Run) -> Experiment:
    species = {
        item.id for item in sbml.symbols(sbml.read(model.sbml, model.shown).getModel()) if item.kind == "species"
    }
    schedule, times = laid_out(model, run)
    return Experiment(
        label=f"{run.setting}: {run.condition}",
        parameters=_acts(schedule.before, species, among=False),
        species=_acts(schedule.before, species, among=True),
        equilibrate=schedule.equilibrate,
        segments=tuple(
            Segment(
                period.start,
                period.end,
                _acts(period.changes, species, among=False),
                _acts(period.begun, species, among=True),
            )
            for period in schedule.periods
        ),
        times=tuple(times),
    )


def _acts(changes: Changes, species: set[str], *, among: bool) -> Acts:
    kept = {target: change for target, change in changes.items() if (target in species) == among}
    return {target: Act(change.value, change.factor) for target, change in kept.items()}
