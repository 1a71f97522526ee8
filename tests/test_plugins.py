"""Exporters and engines that other packages add by entry points, sound and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT, Command
from exported import gathered
from omex import files, pack
from osteon.engines import ENGINES
from osteon.errors import OsteonError, PluginError, UnknownIdError
from osteon.exporters import EXPORTERS, FORMATS, chosen, export

NAME = "runx2_osteogenesis"
MODULE = """
from osteon.engines.engine import Engine
from osteon.engines.table import Results, Table, column
from osteon.exporters.bundle import File
from osteon.exporters.exporter import Exporter

def _files(bundle):
    yield File.text(f"{bundle.name}.txt", bundle.model.binding.title)

def _run(archive, documents, folder):
    return Results((Table("found", "Found", {"documents": column([len(documents)])}),))

def _fail(*arguments):
    raise ZeroDivisionError("by nothing")

title = Exporter("title", "the title alone", _files)
failing = Exporter("failing", "fails when it is used", _fail)
misnamed = Exporter("other", "has two names", _files)
sbml = Exporter("sbml", "not ours", _files)
counter = Engine("counter", "counts SED-ML files", _run)
stumbling = Engine("stumbling", "fails when it is used", _fail)
number = 3
"""
ENTRIES = """
[osteon.exporters]
title = additions:title
failing = additions:failing
misnamed = additions:misnamed
sbml = additions:sbml
number = additions:number
absent = no_such_module_here:exporter

[osteon.engines]
counter = additions:counter
stumbling = additions:stumbling
"""
BROKEN = {
    "failing": "format 'failing' of package additions 1.0 fails: ZeroDivisionError: by nothing",
    "misnamed": "format 'misnamed' of package additions 1.0 calls itself 'other'; give both the same name",
    "number": "format 'number' of package additions 1.0 is of type int; "
    "an instance of osteon.exporters.exporter.Exporter was expected",
    "absent": "format 'absent' of package additions 1.0 cannot be imported: "
    "ModuleNotFoundError: No module named 'no_such_module_here'",
}


@pytest.fixture
def _additions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a package with additions on the path."""
    folder = tmp_path / "site-packages"
    about = folder / "additions-1.0.dist-info"
    about.mkdir(parents=True)
    (folder / "additions.py").write_text(MODULE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: additions\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(folder)


@pytest.mark.usefixtures("_additions")
class TestAdded:
    """With a package that adds exporters and engines."""

    def test_an_exporter_writes_files(self, tmp_path: Path, osteon: Command) -> None:
        outcome = osteon("export", NAME, "--to", "title", "--out", str(tmp_path))
        assert (outcome.code, outcome.err) == (0, "")
        assert (tmp_path / "title" / f"{NAME}.txt").read_text() == gathered(NAME).model.binding.title

    def test_an_engine_runs_archives(self, tmp_path: Path, osteon: Command) -> None:
        outcome = osteon("run", str(pack(tmp_path / "decay.omex", files())), "--engine", "counter")
        assert outcome.code == 0, outcome.err
        assert "Found" in outcome.out

    @pytest.mark.parametrize("name", BROKEN)
    def test_a_broken_one_is_told_in_one_sentence(self, name: str) -> None:
        with pytest.raises(PluginError) as caught:
            list(export(gathered(NAME), [name]))
        assert str(caught.value) == BROKEN[name]

    def test_broken_ones_do_not_stop_others(self, tmp_path: Path, osteon: Command) -> None:
        outcome = osteon("export", NAME, "--to", "failing,absent,title", "--out", str(tmp_path))
        assert outcome.code == 2
        assert outcome.err.splitlines()[-2:] == [BROKEN["absent"], BROKEN["failing"]]
        assert f"wrote title of {NAME}" in outcome.out
        assert (tmp_path / "title" / f"{NAME}.txt").is_file()

    def test_a_broken_engine_is_told(self, tmp_path: Path, osteon: Command) -> None:
        outcome = osteon("run", str(pack(tmp_path / "decay.omex", files())), "--engine", "stumbling")
        assert outcome.code == 2
        said = "engine 'stumbling' of package additions 1.0 fails: ZeroDivisionError: by nothing"
        assert outcome.err.splitlines() == [said]

    def test_none_takes_the_place_of_ours(self) -> None:
        assert EXPORTERS["sbml"] is FORMATS["sbml"]
        assert EXPORTERS.names == (*FORMATS, "absent", "failing", "misnamed", "number", "title")

    def test_help_lists_them_and_what_is_broken(self, osteon: Command) -> None:
        told = " ".join(osteon("export", "--help").out.split())
        assert "title the title alone" in told
        assert "number cannot be used: format 'number' of package additions 1.0 is of type int" in told
        assert "counter counts SED-ML files" in " ".join(osteon("run", "--help").out.split())


def test_help_lists_every_format_and_engine_with_its_line(osteon: Command) -> None:
    for command, plugins in (("export", EXPORTERS), ("run", ENGINES)):
        told = " ".join(osteon(command, "--help").out.split())
        for name, about in plugins.described():
            assert f"{name} {about}" in told


@pytest.mark.parametrize("to", ["", " , "])
def test_no_format_is_refused_with_the_list(to: str, tmp_path: Path, osteon: Command) -> None:
    outcome = osteon("export", NAME, "--to", to, "--out", str(tmp_path / "out"))
    assert outcome.code == 2
    assert outcome.err.strip() == f"no format is named; there are {', '.join(FORMATS)}, and 'all'"
    assert not (tmp_path / "out").exists()


def test_a_format_named_twice_is_written_once() -> None:
    assert chosen(["code", "sbml", "code"]) == ("sbml", "code")
    assert chosen(["sbml", "all"]) == EXPORTERS.names


def test_unknown_ones_are_refused_with_a_suggestion() -> None:
    with pytest.raises(UnknownIdError, match=r"^unknown format 'sbm'; did you mean 'sbml'\?$"):
        chosen(["sbm"])
    with pytest.raises(UnknownIdError, match=r"^unknown engine 'zzz'; there are tellurium, copasi$"):
        ENGINES.require("zzz")


def test_every_format_and_engine_of_ours_has_a_module_of_its_name() -> None:
    for package, plugins in (("exporters", EXPORTERS), ("engines", ENGINES)):
        for name, plugin in plugins.own.items():
            assert plugin.name == name
            assert (ROOT / "src" / "osteon" / package / f"{name}.py").is_file() or (
                ROOT / "src" / "osteon" / package / name
            ).is_dir()


def test_what_is_wrong_with_the_input_is_no_fault_of_a_plug_in() -> None:
    def refuse() -> None:
        raise OsteonError("is wrong")

    with pytest.raises(OsteonError, match=r"^is wrong$"):
        EXPORTERS.guarded("title", refuse)
