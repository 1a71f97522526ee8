"""BPSL: every claim that says which way an observable goes, as constraints by which PyBNF checks a model, or fits it.

A constraint compares two quantities, so effects are judged by logarithms: the model gets a species ``ln_<observable>``
for each observable, and one for each word that is asked of it, moved by the threshold of the word. ``E >= ln 1.1``
then reads ``treated.ln_sost >= control.ln_sost__increase``, and the penalty is what the effect falls short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, log
from textwrap import wrap
from typing import Any

import libsbml

from osteon import sbml
from osteon.evidence.claims import Check, Claim, ContrastCheck, OrderCheck
from osteon.evidence.conditions import canonical
from osteon.evidence.criteria import interval, threshold
from osteon.evidence.features import FEATURES, STEADY_STATE
from osteon.evidence.reading import Reading
from osteon.experiments.experiment import Experiment
from osteon.experiments.runs import missing_words
from osteon.exporters.bundle import Bundle, File
from osteon.exporters.estimation import Problem, unmeasured
from osteon.simulation.contrast import contrasts
from osteon.verification.results import lack

STEPS = 100
"""Of output up to a reading. One step more is run, or PyBNF may find that the time of the reading never came."""
NOTHING = 1e-9
"""What an observable at or below the detection limit counts as, in detection limits: far below any threshold."""
_HEADER = (
    "{title}: what the sources claim, in the Biological Property Specification Language of PyBNF (1.8 or later).",
    "Each line compares two runs of {name}.conf, at the time of the reading; ln_X is the natural logarithm of the "
    "observable X, and ln_X__WORD is the same moved by the threshold of the word. What is at or below the detection "
    "limit ({limit:g}) counts as nothing, and no fold change has such a reference.",
)
_EMPTY = "# PyBNF wants data of each run; all constraints of a model are with its first one.\n"


@dataclass(frozen=True)
class Run:
    """One experiment up to one reading; ``end`` in the engine's own time, ``number`` from 1."""

    number: int
    experiment: Experiment
    end: float

    @property
    def name(self) -> str:
        """PyBNF's name of the run."""
        return f"r{self.number}_"

    @property
    def suffix(self) -> str:
        """PyBNF's name of the output: that of the run with that of the condition behind it."""
        return f"{self.name}{self.experiment.id}"


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the model, the constraints, and configurations of PyBNF: one checks the model, one fits it."""
    writer = _Writer(bundle)
    lines = "\n".join(writer.lines()) + "\n"  # Runs and words are known when all is written.
    problem = unmeasured(bundle)
    yield File.text(f"{bundle.name}.prop", lines)
    yield File.text("no_data.prop", _EMPTY)
    yield File.text(f"{bundle.name}.xml", sbml.with_rules(writer.model(), problem.derived, bundle.model.shown))
    yield File.text(f"{bundle.name}.conf", "\n".join(["job_type = check", *writer.configuration()]) + "\n")
    yield File.text(f"{bundle.name}_fit.conf", "\n".join([*_fit(problem), *writer.configuration()]) + "\n")


class _Writer:
    def __init__(self, bundle: Bundle) -> None:
        self._subject, self._model = bundle, bundle.model
        self._design = bundle.design
        self._limit = bundle.model.binding.protocol.detection_limit
        self._experiments = {(one.setting, one.condition, one.steady): one for one in self._design.experiments}
        self._runs: dict[tuple[str, float], Run] = {}
        self._moved: dict[str, tuple[str, float]] = {}
        self._references: set[str] = set()

    def lines(self) -> Iterator[str]:
        """Yield the constraints, claim by claim, with a comment on every check that is left out."""
        for paragraph in _HEADER:
            words = {"title": self._model.binding.title, "name": self._subject.name, "limit": self._limit}
            yield from _comment(paragraph.format(**words))
        for source, claim in self._subject.claims:
            yield ""
            yield from _comment(f"{claim.id} ({source}): {claim.statement}")
            if claim.documented is not None:
                yield from _comment(f"No simulation can test it: {claim.documented}")
            elif claim.id in self._model.binding.unmet:
                yield from _comment(f"The model does not meet it: {self._model.binding.unmet[claim.id]}")
            for check in claim.checks:
                reason = self._left_out(check, claim)
                if reason is None and isinstance(check, ContrastCheck):
                    yield from self._constraints(check, claim)
                else:
                    yield from _comment(f"Left out: {check.expect}, {check.observable}: {reason}")

    def _left_out(self, check: Check, claim: Claim) -> str | None:
        """Return why a check is no constraint, if it is none."""
        missing = missing_words(check, claim.setting, self._model.binding)
        if missing:
            return lack(missing)
        if isinstance(check, OrderCheck):
            return "BPSL has no word for the time of half a change"
        if not isinstance(check, ContrastCheck):
            return "it is about what acts on what, which no course in time shows"
        if check.second_readings:
            return "it compares two effects, so four readings, and BPSL compares two"
        (compared,) = contrasts(check, claim, self._model.vocabulary)
        features = {str(reading.at) for _, reading in compared.readings} & {*FEATURES} - {STEADY_STATE}
        if features:
            return f"BPSL has no word for the {features.pop()} of one run against another"
        if compared.reading.average is not None:
            return f"BPSL has no word for an average over {compared.reading.average}"
        return None

    def _constraints(self, check: ContrastCheck, claim: Claim) -> Iterator[str]:
        (compared,) = contrasts(check, claim, self._model.vocabulary)
        read, reference = compared.reading, compared.reference
        run, other = (self._run(one, claim) for one in (read, reference))
        yield f"# {check.expect}: {threshold(check.expect)}"
        defined = (
            f"{other.suffix}.ln_{reference.observable} > {log(self._limit)!r} at {other.suffix}.time={other.end!r}"
        )
        if defined not in self._references:
            self._references.add(defined)
            yield f"{defined} weight 1"
        within = interval(check.expect)
        for sign, bound, side in ((">=", within.low, "low"), ("<=", within.high, "high")):
            if isfinite(bound):
                both = isfinite(within.low) and isfinite(within.high)
                moved = f"ln_{reference.observable}__{check.expect.replace(' ', '_')}{f'_{side}' if both else ''}"
                self._moved[moved] = (reference.observable, bound)
                at = f"{run.suffix}.time={run.end!r}"
                yield f"{run.suffix}.ln_{read.observable} {sign} {other.suffix}.{moved} at {at} weight 1"

    def _run(self, reading: Reading, claim: Claim) -> Run:
        when = str(reading.at)
        steady = when == STEADY_STATE
        experiment = self._experiments[claim.setting, canonical(reading.condition), steady]
        end = self._design.run_time(experiment.end if steady else self._model.binding.time(when))
        return self._runs.setdefault((experiment.id, end), Run(len(self._runs) + 1, experiment, end))

    def model(self) -> str:
        """Return the model of the experiments with the logarithms; species, for PyBNF reads nothing else."""
        formulas = {}
        for name, symbol in self._design.observables.items():
            least = f"{self._limit!r} dimensionless"
            formulas[f"ln_{name}"] = (
                f"piecewise(ln({symbol}), {symbol} > {least}, ln({NOTHING!r} dimensionless * {least}))"
            )
        for name, (observable, bound) in self._moved.items():
            formulas[name] = f"ln_{observable} + {bound!r} dimensionless"
        return _with_species(self._design.sbml, formulas, self._model.shown)

    def configuration(self) -> Iterator[str]:
        """Yield the lines that every configuration has: the model, conditions and runs."""
        name = self._subject.name
        yield "edition = 2"
        yield "objective = sos"  # One must be named; constraints add to it, and there are no data.
        yield f"model: {name}.xml"
        for experiment in {run.experiment.id: run.experiment for run in self._runs.values()}.values():
            changes = ", ".join(f"{parameter} = {value!r}" for parameter, value in experiment.values.items())
            yield f"condition: {experiment.id}, perturbations: {changes}"
        for run in self._runs.values():
            data = f"{name}.prop" if run.number == 1 else "no_data.prop"
            end = run.end * (STEPS + 1) / STEPS
            yield (
                f"experiment: {run.name}, condition: {run.experiment.id}, data: {data}, t_end: {end!r}, "
                f"n_steps: {STEPS + 1}"
            )


def _with_species(text: str, formulas: Mapping[str, str], shown: str) -> str:
    """Return SBML text with a species more for each formula, which a rule computes.

    What events change becomes a species too: PyBNF 1.8 starts a run with what the one before has made of a parameter.
    """
    document = sbml.read(text, shown)
    model = document.getModel()
    for name in sorted(sbml.changed_by_events(model)):
        parameter = model.removeParameter(name)
        if parameter is not None:
            _add_species(model, name).setInitialAmount(parameter.getValue())
    for name, formula in formulas.items():
        _add_species(model, name)
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(sbml.parse_formula(formula, model, f"species {name!r}"))
    return str(libsbml.writeSBMLToString(document))


def _add_species(model: Any, name: str) -> Any:
    species = model.createSpecies()
    species.setId(name)
    species.setCompartment(model.getCompartment(0).getId())
    species.setSubstanceUnits("dimensionless")
    species.setHasOnlySubstanceUnits(True)
    species.setBoundaryCondition(False)
    species.setConstant(False)
    return species


def _fit(problem: Problem) -> Iterator[str]:
    """Yield what to fit, and how."""
    yield "job_type = de"
    yield "population_size = 40"
    yield "max_iterations = 100"
    for name, entry in problem.free.items():
        lower, upper = entry.range or (0.0, 0.0)
        scale = "log10" if entry.is_logarithmic else "lin"
        yield f"parameter: {name}, prior: uniform, parameter_scale: {scale}, lower: {lower!r}, upper: {upper!r}"


def _comment(text: str) -> list[str]:
    return wrap(text, 118, initial_indent="# ", subsequent_indent="#   ", break_long_words=False)
