"""Models as they come: in any encoding, compressed, in Antimony, in an archive; or named for what they are."""

from __future__ import annotations

import bz2
import codecs
import gzip
import json
import lzma
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Command
from omex import SBML, SEDML, manifest, pack
from osteon import sbml
from osteon.curation import build
from osteon.curation.new import start
from osteon.errors import CompilationError
from osteon.evidence.project import Project
from osteon.files import write_file
from osteon.sbml.canonical import canonical
from osteon.sbml.files import open_model

NAMED = SBML.replace('<reaction id="lost"', '<reaction id="lost" name="Müller"')
UNDECLARED = NAMED.replace(' encoding="UTF-8"', "")
OTHER = SBML.replace('value="0.1"', 'value="0.2"')
ANTIMONY = "model *decay()\n  S = 10; k = 0.1\n  lost: S => ; k*S\nend\n"


def declared(encoding: str) -> bytes:
    return NAMED.replace("UTF-8", encoding).encode(encoding)


FORMS: dict[str, bytes] = {
    "model.xml": NAMED.encode(),
    "undeclared.xml": UNDECLARED.encode(),
    "no_declaration.xml": UNDECLARED.partition("?>")[2].strip().encode(),
    "marked.xml": codecs.BOM_UTF8 + NAMED.encode(),
    "latin1.xml": declared("ISO-8859-1"),
    "windows.xml": declared("windows-1252"),
    "utf16.xml": declared("UTF-16"),
    "utf16_unmarked.xml": NAMED.replace("UTF-8", "UTF-16").encode("utf-16-be"),
    "utf32.xml": declared("UTF-32"),
    "model.xml.gz": gzip.compress(NAMED.encode()),
    "model.xml.bz2": bz2.compress(NAMED.encode()),
    "model.xml.xz": lzma.compress(NAMED.encode()),
    "no_ending": gzip.compress(declared("ISO-8859-1")),
    "twice.xml.gz.gz": gzip.compress(gzip.compress(NAMED.encode())),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_model_opens_as_it_comes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FORMS[name])
    opened = open_model(tmp_path / name)
    assert opened.shown == str(tmp_path / name)
    assert sbml.read(opened.text, name).getModel().getReaction("lost").getName() == "Müller"
    assert canonical(opened.text, name) == canonical(SBML, name)


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0xFF), min_size=1))
def test_a_name_in_latin1_stays_what_it_is(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("latin1") / "model.xml"
    path.write_bytes(NAMED.replace("Müller", name).replace("UTF-8", "ISO-8859-1").encode("latin-1"))
    assert sbml.read(open_model(path).text, "x").getModel().getReaction("lost").getName() == name


@pytest.mark.parametrize("name", ["decay.ant", "decay.txt", "decay.ant.gz"])
def test_antimony_is_compiled(name: str, tmp_path: Path) -> None:
    content = ANTIMONY.encode()
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    model = sbml.read(open_model(tmp_path / name).text, name).getModel()
    assert (model.getId(), model.getSpecies("S").getInitialConcentration()) == ("decay", 10)


def test_antimony_finds_what_it_imports_beside_it(tmp_path: Path) -> None:
    (tmp_path / "decay.ant").write_text(ANTIMONY)
    (tmp_path / "whole.ant").write_text('import "decay.ant"\nmodel *whole()\n  part: decay()\nend\n')
    model = sbml.read(open_model(tmp_path / "whole.ant").text, "whole.ant").getModel()
    assert model.getSpecies("part_S") is not None


BIOMODELS = {
    "BIOMD0000000001_url.xml": SBML,
    "BIOMD0000000001_urn.xml": SBML.replace('<model id="decay"', '<model name="another label" id="decay"'),
    "BIOMD0000000001.m": "% Octave",
    "BIOMD0000000001.pdf": b"%PDF-1.4 \xff",
}
ARCHIVES: dict[str, tuple[Mapping[str, str | bytes], str]] = {
    "one model": ({"manifest.xml": manifest(("decay.xml",), "decay.xml"), "decay.xml": SBML}, "decay.xml"),
    "no manifest": ({"sub/decay.xml": SBML}, "sub/decay.xml"),
    "no ending": ({"decay": SBML}, "decay"),
    "what systems leave": ({"decay.xml": SBML, "__MACOSX/._decay.xml": b"\0\5"}, "decay.xml"),
    "a master": (
        {"manifest.xml": manifest(("a.xml", "b.xml"), "b.xml"), "a.xml": OTHER, "b.xml": SBML},
        "b.xml",
    ),
    "a master that is no model": (
        {"manifest.xml": manifest(("a.xml", "b.sedml"), "b.sedml"), "a.xml": SBML, "b.sedml": SEDML},
        "a.xml",
    ),
    "one model in two files": (BIOMODELS, "BIOMD0000000001_url.xml"),
    "another encoding": ({"decay.xml": declared("UTF-16")}, "decay.xml"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_the_model_in_an_archive_opens(case: str, tmp_path: Path) -> None:
    contents, chosen = ARCHIVES[case]
    path = pack(tmp_path / "a.omex", contents)
    opened = open_model(path)
    assert opened.shown == f"{path}/{chosen}"
    assert canonical(opened.text, "a") == canonical(SBML, "a")


def test_one_of_several_models_is_chosen_by_its_path(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.omex", {"sub/one.xml": SBML, "two.xml": OTHER, "three.ant": ANTIMONY})
    with pytest.raises(CompilationError) as caught:
        open_model(path)
    choice = f"{path}/sub/one.xml, {path}/three.ant, {path}/two.xml"
    assert str(caught.value) == f"{path}: 3 models in it; name the one that is meant: {choice}"
    assert canonical(open_model(path / "sub" / "one.xml").text, "a") == canonical(SBML, "a")
    assert 'id="decay"' in open_model(path / "three.ant").text
    with pytest.raises(CompilationError, match=r"four.xml: no such file in the archive; it holds sub/one.xml"):
        open_model(path / "four.xml")


NO_MODELS: dict[str, tuple[bytes, str]] = {
    "empty.xml": (b" \n", "the file is empty"),
    "bytes.xml": (b"\xff\xfa\x80", "line 1 has a byte (0xff) that is not UTF-8; save it in UTF-8, or declare"),
    "latin1.xml": (NAMED.encode("latin-1"), "that is not UTF-8; save it in UTF-8, or declare its encoding"),
    "unknown.xml": (SBML.replace("UTF-8", "KLINGON").encode(), "declares the encoding 'KLINGON', which is not known"),
    "codec.xml": (SBML.replace("UTF-8", "hex").encode(), "declares the encoding 'hex', which is not known"),
    "ascii.xml": (
        NAMED.replace("UTF-8", "US-ASCII").encode(),
        "is not in the encoding that it declares, US-ASCII; save it in UTF-8",
    ),
    "model.toml": (b'id = "x"\n', "neither SBML, which is XML, nor Antimony, whose files end in .ant"),
    "model.json": (b"{}", "neither SBML, which is XML, nor Antimony, whose files end in .ant"),
    "model.ant": (b"model *x()\n  a b c\nend\n", "line 2:"),
    "model.cps": (b"<?xml version='1.0'?><COPASI/>", "a COPASI file; in COPASI, File > Export SBML"),
    "sim.sedml": (SEDML.encode(), "a SED-ML file, which describes simulations"),
    "page.xml": (b"<!DOCTYPE html>\n<HTML lang='en'>", "a web page, not a model"),
    "manifest.xml": (manifest(()).encode(), "the manifest of a COMBINE archive"),
    "x.cellml": (b'<model xmlns="http://www.cellml.org/cellml/1.0#" name="x"/>', "a CellML file"),
    "cut.xml.gz": (gzip.compress(SBML.encode())[:-20], "damaged: "),
    "bad.xml.bz2": (b"BZh9" + bytes(50), "damaged: "),
    "bad.zip": (b"PK\x03\x04" + bytes(50), "not a sound zip file"),
}


@pytest.mark.parametrize("name", NO_MODELS)
def test_what_is_no_model_is_named_for_what_it_is(name: str, tmp_path: Path) -> None:
    content, message = NO_MODELS[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CompilationError) as caught:
        open_model(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert message in str(caught.value)


def test_an_archive_without_a_model_says_so(tmp_path: Path) -> None:
    path = pack(tmp_path / "a.omex", {"manifest.xml": manifest(("b.sedml",)), "b.sedml": SEDML})
    with pytest.raises(CompilationError, match="no model in it, neither in SBML nor in Antimony"):
        open_model(path)


def test_folders_missing_files_and_hostile_archives(tmp_path: Path) -> None:
    (tmp_path / "plain.xml").write_text(SBML)
    hostile = pack(tmp_path / "a.omex", {"../decay.xml": SBML})
    bomb = tmp_path / "bomb.xml.gz"
    bomb.write_bytes(gzip.compress(bytes(200 * 2**20), 1))
    for path, message in (
        (tmp_path, "cannot be read: Is a directory"),
        (tmp_path / "gone.xml", "no such file"),
        (tmp_path / "plain.xml" / "inside.xml", "no such file; what should be a folder in it is no archive"),
        (hostile, "the name leaves the archive"),
        (bomb, "unpacks to more than 128 MB"),
    ):
        with pytest.raises(CompilationError, match=message):
            open_model(path)


@pytest.mark.parametrize("form", ["tiny.xml.gz", "tiny.omex", "tiny.ant"])
def test_score_takes_a_model_as_it_comes(form: str, tmp_path: Path, osteon: Command) -> None:
    root = tmp_path / "project"
    start(root, root, "tiny")
    for _, path, text in build.built(Project(root), None):
        write_file(path, text)
    compiled = (root / "models" / "sbml" / "tiny.xml").read_bytes()
    if form.endswith(".omex"):
        pack(root / form, {"manifest.xml": manifest(("tiny.xml",)), "tiny.xml": compiled})
    elif form.endswith(".ant"):
        (root / form).write_bytes((root / "antimony" / "tiny.ant").read_bytes())
    else:
        (root / form).write_bytes(gzip.compress(compiled))
    outcome = osteon("score", form, "--binding", "models/bindings/tiny.toml", "--json", cwd=root)
    assert (outcome.code, outcome.err) == (0, "")
    assert [claim["verdict"] for claim in json.loads(outcome.out)["claims"]] == ["supported"]


def test_a_binding_with_a_byte_order_mark_scores(tmp_path: Path, osteon: Command) -> None:
    root = tmp_path / "project"
    start(root, root, "tiny")
    binding = root / "models" / "bindings" / "tiny.toml"
    binding.write_bytes(codecs.BOM_UTF8 + binding.read_bytes())
    outcome = osteon("score", "antimony/tiny.ant", "--binding", "models/bindings/tiny.toml", cwd=root)
    assert (outcome.code, outcome.err) == (0, "")
