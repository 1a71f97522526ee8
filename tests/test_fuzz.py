"""Whatever somebody's file holds, it is read or refused in a sentence, and nothing is left half-written.

Each target starts from a sound file and spoils it: bytes, words, elements. `OSTEON_EXAMPLES` asks for more of them.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import small
from omex import SBML, SEDML, files
from osteon import archive
from osteon.curation.lint import binding_findings
from osteon.engines import sedml
from osteon.errors import OsteonError
from osteon.evidence import toml
from osteon.evidence.bindings import Binding
from osteon.files import write_file
from osteon.sbml.antimony import compile_antimony
from osteon.sbml.antimony_text import unreadable
from osteon.sbml.files import open_model
from osteon.sbml.reading import read

EXAMPLES = settings(
    max_examples=int(os.environ.get("OSTEON_EXAMPLES", "60")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
ANTIMONY = f"""model *small()
{small.HEAD}{small.TURNOVER}
  E: at S > 3: S = 2
  function_of := piecewise(1, S > 2, 0)
end
"""
BINDING = """id = "small"
title = "A small model"
sources = []
[protocol]
time_unit = "d"
default_setting = "culture"
settle = "200 d"
[settings.culture]
horizon = "10 d"
reason = "x"
[interventions.dose]
scale = { boost = 2.0 }
start = "1 d"
end = "2 d"
reason = "x"
[observables]
s = { symbol = "S", unit = "1" }
t = { formula = "2*S + k", unit = "1" }
[parameters.k]
meaning = "x"
unit = "1"
range = [0.1, 1.0]
provenance = "assumed"
reason = "x"
"""
ODD = [
    *("", "0", "-1", "1e999", "nan", "inf", "time", "S", "k", "true", "2026-01-01", "10 d", "1e400 d", "%20", 'id="S"'),
    *("<", "&", '"', "'", "]]>", "{", "}", "[", "]", "(", ")", "#", "//", "/*", "=", ":=", "'=", "->", ";", ",", ".."),
    *("\n", "\0", "\ufeff", "β", "𝒙", "<math>", "</model>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", 'import "x.ant"\n'),
]


@st.composite
def spoilt(draw: st.DrawFn, text: str) -> str:
    """Return a text with some pieces taken out, doubled, exchanged or replaced by odd ones."""
    for _ in range(draw(st.integers(1, 4))):
        words = text.replace("\n", " \n ").split(" ") if draw(st.booleans()) else list(text)
        begin = draw(st.integers(0, len(words)))
        end = min(len(words), begin + draw(st.integers(0, 12)))
        piece = draw(st.one_of(st.sampled_from(ODD), st.text(max_size=4)))
        new = draw(st.sampled_from([[], [piece], words[begin:end] * 2, [*words[begin:end], piece]]))
        joint = " " if " " in text and len(words) < len(text) else ""
        text = joint.join([*words[:begin], *new, *words[end:]])
    return text


@st.composite
def broken(draw: st.DrawFn, data: bytes) -> bytes:
    """Return bytes of which some are others, are missing or are there twice."""
    content = bytearray(data)
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, max(0, len(content) - 1)))
        length = draw(st.sampled_from([1, 1, 2, 8, 64, 100_000]))
        new = draw(st.sampled_from([b"", bytes(content[place : place + length]) * 2, draw(st.binary(max_size=4))]))
        content[place : place + length] = new
    return bytes(content)


def _told(read_it: Callable[[], object]) -> bool:
    """Say whether something is read; if not, it is refused in a sentence."""
    said = None
    try:
        read_it()
    except OsteonError as error:
        said = str(error)
    assert said is None or (said.strip() and "Traceback" not in said)
    return said is None


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@EXAMPLES
@given(data=st.data())
def test_sbml_comes_through_the_gate_or_is_refused(data: st.DataObject, folder: Path) -> None:
    path = folder / "model.xml"
    path.write_bytes(data.draw(spoilt(SBML)).encode(errors="replace"))
    if _told(lambda: open_model(path, "model.xml")):
        # What passed once passes again, as it is.
        text = open_model(path, "model.xml").text
        assert read(text, "model.xml").getModel() is not None


@EXAMPLES
@given(data=st.data())
def test_an_archive_is_read_or_refused(data: st.DataObject, folder: Path) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))) as packed:
        for name, content in files().items():
            packed.writestr(zipfile.ZipInfo(name), data.draw(st.one_of(st.just(content), spoilt(content))).encode())
    path = folder / "some.omex"
    path.write_bytes(data.draw(st.one_of(st.just(buffer.getvalue()), broken(buffer.getvalue()))))

    def read_it() -> None:
        found = archive.read(path)
        for entry in found.of_format("sed-ml"):
            sedml.read(found, entry.path)

    _told(read_it)
    _told(lambda: open_model(path, "some.omex"))
    assert [one.name for one in folder.iterdir()] == ["some.omex"]
    path.unlink()


TARGETS = [
    "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='k']/@value",
    "/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='no']",
    "/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='S']/@initialConcentration",
    "//sbml:species",
    "/",
    "",
]
CHANGES = [
    '<changeAttribute target="{0}" newValue="{1}"/>',
    '<computeChange target="{0}"><math xmlns="http://www.w3.org/1998/Math/MathML">'
    "<apply><times/><ci>p</ci><cn>{1}</cn></apply></math><listOfVariables/><listOfParameters>"
    '<parameter id="p" value="{1}"/></listOfParameters></computeChange>',
    '<changeXML target="{0}"><newXML/></changeXML>',
    '<removeXML target="{0}"/>',
    "<addXML/>",
]


@EXAMPLES
@given(
    st.lists(st.tuples(st.sampled_from(CHANGES), st.sampled_from(TARGETS), st.sampled_from(ODD)), max_size=3),
    st.sampled_from(["decay.xml", "#slow", "slow", "#fast", "../decay.xml", "no.xml", "", "file:///x", "#"]),
    st.data(),
)
def test_changes_of_sedml_are_made_or_refused(
    changes: list[tuple[str, str, str]], source: str, data: st.DataObject
) -> None:
    from xml.sax.saxutils import escape

    made = "".join(change.format(target, escape(value, {'"': ""})) for change, target, value in changes)
    text = SEDML.replace("</listOfModels>", "").replace(
        "  <listOfSimulations>",
        f'<model id="other" language="urn:sedml:language:sbml" source="{source}"><listOfChanges>{made}</listOfChanges>'
        "</model></listOfModels>\n  <listOfSimulations>",
    )
    text = data.draw(st.one_of(st.just(text), spoilt(text)))
    contents = {name: content.encode() for name, content in files(experiment=text).items()}
    found = archive.Archive("some.omex", contents, tuple(archive.contents(contents, "some.omex")))
    _told(lambda: [sedml.read(found, entry.path) for entry in found.of_format("sed-ml")])


@EXAMPLES
@given(spoilt(ANTIMONY))
def test_antimony_is_compiled_or_refused(text: str) -> None:
    list(unreadable(text, "small.ant", None))
    _told(lambda: compile_antimony(text, title="small", shown="small.ant"))


COMPILED = read(compile_antimony(ANTIMONY, title="small", shown="small.ant"), "small.ant")


@EXAMPLES
@given(spoilt(BINDING))
def test_a_binding_is_read_or_every_fault_is_told(text: str) -> None:
    def read_it() -> None:
        findings = binding_findings(toml.parse(text, Binding, "small.toml"), COMPILED, "small.toml")
        assert all(one.where.startswith("small.toml") and one.what for one in findings)

    _told(read_it)


@EXAMPLES
@given(before=st.binary(max_size=50), room=st.integers(0, 3), there=st.booleans())
def test_a_file_is_written_whole_or_not_at_all(
    before: bytes, room: int, there: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk has room for some writes only."""
    path = folder / "deep" / "file"
    for one in (path, path.parent):
        if one.exists():
            one.unlink() if one.is_file() else one.rmdir()
    if there:
        write_file(path, before)
    left = [room]
    real = os.fdopen

    def full(descriptor: int, *given: object, **named: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            os.close(descriptor)
            raise OSError(28, "No space left on device")
        return real(descriptor, *given, **named)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdopen", full)
        written = _told(lambda: write_file(path, b"new"))
    if written:
        assert path.read_bytes() == b"new"
    elif there:
        assert path.read_bytes() == before
    assert [one.name for one in folder.rglob("*") if one.is_file()] == ["file"] * (written or there)
