"""COPASI: a ``.cps`` file with every experiment of the evidence as a named parameter set, and plots ready to run.

Opened in COPASI, *Time Course* runs control, choosing another parameter set runs another experiment, and *Parameter
Scan* runs them all. The file is written by COPASI itself from the SBML of `osteon.experiments.experiment`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import basico
import COPASI
import numpy as np

from osteon.errors import OsteonError
from osteon.experiments.experiment import ExperimentSet
from osteon.experiments.staged_sbml import CLOCK
from osteon.exporters.bundle import Bundle, File
from osteon.jobs.subprocess import CrashedError, call_in_subprocess

_STAMP = re.compile(r"<!-- generated with COPASI[^>]*-->\n")
_RDF = re.compile(r"<rdf:RDF.*?</rdf:RDF>", re.DOTALL)
_KEY = re.compile(r' key="(\w+_\d+)"')
_REFERENCE = re.compile(r'"(#?)(\w+_\d+)"')
_STEPS = 400
_CURVES = 6
"""Most observables in one plot."""
for _prefix, _space in {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "CopasiMT": "http://www.copasi.org/RDF/MiriamTerms#",
    "dcterms": "http://purl.org/dc/terms/",
    "vCard": "http://www.w3.org/2001/vcard-rdf/3.0#",
    "bqbiol": "http://biomodels.net/biology-qualifiers/",
    "bqmodel": "http://biomodels.net/model-qualifiers/",
}.items():
    ElementTree.register_namespace(_prefix, _space)


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the COPASI file of a model."""
    yield File(f"{bundle.name}.cps", content(bundle))


def content(bundle: Bundle) -> bytes:
    """Return the COPASI file of a model; the same bytes each time.

    COPASI keeps one list of rate laws for all models of a process, takes from it what it needs and numbers names that
    are there already. So it writes the file in a process of its own.

    Raises:
        OsteonError: if COPASI crashes.
    """
    made = bundle.design
    protocol = bundle.model.binding.protocol
    try:
        return call_in_subprocess(_written, made, bundle.name, protocol.relative_tolerance, protocol.absolute_tolerance)
    except CrashedError as error:
        raise OsteonError(f"{bundle.name}: COPASI crashed as it wrote its file") from error


def _written(made: ExperimentSet, name: str, relative_tolerance: float, absolute_tolerance: float) -> bytes:
    data = basico.load_model_from_string(made.sbml)
    data.setSBMLFileName(f"{name}_experiments.xml")  # Without a name COPASI drops the SBML ids of everything.
    _add_experiments(data, made)
    _add_tasks(data, made, relative_tolerance, absolute_tolerance)
    for number, names in enumerate(_groups(tuple(made.observables)), start=1):
        _add_plot(data, f"Observables {number}: {', '.join(names)}", made, names)
    text = _RDF.sub(lambda found: _ordered(found[0]), _STAMP.sub("", data.saveModelToString()))
    return _renumbered(text).encode()


def _renumbered(text: str) -> str:
    """Number the keys of objects anew, in order: COPASI counts on from whatever it did before in the process."""
    keys = {key: f"{key.rpartition('_')[0]}_{number}" for number, key in enumerate(_KEY.findall(text))}
    return _REFERENCE.sub(lambda found: f'"{found[1]}{keys.get(found[2], found[2])}"', text)


def _ordered(block: str) -> str:
    """Put the entries of an annotation into an order of their own: COPASI writes them by their place in memory."""
    tree = ElementTree.fromstring(block)
    _sort(tree)
    ElementTree.indent(tree)
    return ElementTree.tostring(tree, encoding="unicode")


def _sort(element: ElementTree.Element) -> None:
    for child in element:
        _sort(child)
    element[:] = sorted(element, key=lambda child: "".join(ElementTree.tostring(child, "unicode").split()))


def _add_experiments(data: Any, made: ExperimentSet) -> None:
    model = data.getModel()
    condition_parameters = {value.getSBMLId(): value for value in model.getModelValues()}
    sets = model.getModelParameterSets()
    for experiment in (*made.experiments[1:], made.control):  # Control last, so that the file is left in its state.
        changed = COPASI.ObjectStdVector()
        for name, value in experiment.values.items():
            condition_parameters[name].setInitialValue(value)
            changed.append(condition_parameters[name].getInitialValueReference())
        model.updateInitialValues(changed)
        chosen = COPASI.CModelParameterSet(experiment.label)
        sets.addAndOwn(chosen)
        chosen.createFromModel()


def _add_tasks(data: Any, made: ExperimentSet, relative_tolerance: float, absolute_tolerance: float) -> None:
    first, last = min(one.start for one in made.experiments), made.horizon
    times = np.linspace(made.run_time(first), made.run_time(last), _STEPS + 1).tolist()
    course = {
        "scheduled": False,
        "problem": {
            "Duration": times[-1],
            "OutputStartTime": times[0],
            # Steps would be spread over the rest, too, and the integrator's own are too long for curves.
            "Use Values": True,
            "Values": " ".join(map(repr, times)),
            "StepNumber": _STEPS,  # COPASI asks for as much memory, even so.
        },
        "method": {
            "name": "Deterministic (LSODA)",
            "Relative Tolerance": relative_tolerance,
            "Absolute Tolerance": absolute_tolerance,
            "Max Internal Steps": 1_000_000,
        },
    }
    basico.set_task_settings(basico.T.TIME_COURSE, course, model=data)
    labels = [one.label for one in made.experiments]
    basico.set_scan_items([{"parameter_sets": labels}], model=data)
    basico.set_scan_settings(subtask="Time-Course", output_during_subtask=True, scheduled=True, model=data)


def _groups(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [names[start : start + _CURVES] for start in range(0, len(names), _CURVES)]


def _add_plot(data: Any, title: str, made: ExperimentSet, names: tuple[str, ...]) -> None:
    titles = {value.getSBMLId(): value.getObjectName() for value in data.getModel().getModelValues()}
    clock = f"Values[{titles[CLOCK]}]"
    curves = [
        {"name": name, "channels": [clock, f"Values[{titles[made.observables[name]]}]"], "type": "curve2d"}
        for name in names
    ]
    basico.add_plot(title, curves=curves, model=data)
