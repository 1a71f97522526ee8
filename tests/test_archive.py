"""COMBINE archives: harmless ones run in either engine, hostile ones are refused and leave nothing behind."""

from __future__ import annotations

import json
import stat
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conftest import ROOT, Command
from omex import SBML, SEDML, files, manifest, pack
from osteon import archive
from osteon.engines import ENGINES

Pack = Callable[[Path], object]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return an empty folder in which temporary files land too."""
    for name in ("cwd", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path


def tree(folder: Path) -> set[str]:
    """Return every path below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.mark.parametrize("engine", ENGINES.own)
@pytest.mark.interop
def test_an_archive_of_others_runs(engine: str, scratch: Path, osteon: Command) -> None:
    path = str(pack(scratch / "decay.omex", files()))
    before = tree(scratch)
    answer = json.loads(osteon("run", path, "--engine", engine, "--json", cwd=scratch / "cwd").out)
    assert set(answer) == {"archive", "engine", "notes", "tables"}
    columns = [(table["name"], name, np.array(v)) for table in answer["tables"] for name, v in table["columns"].items()]
    time = next(values for _, name, values in columns if name.lower() == "time")
    assert time.tolist() == np.linspace(0, 10, 21).tolist()
    if engine == "tellurium":
        expected = {("Both decays", "half of slow"): (5, 0.1), ("Both decays", "fast"): (10, 0.3)}
    else:
        expected = {("Slow decay", "S"): (10, 0.1), ("Fast decay", "S"): (10, 0.3)}
    found = {(table, name): values for table, name, values in columns if name.lower() != "time"}
    assert set(found) == set(expected)
    for key, (start, rate) in expected.items():
        np.testing.assert_allclose(found[key], start * np.exp(-rate * time), rtol=1e-4)
    assert tree(scratch) == before, "something was left behind"


@pytest.mark.interop
def test_results_are_saved_as_csv_inside_the_folder_only(scratch: Path, osteon: Command) -> None:
    path = pack(scratch / "decay.omex", files())
    before = tree(scratch)
    outcome = osteon("run", str(path), "--out", str(scratch / "results"), cwd=scratch / "cwd")
    assert (outcome.code, outcome.err) == (0, "")
    assert tree(scratch) - before == {"results", "results/both.csv"}
    frame = pd.read_csv(scratch / "results" / "both.csv")
    assert list(frame.columns) == ["time", "half of slow", "fast"]
    assert frame["fast"].iloc[-1] == pytest.approx(10 * np.exp(-3), rel=1e-4)


@pytest.mark.interop
def test_results_for_people(scratch: Path, osteon: Command) -> None:
    outcome = osteon("run", str(pack(scratch / "decay.omex", files())))
    assert outcome.code == 0
    assert "Both decays" in outcome.out
    assert "half of slow" in outcome.out
    assert "0.49787" in outcome.out


def test_json_keys_are_documented() -> None:
    documented = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    section = documented.split("## `osteon run --json`")[1].split("\n## ")[0]
    for key in ("archive", "engine", "notes", "tables", "id", "name", "columns"):
        assert f"`{key}`" in section


def entry(name: str, content: bytes = b"x", *, mode: int = 0, extra: bytes = b"") -> Pack:
    """Return what adds one more entry to a harmless archive."""

    def write(path: Path) -> None:
        pack(path, files())
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
            info = zipfile.ZipInfo(name)
            info.filename = info.orig_filename = name
            info.external_attr, info.extra, info.compress_type = mode << 16, extra, zipfile.ZIP_DEFLATED
            file.writestr(info, content)

    return write


def text(**changed: str) -> Pack:
    """Return what writes the harmless archive with another model, experiment or manifest."""
    return lambda path: pack(path, files(**changed))


def experiment(old: str, new: str) -> Pack:
    """Return what writes the archive with one passage of its experiment replaced."""
    assert old in SEDML
    return text(experiment=SEDML.replace(old, new, 1))


def flagged(bit: int) -> Pack:
    """Return what sets a flag on every entry."""

    def write(path: Path) -> None:
        data = bytearray(pack(path, files()).read_bytes())
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset] |= bit & 0xFF
                data[at + offset + 1] |= bit >> 8
                at = data.find(mark, at + 1)
        path.write_bytes(data)

    return write


def declared(size: int) -> Pack:
    """Return what writes the harmless archive with another unpacked size on record for its model."""

    def write(path: Path) -> None:
        data = bytearray(pack(path, files()).read_bytes())
        for mark, offset, name in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
            at = data.find(mark)
            while data[at + name : at + name + 9] != b"decay.xml":
                at = data.find(mark, at + 1)
            data[at + offset : at + offset + 4] = struct.pack("<I", size)
        path.write_bytes(data)

    return write


def damaged(path: Path) -> None:
    """Change bytes in the middle of the packed model."""
    data = bytearray(pack(path, files()).read_bytes())
    at = data.find(b"decay.xml") + 60
    data[at : at + 20] = bytes(20)
    path.write_bytes(data)


def cut(path: Path) -> None:
    data = pack(path, files()).read_bytes()
    path.write_bytes(data[: len(data) // 2])


def twice(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        entry("decay.xml")(path)


def crowd(path: Path) -> None:
    pack(path, {**files(), **{f"{number}.txt": "" for number in range(archive.MOST_FILES)}})


def bulk(path: Path) -> None:
    """Claim sizes beyond the limit in total; no single file is too large or too well packed."""
    pack(path, {**files(), **{f"{number}.txt": "x" for number in range(3)}})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 20 : at + 28] = struct.pack("<II", 100 * archive.MEGABYTE, 100 * archive.MEGABYTE)
        at = data.find(b"PK\x01\x02", at + 1)
    path.write_bytes(data)


DTD = '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/hostname">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
COMPOSED = SBML.replace(
    "</model>",
    "</model>"
    '<c:listOfExternalModelDefinitions xmlns:c="http://www.sbml.org/sbml/level3/version1/comp/version1">'
    '<c:externalModelDefinition c:id="e" c:source="../outside.xml"/></c:listOfExternalModelDefinitions>',
)
CALL = "__import__('pathlib').Path('EVIL').touch()"
ZIP_OF_NOTHING = "not a sound zip file"

HOSTILE: dict[str, tuple[Pack, str, str]] = {
    "traversal": (entry("../EVIL"), "../EVIL", "leaves the archive"),
    "traversal inside": (entry("a/../../EVIL"), "a/../../EVIL", "leaves the archive"),
    "absolute": (entry("/tmp/EVIL"), "/tmp/EVIL", "absolute"),
    "drive": (entry("C:/EVIL"), "C:/EVIL", "absolute"),
    "backslash": (entry("..\\EVIL"), "EVIL", "backslash"),
    "backslash absolute": (entry("\\EVIL"), "EVIL", "absolute"),
    "NUL": (entry("a\0EVIL"), "EVIL", "control character"),
    "empty part": (entry("a//EVIL"), "a//EVIL", "empty part"),
    "symbolic link": (entry("EVIL", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "EVIL", "link"),
    "hard link": (entry("EVIL", extra=struct.pack("<HH", 0x000D, 16) + bytes(12) + b"/etc"), "EVIL", "link"),
    "device": (entry("EVIL", mode=stat.S_IFCHR | 0o666), "EVIL", "not a plain file"),
    "same name": (twice, "decay.xml", "twice"),
    "same name in capitals": (entry("DECAY.xml"), "DECAY.xml", "twice"),
    "file as folder": (entry("decay.xml/EVIL"), "decay.xml/evil", "also a file"),
    "link with a header before it": (
        entry("EVIL", extra=struct.pack("<HH", 0x5455, 1) + b"x" + struct.pack("<HH", 0x000D, 13) + bytes(12) + b"e"),
        "EVIL",
        "link",
    ),
    "encrypted": (flagged(0x1), "manifest.xml", "encrypted"),
    "strongly encrypted": (flagged(0x40), "manifest.xml", "encrypted"),
    "encrypted directory": (flagged(0x2000), "manifest.xml", "encrypted"),
    "smaller than it is": (declared(len(SBML) - 1), "decay.xml", "damaged"),
    "larger than it is": (declared(len(SBML) + 1), "decay.xml", "damaged"),
    "size beyond the limit": (declared(archive.MOST_BYTES + 1), "decay.xml", "larger than"),
    "bomb by ratio": (entry("EVIL", bytes(8 * archive.MEGABYTE)), "EVIL", "times its size"),
    "bomb by entry": (entry("EVIL", bytes(archive.MOST_BYTES + 1)), "EVIL", "larger than"),
    "bomb by total": (bulk, "", "unpacks to more than"),
    "bomb by number": (crowd, "", "at most"),
    "not a zip": (lambda path: path.write_bytes(b"hello"), "", ZIP_OF_NOTHING),
    "empty file": (lambda path: path.write_bytes(b""), "", ZIP_OF_NOTHING),
    "cut off": (cut, "", ZIP_OF_NOTHING),
    "damaged": (damaged, "decay.xml", "damaged"),
    "no manifest": (lambda path: pack(path, {"decay.xml": SBML}), "", "no manifest.xml"),
    "manifest is not XML": (text(manifest="<omexManifest"), "manifest.xml", "not readable as XML"),
    "manifest is another XML": (text(manifest="<x/>"), "manifest.xml", "expected"),
    "manifest lists what is absent": (text(manifest=manifest(("gone.xml",))), "manifest.xml", "./gone.xml"),
    "manifest lists what is outside": (text(manifest=manifest(("../../x.xml",))), "manifest.xml", "not in the archive"),
    "manifest lacks a format": (
        text(manifest=manifest(("decay.xml",)).replace(" format=", " kind=")),
        "manifest.xml",
        "lacks",
    ),
    "entity in the manifest": (text(manifest=DTD + manifest(("decay.xml",))), "manifest.xml", "DTD"),
    "entity in SBML": (text(model=SBML.replace("<sbml", f"{DTD}<sbml", 1)), "decay.xml", "DTD"),
    "entity in UTF-16": (
        lambda path: pack(
            path,
            {**files(), "decay.xml": SBML.replace("<sbml", f"{DTD}<sbml").replace("UTF-8", "UTF-16").encode("utf-16")},
        ),
        "decay.xml",
        "DTD",
    ),
    "entities in SED-ML": (
        text(experiment=SEDML.replace("<sedML", f"{LAUGHS}<sedML", 1)),
        "experiment.sedml",
        "DTD",
    ),
    "entity in RDF": (entry("metadata.rdf", f"{DTD}<x/>".encode()), "metadata.rdf", "DTD"),
    "entity in a model of another name": (
        lambda path: pack(
            path,
            {**files(experiment=SEDML.replace("decay.xml", "m.txt")), "m.txt": SBML.replace("<sbml", DTD + "<sbml")},
        ),
        "m.txt",
        "DTD",
    ),
    "bottomless": (entry("deep.xml", b"<a>" * 2000 + b"</a>" * 2000), "deep.xml", "deep"),
    "model outside": (experiment("decay.xml", "../decay.xml"), "experiment.sedml", "not in the archive"),
    "model absolute": (experiment("decay.xml", "/etc/passwd"), "experiment.sedml", "only files inside"),
    "model by address": (experiment("decay.xml", "http://localhost/m.xml"), "experiment.sedml", "only files inside"),
    "model by file address": (experiment("decay.xml", "file:///etc/x.xml"), "experiment.sedml", "only files inside"),
    "model by URN": (experiment("decay.xml", "urn:miriam:biomodels.db:x"), "experiment.sedml", "only files inside"),
    "part of a model outside": (text(model=COMPOSED), "decay.xml", "not in the archive"),
    "program as a value": (experiment('newValue="0.3"', f'newValue="{CALL}"'), "experiment.sedml", "no number"),
    "program as an id": (experiment('id="fast"', f'id="fast={CALL}"'), "experiment.sedml", "no id"),
    "program as a target": (
        experiment("[@id='k']/@value", "[@id='k']; EVIL=open(1)"),
        "experiment.sedml",
        "path to an element",
    ),
    "assignment in a target": (
        experiment("[@id='k']/@value", "[@id=&quot;k'] = os.environ['PATH&quot;]"),
        "experiment.sedml",
        "path to an element",
    ),
    "program as a source": (experiment("decay.xml", "');open('EVIL"), "experiment.sedml", "only files inside"),
    "program as a symbol": (experiment("symbol:time", "symbol:t'+x+'"), "experiment.sedml", "no symbol"),
    "call in mathematics": (
        experiment("<ci>t</ci>", "<apply><ci>exit</ci><ci>t</ci></apply>"),
        "experiment.sedml",
        "'exit'",
    ),
    "program in mathematics": (experiment("<ci>t</ci>", f"<ci>{CALL}</ci>"), "experiment.sedml", "no name"),
    "data from files": (
        experiment(
            "<listOfModels>",
            '<listOfDataDescriptions><dataDescription id="d" source="decay.xml"/>'
            "</listOfDataDescriptions><listOfModels>",
        ),
        "experiment.sedml",
        "data from files",
    ),
    "endless": (experiment('numberOfSteps="20"', 'numberOfSteps="2000000000"'), "experiment.sedml", "million"),
    "change that tellurium leaves out": (
        experiment("<listOfChanges>", "<listOfChanges><removeXML target=\"/sbml:sbml/sbml:model/sbml:x[@id='k']\"/>"),
        "",
        "leave something out",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_and_nothing_is_written(case: str, scratch: Path, osteon: Command) -> None:
    write, named, what = HOSTILE[case]
    path = scratch / "hostile.omex"
    write(path)
    before = tree(scratch)
    outcome = osteon("run", str(path), "--out", str(scratch / "out"), cwd=scratch / "cwd")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"{path}: ")
    assert "Traceback" not in outcome.err
    assert named in outcome.err
    assert what in outcome.err
    assert tree(scratch) == before


@pytest.mark.interop
def test_hostile_programs_would_run_if_nothing_stopped_them(scratch: Path) -> None:
    """The tests above can fail: tellurium runs the text of a SED-ML file as Python."""
    HOSTILE["program as a value"][0](scratch / "hostile.omex")
    code = "import tellurium; tellurium.executeCombineArchive('hostile.omex', createOutputs=False)"
    done = subprocess.run([sys.executable, "-c", code], cwd=scratch, capture_output=True, check=False)
    assert done.returncode == 1
    assert (scratch / "EVIL").exists()


@pytest.mark.interop
def test_a_copasi_file_cannot_make_its_tasks_write(scratch: Path, osteon: Command) -> None:
    import COPASI

    data = COPASI.CRootContainer.addDatamodel()
    assert data.importSBMLFromString(SBML)
    target = scratch / "EVIL"
    report = data.getTask("Time-Course").getReport()
    report.setReportDefinition(data.getReportDefinitionList().createReportDefinition("report", ""))
    report.setTarget(str(target))
    assert data.saveModel(str(scratch / "decay.cps"), True)
    assert data.getTask("Time-Course").process(True)
    assert target.exists(), "COPASI writes when nothing stops it"
    target.unlink()
    COPASI.CRootContainer.removeDatamodel(data)
    content = (scratch / "decay.cps").read_text(encoding="utf-8")
    assert 'target="EVIL"' in content
    content = content.replace('target="EVIL"', f'target="{target}"')
    contents = {
        "manifest.xml": manifest(("decay.cps", "decay.xml"), "decay.cps"),
        "decay.cps": content,
        "decay.xml": SBML,
    }
    path = pack(scratch / "decay.omex", contents)
    before = tree(scratch)
    outcome = osteon("run", str(path), "--engine", "copasi", cwd=scratch / "cwd")
    assert outcome.code == 0, outcome.err
    assert tree(scratch) == before


def test_unknown_engine_and_missing_file(scratch: Path, osteon: Command) -> None:
    path = str(pack(scratch / "decay.omex", files()))
    assert "did you mean 'copasi'" in osteon("run", path, "--engine", "copsi").err
    assert "cannot be read: No such file" in osteon("run", str(scratch / "gone.omex")).err


def test_a_task_that_another_repeats_is_refused_in_tellurium(scratch: Path, osteon: Command) -> None:
    """tellurium would give the last repeat under the name of the task."""
    repeated = """<repeatedTask id="again" range="r" resetModel="true">
      <listOfRanges><uniformRange id="r" start="0" end="1" numberOfSteps="2" type="linear"/></listOfRanges>
      <listOfSubTasks><subTask order="0" task="slowly"/></listOfSubTasks></repeatedTask></listOfTasks>"""
    path = str(pack(scratch / "decay.omex", files(experiment=SEDML.replace("</listOfTasks>", repeated))))
    outcome = osteon("run", path)
    assert outcome.code == 2
    assert "'slowly', which another one repeats" in outcome.err
    assert "again is a repeated task" in osteon("run", path, "--engine", "copasi").err
