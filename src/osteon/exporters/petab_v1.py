"""PEtab version 1: each condition of the evidence as values of parameters of one staged model.

Version 1 knows one change of a running model, from pre-equilibration to simulation; interventions that begin or end at
times of their own need more. So the SBML here is that of `osteon.experiments.experiment`: it comes to rest, then
goes through its stages by itself, and its time runs from the start of the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from osteon import sbml
from osteon.experiments.experiment import Experiment, ExperimentSet
from osteon.exporters.bundle import File
from osteon.exporters.estimation import Measurement, Problem, measured, noise
from osteon.exporters.tables import table

_CONFIGURATION = """format_version: 1
parameter_file: parameters.tsv
problems:
- sbml_files: [{name}.xml]
  condition_files: [conditions.tsv]
  observable_files: [observables.tsv]
  measurement_files: [measurements.tsv]
"""
_PARAMETERS = ("parameterId", "parameterScale", "lowerBound", "upperBound", "nominalValue", "estimate")
_OBSERVABLES = ("observableId", "observableName", "observableFormula", "noiseFormula", "noiseDistribution")


def files(problem: Problem) -> Iterator[File]:
    """Yield the files of version 1."""
    model = problem.bundle.model
    staged = problem.bundle.design
    experiments = {(one.setting, one.condition, one.steady): one for one in staged.experiments}
    used = {one: experiments[one.setting, one.condition, one.time == inf] for one in problem.measurements}
    # pyPESTO with roadrunner mistakes one condition for another where they are not sorted.
    conditions = sorted({one.id: one for one in used.values()}.items())
    yield File.text("v1/problem.yaml", _CONFIGURATION.format(name=model.name))
    yield File.text(f"v1/{model.name}.xml", sbml.with_rules(staged.sbml, problem.derived, model.shown))
    yield table("v1/parameters.tsv", _PARAMETERS, _parameters(problem))
    yield table("v1/observables.tsv", _OBSERVABLES, _observables(problem, staged))
    yield table(
        "v1/conditions.tsv",
        ("conditionId", "conditionName", *(parameter.id for parameter in staged.condition_parameters)),
        (
            {"conditionId": name, "conditionName": one.label}
            | {parameter.id: one.values[parameter.id] for parameter in staged.condition_parameters}
            for name, one in conditions
        ),
    )
    yield table(
        "v1/measurements.tsv",
        ("observableId", "simulationConditionId", "time", "measurement"),
        (
            {
                "observableId": measured(one.observable),
                "simulationConditionId": used[one].id,
                "time": _time(one, used[one], staged),
                "measurement": one.value,
            }
            for one in problem.measurements
        ),
    )


def _time(one: Measurement, experiment: Experiment, staged: ExperimentSet) -> float:
    return staged.run_time(experiment.end if one.time == inf else one.time)


def _parameters(problem: Problem) -> Iterator[Mapping[str, object]]:
    for name in sorted([*problem.free, *problem.fixed]):
        entry = problem.free.get(name)
        low, high = (entry and entry.range) or ("", "")
        yield {
            "parameterId": name,
            "parameterScale": "log10" if entry and entry.is_logarithmic else "lin",
            "lowerBound": low,
            "upperBound": high,
            "nominalValue": problem.values[name],
            "estimate": int(entry is not None),
        }


def _observables(problem: Problem, staged: ExperimentSet) -> Iterator[Mapping[str, object]]:
    for name in sorted({one.observable for one in problem.measurements}):
        yield {
            "observableId": measured(name),
            "observableName": name.replace("_", " "),
            "observableFormula": staged.observables[name],
            "noiseFormula": noise(problem, name),
            "noiseDistribution": "normal",
        }
