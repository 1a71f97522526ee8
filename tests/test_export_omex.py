"""COMBINE archives: harmless by our own rules, complete, described, the same bytes each time, and run by two engines.

That the numbers are right is for `test_agreement`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from conftest import MODELS, PROJECT, ROOT, Command
from exported import gathered
from osteon import archive
from osteon.archive import Archive
from osteon.experiments.experiment import design
from osteon.exporters import copasi, export, sedml
from osteon.sbml.antimony import LICENSE

pytestmark = pytest.mark.interop

SMALLEST = "runx2_osteogenesis"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
LABEL = "{http://www.w3.org/2000/01/rdf-schema#}label"
_AGAIN = """
import pathlib, sys
from osteon.exporters import omex
from osteon.exporters.bundle import bundle
from osteon.evidence.project import Project
project = Project(pathlib.Path.cwd())
pathlib.Path(sys.argv[1]).write_bytes(omex.content(bundle(project, sys.argv[2])))
"""


@cache
def packed(name: str) -> bytes:
    """Return the archive of a model."""
    (file,) = export(gathered(name), ["omex"])
    assert file.path == f"omex/{name}.omex"
    return file.content


@cache
def opened(name: str, folder: Path) -> Archive:
    """Return the archive of a model, read as one of strangers."""
    path = folder / f"{name}.omex"
    path.write_bytes(packed(name))
    return archive.read(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archives")


@pytest.mark.parametrize("name", MODELS)
def test_everything_is_inside_and_listed(name: str, folder: Path) -> None:
    found, made = opened(name, folder), gathered(name)
    assert found.files[f"{name}.cps"] == copasi.content(made)
    for file in sedml.files(made):
        assert found.files[file.path] == file.content
    assert found.files[f"{name}.xml"] == PROJECT.files(name).sbml.read_bytes()
    assert found.files[f"antimony/{name}.ant"] == PROJECT.files(name).antimony.read_bytes()
    for path in made.documents:
        assert found.files[path] == (ROOT / path).read_bytes()
    listed = {content.path for content in found.contents}
    assert set(found.files) == listed
    assert f"models/bindings/{name}.toml" in listed
    assert [content.path for content in found.contents if content.master] == [f"{name}.cps"]


@pytest.mark.parametrize("name", MODELS)
def test_sedml_bears_no_level_in_the_manifest(name: str, folder: Path) -> None:
    """COPASI imports nothing otherwise."""
    (found,) = opened(name, folder).of_format("sed-ml")
    assert found.format == "http://identifiers.org/combine.specifications/sed-ml"


@pytest.mark.parametrize("name", MODELS)
def test_metadata_name_title_creators_licence_sources_and_organisms(name: str, folder: Path) -> None:
    (whole,) = opened(name, folder).element("metadata.rdf")
    found: dict[str, list[tuple[str | None, str | None]]] = {}
    for item in whole:
        described = item.find(f"{RDF}Description")
        if described is not None:
            link = described.find("{http://purl.org/dc/elements/1.1/}identifier")
            resource = None if link is None else link.get(f"{RDF}resource")
            found.setdefault(item.tag.rpartition("}")[2], []).append((described.findtext(LABEL), resource))
    assert whole.findtext("{http://purl.org/dc/elements/1.1/}title") == gathered(name).model.binding.title
    assert found["creator"] == [("Osteon developers", None)]
    assert found["license"] == [("CC0-1.0", LICENSE)]
    assert ("Mus musculus", "https://identifiers.org/taxonomy:10090") in found["hasTaxon"]
    cited = [evidence.source for evidence in gathered(name).sources]
    assert [label for label, _ in found["isDescribedBy"]] == [source.citation for source in cited]
    for source, (_, resource) in zip(cited, found["isDescribedBy"], strict=True):
        assert resource == (source.identifier and f"https://identifiers.org/{source.identifier}")


def test_the_same_bytes_from_another_process(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", _AGAIN, str(tmp_path / "again.omex"), SMALLEST]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    assert (tmp_path / "again.omex").read_bytes() == packed(SMALLEST)


@pytest.mark.parametrize("engine", ["tellurium", "copasi"])
def test_both_engines_run_every_experiment(engine: str, folder: Path, osteon: Command) -> None:
    opened(SMALLEST, folder)
    outcome = osteon("run", str(folder / f"{SMALLEST}.omex"), "--engine", engine, "--json")
    assert outcome.code == 0, outcome.err
    answer = json.loads(outcome.out)
    assert answer["notes"] == []
    made = design(gathered(SMALLEST).model, [claim for _, claim in gathered(SMALLEST).claims])
    assert sorted(table["name"] for table in answer["tables"]) == sorted(one.label for one in made.experiments)
