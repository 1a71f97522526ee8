"""Engines: what an archive asks for is done, or refused by name, and never left out without a word."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from conftest import Command
from omex import SBML, SEDML, files, manifest, pack
from osteon import archive
from osteon.engines import copasi, sedml
from osteon.errors import ArchiveError

pytestmark = pytest.mark.interop

COURSE = SEDML[SEDML.index("<uniformTimeCourse") : SEDML.index("</uniformTimeCourse>") + len("</uniformTimeCourse>")]
GROWING = SBML.replace("<listOfReactants>", "<listOfProducts>").replace("</listOfReactants>", "</listOfProducts>")
FED = SBML.replace(
    "<listOfReactions>",
    """<listOfReactions><reaction id="made" reversible="false">
    <listOfProducts><speciesReference species="S" stoichiometry="1" constant="true"/></listOfProducts>
    <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML"><cn>0.2</cn></math></kineticLaw></reaction>""",
)
"""S is made at 0.2 and lost at 0.1 S, so that it rests at 2."""


def simulation(text: str) -> str:
    return SEDML.replace(COURSE, text)


def course(algorithm: str = "KISAO:0000019", *, parameters: str = "", **times: float) -> str:
    known = {"initialTime": 0.0, "outputStartTime": 0.0, "outputEndTime": 10.0, **times}
    spelled = " ".join(f'{name}="{value:g}"' for name, value in known.items())
    inside = f"<listOfAlgorithmParameters>{parameters}</listOfAlgorithmParameters>" if parameters else ""
    return simulation(
        f'<uniformTimeCourse id="ten_seconds" {spelled} numberOfSteps="20">'
        f'<algorithm kisaoID="{algorithm}">{inside}</algorithm></uniformTimeCourse>'
    )


STEADY = simulation('<steadyState id="ten_seconds"><algorithm kisaoID="KISAO:0000407"/></steadyState>')
PARAMETER = '<algorithmParameter kisaoID="KISAO:{}" value="{}"/>'
REPEATED = SEDML.replace(
    "</listOfTasks>",
    """<repeatedTask id="again" range="r" resetModel="true">
    <listOfRanges><uniformRange id="r" start="0" end="1" numberOfSteps="2" type="linear"/></listOfRanges>
    <listOfSubTasks><subTask order="0" task="slowly"/></listOfSubTasks></repeatedTask></listOfTasks>""",
)

REFUSED = {
    "stochastic": (course("KISAO:0000029"), "asks for the algorithm KISAO:0000029"),
    "fixed steps": (course("KISAO:0000030"), "asks for the algorithm KISAO:0000030"),
    "unknown": (course("KISAO:0009999"), "asks for the algorithm KISAO:0009999"),
    "no term": (course("LSODA"), "asks for the algorithm without a term of KiSAO"),
    "parameter": (course(parameters=PARAMETER.format("0000220", 3)), "sets the parameter KISAO:0000220"),
    "one step": (
        simulation('<oneStep id="ten_seconds" step="1"><algorithm kisaoID="KISAO:0000019"/></oneStep>'),
        "is a <oneStep>",
    ),
    "analysis": (
        simulation('<analysis id="ten_seconds"><algorithm kisaoID="KISAO:0000019"/></analysis>'),
        "is a <analysis>",
    ),
    "steady state by a time course": (
        simulation('<steadyState id="ten_seconds"><algorithm kisaoID="KISAO:0000019"/></steadyState>'),
        "asks for the algorithm KISAO:0000019",
    ),
    "repeated": (REPEATED, "again is a repeated task"),
    "no simulation": (SEDML.replace('simulationReference="ten_seconds"', 'simulationReference="gone"'), "'gone'"),
    "no task": (SEDML[: SEDML.index("<task ")] + SEDML[SEDML.index("</listOfTasks>") :], "has no task"),
    "backwards": (course(outputEndTime=-1), "has no times"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_copasi_is_not_asked_for_what_it_would_leave_out(case: str, tmp_path: Path) -> None:
    text, message = REFUSED[case]
    found = archive.read(pack(tmp_path / "a.omex", files(experiment=text)))
    documents = {"experiment.sedml": sedml.read(found, "experiment.sedml")}
    with pytest.raises(ArchiveError) as caught:
        copasi.run(found, documents, tmp_path / "run")
    assert message in str(caught.value)


def columns(path: Path, engine: str, osteon: Command) -> list[tuple[str, dict[str, list[float]]]]:
    outcome = osteon("run", str(path), "--engine", engine, "--json")
    assert outcome.code == 0, outcome.err
    return [(table["id"], table["columns"]) for table in json.loads(outcome.out)["tables"]]


@pytest.mark.parametrize(
    "term", ["KISAO:0000088", "KISAO_0000560", "http://www.biomodels.net/kisao/KISAO#KISAO_0000019"]
)
def test_terms_for_what_copasi_does_are_known_in_every_spelling(term: str, tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", files(experiment=course(term)))
    (_, slow), _ = columns(path, "copasi", osteon)
    assert slow["S"][-1] == pytest.approx(10 * np.exp(-1), rel=1e-4)


def test_tolerances_reach_copasi(tmp_path: Path, osteon: Command) -> None:
    errors = []
    for tolerance in ("1e-2", "1e-11"):
        parameters = PARAMETER.format("0000209", tolerance) + PARAMETER.format("0000211", tolerance)
        path = pack(tmp_path / "a.omex", files(experiment=course(parameters=parameters)))
        (_, slow), _ = columns(path, "copasi", osteon)
        errors.append(abs(slow["S"][-1] - 10 * np.exp(-1)))
    assert errors[1] < 1e-8 < errors[0]


@pytest.mark.parametrize("engine", ["tellurium", "copasi"])
def test_output_that_begins_late(engine: str, tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", files(experiment=course(outputStartTime=5)))
    (_, found), *_ = columns(path, engine, osteon)
    time = found["time" if engine == "tellurium" else "Time"]
    values = [2 * v for v in found["half of slow"]] if engine == "tellurium" else found["S"]
    assert (time[0], time[-1], len(time)) == (5, 10, 21)
    np.testing.assert_allclose(values, 10 * np.exp(-0.1 * np.array(time)), rtol=1e-4)


def test_time_that_begins_late_in_a_model_with_time_in_copasi(tmp_path: Path, osteon: Command) -> None:
    """S grows at the rate t, from 10 at t = 2 on."""
    time = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/time">t</csymbol>'
    model = GROWING.replace("<apply><times/><ci>k</ci><ci>S</ci></apply>", time)
    text = course(initialTime=2, outputStartTime=4, outputEndTime=12)
    (_, found), _ = columns(pack(tmp_path / "a.omex", files(experiment=text, model=model)), "copasi", osteon)
    np.testing.assert_allclose(found["S"], 10 + (np.square(found["Time"]) - 4) / 2, rtol=1e-4)


def test_time_that_does_not_begin_at_zero_in_copasi(tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", files(experiment=course(initialTime=2, outputStartTime=4, outputEndTime=12)))
    (_, found), _ = columns(path, "copasi", osteon)
    assert (found["Time"][0], found["Time"][-1]) == (4, 12)
    np.testing.assert_allclose(found["S"], 10 * np.exp(-0.1 * (np.array(found["Time"]) - 2)), rtol=1e-4)


def test_copasi_finds_a_steady_state(tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", files(experiment=STEADY, model=FED))
    (_, slow), (_, fast) = columns(path, "copasi", osteon)
    assert slow["S"] == pytest.approx([2])
    assert fast["S"] == pytest.approx([0.2 / 0.3])


def test_a_steady_state_that_is_none_is_no_number(tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", files(experiment=STEADY, model=GROWING.replace("<ci>S</ci>", "<cn>1</cn>")))
    outcome = osteon("run", str(path), "--engine", "copasi")
    assert outcome.code == 2
    assert "COPASI finds no steady state for task 'slowly'" in outcome.err


@pytest.mark.parametrize("engine", ["tellurium", "copasi"])
@pytest.mark.parametrize("masters", [("a.sedml",), ("a.sedml", "b.sedml"), ()])
def test_every_sedml_file_is_run(engine: str, masters: tuple[str, ...], tmp_path: Path, osteon: Command) -> None:
    listed = manifest(("decay.xml", "a.sedml", "b.sedml"))
    for name in masters:
        listed = re.sub(rf'("\./{name}"[^>]*master=)"false"', r'\1"true"', listed)
    assert listed.count('"true"') == len(masters)
    contents = {"manifest.xml": listed, "decay.xml": SBML, "a.sedml": SEDML, "b.sedml": SEDML}
    found = [name for name, _ in columns(pack(tmp_path / "a.omex", contents), engine, osteon)]
    tasks = ("both",) if engine == "tellurium" else ("slowly", "fastly")
    assert found == [f"{file}_{task}" for file in ("a", "b") for task in tasks]


def test_files_whose_names_differ_by_signs_have_tables_of_their_own(tmp_path: Path, osteon: Command) -> None:
    contents = {
        "manifest.xml": manifest(("decay.xml", "a-b.sedml", "a_b.sedml")),
        "decay.xml": SBML,
        "a-b.sedml": SEDML,
        "a_b.sedml": SEDML,
    }
    found = [name for name, _ in columns(pack(tmp_path / "a.omex", contents), "copasi", osteon)]
    assert len(found) == len(set(found)) == 4


FORMATS = (
    "http://purl.org/NET/mediatypes/application/sedml+xml",
    "http://identifiers.org/combine.specifications/sed-ml.level-1.version-4",
    "http://identifiers.org/combine.specifications/sedml",
    "http://purl.org/NET/mediatypes/application/x-sed-ml+xml",
    "http://purl.org/NET/mediatypes/application/xml",
    "application/xml",
    "text/xml",
    "sedml",
)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_format_is_known_in_every_spelling(kind: str, tmp_path: Path) -> None:
    listed = manifest(("decay.xml", "experiment.sedml")).replace(
        "http://identifiers.org/combine.specifications/sed-ml", kind
    )
    found = archive.read(pack(tmp_path / "a.omex", files(manifest=listed)))
    assert [content.path for content in found.of_format("sed-ml")] == ["experiment.sedml"]
    assert [content.path for content in found.of_format("sbml")] == ["decay.xml"]


@pytest.mark.parametrize(
    "junk", ["__MACOSX/._decay.xml", "._decay.xml", ".DS_Store", "sub/.DS_Store", "Thumbs.db", "sub/desktop.ini"]
)
@pytest.mark.parametrize("listed", [False, True])
def test_what_systems_leave_in_archives_is_nobodys_content(junk: str, listed: bool, tmp_path: Path) -> None:
    contents: dict[str, str | bytes] = {**files(), junk: b"\0\5\x16\7"}
    if listed:
        line = f'<content location="./{junk}" format="application/xml"/></omexManifest>'
        contents["manifest.xml"] = str(contents["manifest.xml"]).replace("</omexManifest>", line)
    found = archive.read(pack(tmp_path / "a.omex", contents))
    assert set(found.files) == set(files())


def test_a_folder_may_be_listed(tmp_path: Path) -> None:
    listed = manifest(("m/decay.xml", "experiment.sedml")).replace(
        "</omexManifest>", '<content location="./m/" format="folder"/></omexManifest>'
    )
    contents = {"manifest.xml": listed, "m/decay.xml": SBML, "experiment.sedml": SEDML.replace("decay", "m/decay")}
    found = archive.read(pack(tmp_path / "a.omex", contents))
    assert [content.path for content in found.contents] == ["m/decay.xml", "experiment.sedml"]


def test_a_name_in_utf8_that_is_not_marked_as_such(tmp_path: Path) -> None:
    listed = manifest(("modèle.xml", "experiment.sedml"))
    contents = {"manifest.xml": listed, "experiment.sedml": SEDML.replace("decay.xml", "modèle.xml"), "mod": SBML}
    path = tmp_path / "a.omex"
    with zipfile.ZipFile(path, "w") as file:
        for name, content in contents.items():
            info = Unmarked("modèle.xml" if name == "mod" else name)
            file.writestr(info, content)
    found = archive.read(path)
    assert "modèle.xml" in found.files


class Unmarked(zipfile.ZipInfo):
    """An entry whose name is UTF-8 without the flag that says so, as many programs write it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode(), self.flag_bits & ~0x800


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_composed_or_not(form: str, tmp_path: Path) -> None:
    import unicodedata

    name = unicodedata.normalize("NFC" if form == "NFD" else "NFD", "modèle.xml")
    listed = manifest((unicodedata.normalize(form, "modèle.xml"), "experiment.sedml"))
    contents = {"manifest.xml": listed, "experiment.sedml": SEDML.replace("decay.xml", "modèle.xml"), name: SBML}
    found = archive.read(pack(tmp_path / "a.omex", contents))
    assert found.resolve("modèle.xml", "experiment.sedml") == name


@pytest.mark.parametrize("engine", ["tellurium", "copasi"])
def test_an_archive_with_nothing_to_run_points_to_score(engine: str, tmp_path: Path, osteon: Command) -> None:
    path = pack(tmp_path / "a.omex", {"manifest.xml": manifest(("decay.xml",)), "decay.xml": SBML})
    outcome = osteon("run", str(path), "--engine", engine)
    assert outcome.code == 2
    assert "`osteon score` judges a model in it" in outcome.err


def test_a_model_is_no_archive(tmp_path: Path, osteon: Command) -> None:
    (tmp_path / "decay.xml").write_text(SBML)
    outcome = osteon("run", str(tmp_path / "decay.xml"))
    assert outcome.code == 2
    assert "an XML file and no archive; `osteon score` judges a model of its own" in outcome.err


def test_what_copasi_raises_is_a_sentence(tmp_path: Path, osteon: Command) -> None:
    contents = {"manifest.xml": manifest(("x.cps",), "x.cps"), "x.cps": "<COPASI><nonsense/></COPASI>"}
    outcome = osteon("run", str(pack(tmp_path / "a.omex", contents)), "--engine", "copasi")
    assert outcome.code == 2
    assert "COPASI cannot run it" in outcome.err


def test_a_second_copasi_file_is_named(tmp_path: Path, osteon: Command) -> None:
    import COPASI

    data = COPASI.CRootContainer.addDatamodel()
    assert data.importSBMLFromString(SBML)
    assert data.saveModel(str(tmp_path / "x.cps"), True)
    COPASI.CRootContainer.removeDatamodel(data)
    text = (tmp_path / "x.cps").read_text(encoding="utf-8")
    contents = {
        "manifest.xml": manifest(("x.cps", "y.cps", "é.cps"), "é.cps"),
        "x.cps": text,
        "y.cps": text,
        "é.cps": text,
    }
    outcome = osteon("run", str(pack(tmp_path / "a.omex", contents)), "--engine", "copasi")
    assert outcome.code == 0, outcome.err
    assert outcome.err == ""
    contents["manifest.xml"] = manifest(("x.cps", "y.cps", "é.cps"), "")
    outcome = osteon("run", str(pack(tmp_path / "a.omex", contents)), "--engine", "copasi")
    assert outcome.err.splitlines() == [f"{name}.cps is not run; COPASI runs x.cps" for name in ("y", "é")]
