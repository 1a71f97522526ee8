"""Changes of SED-ML: made in the model before an engine sees it, alike in every engine, or refused by name."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from omex import SBML, SEDML, files, manifest, pack
from osteon import archive, engines
from osteon.engines import sedml
from osteon.errors import ArchiveError

PARAMETER = "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='k']"
SPECIES = "/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='S']"
OWN_CHANGES = SEDML[SEDML.index("<listOfChanges>") : SEDML.index("</listOfChanges>") + len("</listOfChanges>")]
MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def attribute(target: str, value: str) -> str:
    return f'<changeAttribute target="{target}" newValue="{value}"/>'


def computed(target: str, mathematics: str, *, parameters: str = "", variables: str = "") -> str:
    lists = f"<listOfVariables>{variables}</listOfVariables><listOfParameters>{parameters}</listOfParameters>"
    return f'<computeChange target="{target}">{lists}<math {MATH}>{mathematics}</math></computeChange>'


def experiment(changes: str = "", *, source: str = "decay.xml", models: str = "") -> str:
    """Return the experiment with other changes of the model `fast`, another source of it, and further models."""
    text = SEDML.replace(OWN_CHANGES, f"<listOfChanges>{changes}</listOfChanges>")
    before, _, rest = text.partition('id="fast" language="urn:sedml:language:sbml" source="decay.xml"')
    return f'{before}id="fast" language="urn:sedml:language:sbml" source="{source}"{rest}'.replace(
        "</listOfModels>", f"{models}</listOfModels>"
    )


DOUBLE = "<apply><times/><ci>v</ci><ci>two</ci></apply>"
TWO = '<parameter id="two" value="2"/>'
CHANGES = {
    "value": (attribute(f"{PARAMETER}/@value", "0.3"), 10, 0.3),
    "double quotes": (attribute(f"{PARAMETER}/@value".replace("'", "&quot;"), "0.3"), 10, 0.3),
    "anywhere below": (attribute("//sbml:parameter[@id='k']/@value", "0.3"), 10, 0.3),
    "without prefixes": (attribute(f"{PARAMETER}/@value".replace("sbml:", ""), "0.3"), 10, 0.3),
    "initial concentration": (attribute(f"{SPECIES}/@initialConcentration", "4"), 4, 0.1),
    "initial amount": (attribute(f"{SPECIES}/@initialAmount", "4"), 4, 0.1),
    "last of two": (attribute(f"{PARAMETER}/@value", "7") + attribute(f"{PARAMETER}/@value", "0.3"), 10, 0.3),
    "computed": (computed(PARAMETER, "<cn>0.3</cn>"), 10, 0.3),
    "computed from the model": (
        computed(PARAMETER, DOUBLE, parameters=TWO, variables=f'<variable id="v" target="{PARAMETER}"/>'),
        10,
        0.2,
    ),
    "computed from another model": (
        computed(
            f"{SPECIES}/@initialConcentration",
            DOUBLE,
            parameters=TWO,
            variables=f'<variable id="v" modelReference="slow" target="{SPECIES}/@initialConcentration"/>',
        ),
        20,
        0.1,
    ),
    "computed after a change": (
        attribute(f"{PARAMETER}/@value", "0.15")
        + computed(PARAMETER, DOUBLE, parameters=TWO, variables=f'<variable id="v" target="{PARAMETER}/@value"/>'),
        10,
        0.3,
    ),
}


SOURCES = ("decay.xml", "./decay.xml", "x/../decay.xml", "decay%2Exml", "#slow", "slow")
NAMES = ("my model.xml", "my%20model.xml", "modèle.xml", quote("modèle.xml"), "käse/über.xml", quote("käse/über.xml"))
TAKES = attribute(f"{PARAMETER}/@value", "0.3")
TWICE = attribute(f"{PARAMETER}/@value", "5") + attribute(f"{SPECIES}/@initialConcentration", "4")
BETWEEN = '<model id="between" source="{}"><listOfChanges>' + TWICE + "</listOfChanges></model>"
DERIVED = {
    "from a derived one": experiment(TAKES, source="#between").replace(
        '<model id="fast"', BETWEEN.format("slow") + '<model id="fast"'
    ),
    "from one that stands after it": experiment(TAKES, source="between", models=BETWEEN.format("#slow")),
}

CASES: dict[str, tuple[str, float, float]] = {
    **{f"change: {case}": (experiment(changes), start, rate) for case, (changes, start, rate) in CHANGES.items()},
    **{f"source: {source}": (experiment(TAKES, source=source), 10, 0.3) for source in SOURCES},
    **{f"file: {name}": (SEDML.replace("decay.xml", name), 10, 0.3) for name in NAMES},
    **{f"derived {case}": (text, 4, 0.3) for case, text in DERIVED.items()},
}
"""Experiments, with where S begins in the task `fastly` and how fast it decays."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[float, float]]]:
    """Return for each engine and case the first and the last value of S; all cases are files of one archive."""
    texts = {f"case_{number}.sedml": text for number, (text, *_) in enumerate(CASES.values())}
    models = ("decay.xml", "my model.xml", "modèle.xml", "käse/über.xml")
    contents = {"manifest.xml": manifest((*models, *texts), ""), **dict.fromkeys(models, SBML), **texts}
    found = archive.read(pack(tmp_path_factory.mktemp("changes") / "a.omex", contents))
    ends: dict[str, dict[str, tuple[float, float]]] = {}
    for engine, task, column in (("tellurium", "both", "fast"), ("copasi", "fastly", "S")):
        tables = {table.id: table.columns for table in engines.run(found, engine).tables}
        values = {case: tables[f"case_{number}_{task}"][column] for number, case in enumerate(CASES)}
        ends[engine] = {case: (one[0], one[-1]) for case, one in values.items()}
    return ends


@pytest.mark.interop
@pytest.mark.parametrize("engine", ["tellurium", "copasi"])
@pytest.mark.parametrize("case", CASES)
def test_it_is_run_as_it_says(case: str, engine: str, answers: dict[str, dict[str, tuple[float, float]]]) -> None:
    _, start, rate = CASES[case]
    assert answers[engine][case] == pytest.approx((start, start * np.exp(-10 * rate)), rel=1e-4)


def test_a_new_value_wins_over_an_initial_assignment_and_leaves_that_of_others(tmp_path: Path) -> None:
    assignment = f'<initialAssignment symbol="{{}}"><math {MATH}><cn>9</cn></math></initialAssignment>'
    both = f"<listOfInitialAssignments>{assignment.format('k')}{assignment.format('S')}</listOfInitialAssignments>"
    model = SBML.replace("<listOfReactions>", both + "<listOfReactions>")
    text = experiment(attribute(f"{PARAMETER}/@value", "0.3"))
    found = archive.read(pack(tmp_path / "a.omex", files(experiment=text, model=model)))
    models = sedml.read(found, "experiment.sedml").models
    assert 'symbol="k"' in models["slow"]
    assert 'symbol="k"' not in models["fast"]
    assert 'symbol="S"' in models["fast"]


RULE = f'<listOfRules><assignmentRule variable="k"><math {MATH}><cn>1</cn></math></assignmentRule></listOfRules>'
RULED = SBML.replace("<listOfReactions>", RULE + "<listOfReactions>").replace(
    '<parameter id="k" value="0.1" constant="true"/>', '<parameter id="k" constant="false"/>'
)
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "another structure": (
        {"experiment": experiment(f'<changeXML target="{PARAMETER}"><newXML><x/></newXML></changeXML>')},
        "model 'fast': <changeXML>: is not carried out",
    ),
    "more structure": (
        {"experiment": experiment(f'<addXML target="{PARAMETER}"><newXML><x/></newXML></addXML>')},
        "model 'fast': <addXML>: is not carried out",
    ),
    "nothing there": (
        {"experiment": experiment(attribute(f"{PARAMETER}/@value".replace("'k'", "'q'"), "1"))},
        "leads to no elements of the model",
    ),
    "several there": ({"experiment": experiment(attribute("//sbml:*/@id".replace("*", "q") + "", "1"))}, "leads to no"),
    "a path of another kind": (
        {"experiment": experiment(attribute("/sbml:sbml/*[1]/@value", "1"))},
        "is not a path of elements by their names and ids",
    ),
    "no attribute": ({"experiment": experiment(attribute(PARAMETER, "1"))}, "names no attribute"),
    "computed by a rule": (
        {"experiment": experiment(attribute(f"{PARAMETER}/@value", "1")), "model": RULED},
        "'k' is computed by a rule",
    ),
    "an unknown symbol": ({"experiment": experiment(computed(PARAMETER, "<ci>q</ci>"))}, "has 'q', which has no value"),
    "no number": (
        {"experiment": experiment(computed(PARAMETER, "<apply><divide/><cn>1</cn><cn>0</cn></apply>"))},
        "which is no number",
    ),
    "derives from itself": ({"experiment": experiment(source="#fast")}, "model 'fast' derives from itself"),
    "in a circle": (
        {"experiment": experiment(source="#other", models='<model id="other" source="#fast"/>')},
        "derives from itself",
    ),
    "two of one id": (
        {"experiment": experiment(models='<model id="fast" source="decay.xml"/>')},
        "has two models of the id 'fast'",
    ),
    "another language": (
        {"experiment": SEDML.replace("urn:sedml:language:sbml", "urn:sedml:language:cellml")},
        "is in the language 'urn:sedml:language:cellml'",
    ),
    "no model": ({"experiment": experiment(source="experiment.sedml")}, "is no SBML but <sedML>"),
    "by address": ({"experiment": experiment(source="urn:miriam:biomodels.db:x")}, "only files inside the archive"),
    "by an escaped address": ({"experiment": experiment(source="http%3A//x/y.xml")}, "only files inside the archive"),
    "outside, escaped": ({"experiment": experiment(source="%2e%2e/decay.xml")}, "which is not in the archive"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused_by_name(case: str, tmp_path: Path) -> None:
    changed, message = REFUSED[case]
    found = archive.read(pack(tmp_path / "a.omex", files(**changed)))
    with pytest.raises(ArchiveError) as caught:
        sedml.read(found, "experiment.sedml")
    assert message in str(caught.value)
    assert "experiment.sedml" in str(caught.value)
