"""The gate for models of others: each kind of fault, and each kind of model that is not simulated, in a sentence."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

import small
from omex import SBML, files, pack
from osteon import run, sbml
from osteon.errors import CompilationError, OsteonError, ProjectError
from osteon.evidence.bindings import Act, Binding
from osteon.sbml import gate
from osteon.sbml.antimony import compile_antimony
from osteon.sbml.files import open_model
from osteon.sbml.gate import admitted
from osteon.sbml.influence import graph
from osteon.simulation import roadrunner
from osteon.simulation.model import Model

CORE = "http://www.sbml.org/sbml/level3/version2/core"
PACKAGE = "http://www.sbml.org/sbml/level3/version1/{0}/version1"
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML">{0}</math>'
ROOM = '<compartment id="c" size="1" constant="true" spatialDimensions="3"/>'
SPECIES = (
    '<species id="S" compartment="c" initialConcentration="5" hasOnlySubstanceUnits="false" boundaryCondition="false"'
    ' constant="false"/>'
)
RATE = f"<kineticLaw>{MATH.format('<ci>k</ci>')}</kineticLaw>"


def reaction(law: str = RATE, species: str = "S", more: str = "") -> str:
    return (
        f'<reaction id="J" reversible="false" {more}><listOfProducts>'
        f'<speciesReference species="{species}" stoichiometry="1" constant="true"/></listOfProducts>{law}</reaction>'
    )


def document(
    *, parameters: str = "", rules: str = "", reactions: str = "", events: str = "", package: str = "", core: str = CORE
) -> str:
    """Return SBML of one species and one parameter, with more elements."""
    named = (
        package and f' xmlns:{package}="{PACKAGE.format(package)}" {package}:required="{str(package != "fbc").lower()}"'
    )
    level = f'level="3" version="{core[len(CORE) - 6]}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="{core}"{named} {level}><model id="m">\n'
        f"<listOfCompartments>{ROOM}</listOfCompartments>\n<listOfSpecies>{SPECIES}</listOfSpecies>\n"
        f'<listOfParameters><parameter id="k" value="1" constant="true"/>{parameters}</listOfParameters>\n'
        + "".join(
            f"<listOf{name}>{content}</listOf{name}>\n"
            for name, content in (("Rules", rules), ("Reactions", reactions), ("Events", events))
            if content
        )
        + "</model></sbml>"
    )


VARIABLE = '<parameter id="y" constant="false"/>'
DELAY = (
    '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/delay">delay</csymbol>'
    "<ci>S</ci><cn>3</cn></apply>"
)
RANDOM = (
    '<apply><csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/distrib/normal">normal</csymbol>'
    "<cn>0</cn><cn>1</cn></apply>"
)


def assignment(target: str, mathematics: str) -> str:
    return f'<assignmentRule variable="{target}">{MATH.format(mathematics)}</assignmentRule>'


REFUSED: dict[str, tuple[str, str]] = {
    "an id twice": (
        document(parameters='<parameter id="S" value="1" constant="true"/>'),
        "<parameter> id 'S' conflict",
    ),
    "two rules for one": (
        document(parameters=VARIABLE, rules=assignment("y", "<ci>k</ci>") + assignment("y", "<cn>1</cn>")),
        "m.xml: line 6: Multiple rules for the same variable are not allowed: The <assignmentRule> variable 'y'",
    ),
    "a circle": (
        document(parameters=VARIABLE, rules=assignment("y", "<apply><plus/><ci>y</ci><cn>1</cn></apply>")),
        "'y'",
    ),
    "a rule for a constant": (document(rules=assignment("k", "<cn>1</cn>")), "'k'"),
    "a symbol that is not there": (document(parameters=VARIABLE, rules=assignment("y", "<ci>zz</ci>")), "'zz'"),
    "a species that is not there": (document(reactions=reaction(species="Q")), "'Q'"),
    "not enough equations": (
        document(rules=f"<algebraicRule>{MATH.format('<ci>k</ci>')}</algebraicRule>"),
        "a rule: is algebraic (0 = k); solve it for a symbol",
    ),
    "a fast reaction": (
        document(core=CORE.replace("version2", "version1"), reactions=reaction(more='fast="true"')),
        "reaction 'J': is fast; give it a rate",
    ),
    "a delay": (document(parameters=VARIABLE, rules=assignment("y", DELAY)), "has delays in its mathematics"),
    "random numbers": (
        document(package="distrib", parameters=VARIABLE, rules=assignment("y", RANDOM)),
        "draws random numbers",
    ),
    "no rate": (document(reactions=reaction(law="")), "reaction J: without a rate; give a kinetic law"),
    "flux balance": (
        document(package="fbc", core=CORE.replace("version2", "version1"), reactions=reaction("", more='fast="false"')),
        "a model of flux balance: 1 of its reactions have bounds and no rate",
    ),
    "logic": (document(package="qual"), "a logical model of the package 'qual'"),
    "space": (document(package="spatial"), "a model in space"),
    "arrays": (document(package="arrays"), "uses the package 'arrays'"),
    "a package of tomorrow": (document(package="tomorrow"), "needs the package 'tomorrow' of SBML"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_wrong_or_not_simulated_is_named(kind: str, tmp_path: Path) -> None:
    text, said = REFUSED[kind]
    (tmp_path / "m.xml").write_text(text)
    with pytest.raises(ProjectError) as caught:
        open_model(tmp_path / "m.xml", "m.xml")
    assert said in str(caught.value)
    assert all(finding.where.startswith("m.xml") for finding in caught.value.findings)


def test_a_sound_model_passes_unchanged() -> None:
    text = document(reactions=reaction())
    assert admitted(text, "m.xml") == text


def test_what_has_no_mathematics_does_nothing_and_is_left_out() -> None:
    text = document(
        parameters=VARIABLE,
        rules='<assignmentRule variable="y"/>',
        events='<event id="e" useValuesFromTriggerTime="true"/>',
    )
    model = sbml.read(admitted(text, "m.xml"), "m.xml").getModel()
    assert (model.getNumRules(), model.getNumEvents()) == (0, 0)


TURNOVER = "species S in c; S = 5; compartment c = 1; k = 2; J: S => ; k*S"
LINK = 'comp:submodelRef="A"'


def _whole(definition: str) -> str:
    """Return a document whose species X is S of a submodel, in which S decays."""
    replaced = '<comp:listOfReplacedElements><comp:replacedElement comp:idRef="{0}" {1}/></comp:listOfReplacedElements>'
    room = ROOM.replace('"c"', '"c0"').replace("/>", f">{replaced.format('c', LINK)}</compartment>")
    species = SPECIES.replace('"S"', '"X"').replace('"c"', '"c0"')
    species = species.replace("/>", f">{replaced.format('S', LINK)}</species>")
    core = CORE.replace("version2", "version1")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sbml xmlns="{core}" xmlns:comp="{PACKAGE.format("comp")}" level="3"'
        f' version="1" comp:required="true"><model id="top"><listOfCompartments>{room}</listOfCompartments>'
        f"<listOfSpecies>{species}</listOfSpecies><comp:listOfSubmodels>"
        f'<comp:submodel comp:id="A" comp:modelRef="sub"/></comp:listOfSubmodels></model>{definition}</sbml>'
    )


EXTERNAL = _whole(
    "<comp:listOfExternalModelDefinitions>"
    '<comp:externalModelDefinition comp:id="sub" comp:source="part of it.xml"/></comp:listOfExternalModelDefinitions>'
)


def _decaying() -> str:
    text = compile_antimony(f"model *part()\n{TURNOVER}\nend\n", title="part", shown="part.ant")
    # A whole and its parts are of one version.
    return (
        text.replace("version2", "version1")
        .replace('version="2"', 'version="1"')
        .replace('reversible="false"', 'reversible="false" fast="false"')
    )


def test_submodels_of_other_files_become_part_of_the_model(tmp_path: Path) -> None:
    (tmp_path / "part of it.xml").write_text(_decaying())
    (tmp_path / "whole.xml").write_text(EXTERNAL)
    opened = open_model(tmp_path / "whole.xml", "whole.xml")
    model = sbml.read(opened.text, "whole.xml").getModel()
    assert [item.getId() for item in model.getListOfParameters()] == ["A__k"]
    assert [item.getId() for item in model.getListOfSpecies()] == ["X"]
    assert model.getNumReactions() == 1


def test_a_submodel_whose_file_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "whole.xml").write_text(EXTERNAL)
    with pytest.raises(CompilationError) as caught:
        open_model(tmp_path / "whole.xml", "whole.xml")
    what = "submodel 'sub': the file 'part of it.xml' is not there; put it beside this one"
    assert str(caught.value) == f"whole.xml: {what}"
    packed = pack(tmp_path / "a.omex", {"whole.xml": EXTERNAL, "part of it.xml": _decaying()})
    with pytest.raises(CompilationError, match="unpack the archive and name the model in it"):
        open_model(packed / "whole.xml")
    (tmp_path / "whole.xml").write_text(EXTERNAL.replace("part of it.xml", "https://example.org/part.xml"))
    with pytest.raises(CompilationError, match="save that file beside this one"):
        open_model(tmp_path / "whole.xml")
    (tmp_path / "whole.xml").write_text(EXTERNAL)
    (tmp_path / "part of it.xml").write_text("no model")
    with pytest.raises(CompilationError, match="its submodels cannot be put together"):
        open_model(tmp_path / "whole.xml")


NAMED = {"time": 3.0, "pi": 4.0, "avogadro": 5.0, "exponentiale": 6.0}


@pytest.mark.parametrize("name", NAMED)
def test_a_symbol_of_the_model_is_what_its_name_means(name: str) -> None:
    model = small.model("species S = 1; Q = 7; J1: => S; Q; J2: S => ; S", observables={"s": "S", "q": "2*Q"})
    text = model.sbml.replace('"Q"', f'"{name}"').replace("> Q <", f"> {name} <")
    told = model.binding.model_dump()
    told["observables"]["q"]["formula"] = f"2*{name}"
    filed = Model(text, Binding.model_validate(told), model.vocabulary, shown="m.xml")
    assert filed.resting_state("control") == pytest.approx({"s": 7.0, "q": 14.0})
    rest = filed.replace(overrides=Act(set={name: NAMED[name]})).resting_state("control")
    assert rest == pytest.approx({"s": NAMED[name], "q": 2 * NAMED[name]})


@pytest.mark.parametrize("name", NAMED)
def test_a_species_influences_what_is_read_of_it_whatever_its_name(name: str) -> None:
    text = small.model("species S = 1; J: S => ; S").sbml.replace('"S"', f'"{name}"').replace("> S <", f"> {name} <")
    assert graph(sbml.read(text, "m.xml"), {"q": name}).states("q") == {name}


def _crash(text: str) -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)


def test_what_ends_the_process_that_compiles_it_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    made = small.model()
    foreign = made.replace(foreign=True, cached=False)
    assert foreign.resting_state("control") == made.resting_state("control")
    monkeypatch.setattr(roadrunner, "_state_of", _crash)
    with pytest.raises(OsteonError, match="cannot be compiled for simulation: libroadrunner breaks down on it"):
        made.replace(foreign=True, cached=False).resting_state("control")


@pytest.mark.parametrize("kind", REFUSED)
def test_a_model_made_by_hand_comes_through_the_gate(kind: str) -> None:
    text, said = REFUSED[kind]
    made = small.model()
    with pytest.raises(ProjectError) as caught:
        Model(text, made.binding, made.vocabulary, shown="m.xml")
    assert said.removeprefix("m.xml: line 6: ") in str(caught.value)


def test_submodels_become_part_of_a_model_made_by_hand() -> None:
    made = small.model()
    _, _, inside = _decaying().partition('name="part">')
    definition = f'<comp:modelDefinition id="sub">{inside.partition("</model>")[0]}</comp:modelDefinition>'
    definition = f"<comp:listOfModelDefinitions>{definition}</comp:listOfModelDefinitions>"
    whole = Model(_whole(definition), made.binding, made.vocabulary, shown="m.xml")
    assert "A__k" in whole.sbml


def test_the_models_of_an_archive_come_through_it_before_they_run(tmp_path: Path) -> None:
    more = '<parameter id="S" value="1" constant="true"/></listOfParameters>'
    twice = SBML.replace("</listOfParameters>", more)
    packed = pack(tmp_path / "a.omex", files(model=twice))
    with pytest.raises(ProjectError, match="'S' conflicts") as caught:
        run(packed)
    assert "'experiment.sedml': model 'slow'" in str(caught.value)


def test_what_passed_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    text = document(reactions=reaction())
    assert admitted(text, "m.xml") == text
    monkeypatch.setattr(gate, "_admitted", None)
    assert admitted(text, "m.xml") == text
    assert admitted(text, "another name.xml") == text
