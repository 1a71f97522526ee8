"""Optional packages: each import is declared, each extra is enough, and what lacks one says so before it begins."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from conftest import ROOT, Command, Outcome
from osteon import engines, exporters, extras
from osteon.api import publishing
from osteon.errors import OsteonError

SOURCE = ROOT / "src"
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = "osteoblast_vesicles"
# What a user of one extra may use, by the modules of this package that do it; all else is there without any extra.
USES = {
    "export": [*(f"osteon.exporters.{name}" for name in exporters.FORMATS), "osteon.engines.copasi"],
    "ensemble": ["osteon.analysis.sensitivity", "osteon.analysis.inference", "osteon.jobs.parquet"],
    "cluster": ["osteon.jobs.dask"],
    "site": ["osteon.pages.report", "osteon.site.generator"],
}


def canonical(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def brought(requirements: list[str]) -> set[str]:
    """Return the packages that requirements name, with those of the extras of this package that they name."""
    found = set()
    for requirement in requirements:
        own = re.fullmatch(r"osteon\[(.+)\]", requirement)
        if own:
            for extra in own[1].split(","):
                found |= brought(DECLARED["optional-dependencies"][extra])
        else:
            found.add(canonical(re.split(r"[^\w.-]", requirement)[0]))
    return found


KNOWN = packages_distributions()
ALWAYS = brought(DECLARED["dependencies"])


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module of this package imports, but for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unused = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in unused:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def paths() -> dict[str, Path]:
    """Return every module of this package by its full name."""
    named = {}
    for path in sorted((SOURCE / "osteon").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        named[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return named


PATHS = paths()
IMPORTS = {name: tuple(imports(path)) for name, path in PATHS.items()}


def packages(name: str) -> set[str]:
    """Return the packages of others that a module imports itself."""
    tops = {one.partition(".")[0] for one in IMPORTS[name]} - sys.stdlib_module_names - {"osteon", "__future__"}
    return {canonical(KNOWN[top][0]) if top in KNOWN else top for top in tops}


def reached(name: str) -> set[str]:
    """Return every module of this package that importing one of them can lead to."""
    found, rest = set(), [name]
    while rest:
        one = rest.pop()
        if one in PATHS and one not in found:
            found.add(one)
            rest += IMPORTS[one]
    return found


@pytest.mark.parametrize("name", PATHS)
def test_every_import_is_of_a_declared_package(name: str) -> None:
    every = ALWAYS.union(*map(brought, DECLARED["optional-dependencies"].values()))
    assert packages(name) <= every


def test_no_extra_names_a_package_that_nothing_imports() -> None:
    imported = set().union(*map(packages, PATHS))
    # Sphinx runs as a program with its theme and parser, COPASI's files are read by basico.
    by_name = {"sphinx", "myst-parser", "pydata-sphinx-theme"}
    for extra in USES:
        assert brought(DECLARED["optional-dependencies"][extra]) - by_name <= imported, extra


@pytest.mark.parametrize("extra", USES)
def test_each_extra_alone_is_enough_for_what_it_is_for(extra: str) -> None:
    there = ALWAYS | brought(DECLARED["optional-dependencies"][extra])
    for use in USES[extra]:
        # The engine COPASI and a cluster are asked for by name, and refused by name; they are uses of their own.
        asked_for = {"osteon.simulation.copasi", "osteon.engines.copasi", "osteon.jobs.dask"} - {use}
        for name in reached(use) - asked_for:
            assert packages(name) <= there, (use, name)


@pytest.mark.parametrize("name", exporters.FORMATS)
def test_a_format_asks_for_what_it_imports(name: str) -> None:
    inside = {one for one in reached(f"osteon.exporters.{name}") if one.startswith("osteon.exporters.")}
    imported = set().union(*map(packages, inside)) - ALWAYS
    assert {canonical(KNOWN[module][0]) for module in exporters.NEEDED.get(name, ())} == imported


@pytest.mark.parametrize("name", engines.ENGINES.own)
def test_an_engine_asks_for_what_it_imports(name: str) -> None:
    asked = {canonical(KNOWN[module][0]) for module in engines.NEEDED.get(name, ())}
    assert asked == packages(f"osteon.engines.{name}") - ALWAYS


@pytest.mark.parametrize(("group", "needed"), [("osteon.pages", publishing._PAGES), ("osteon.site", publishing._SITE)])
def test_pages_ask_for_what_they_import(group: str, needed: tuple[str, ...]) -> None:
    asked = {canonical(KNOWN[module][0]) for module in needed}
    for name in PATHS:
        if name.startswith(group):
            assert packages(name) - ALWAYS <= asked, name


@pytest.mark.parametrize(
    ("absent", "package", "extra", "arguments"),
    [
        ("sbmlode", "sbmlode", "site", ("report", NAME)),
        ("latex2mathml", "latex2mathml", "site", ("report", NAME)),
        ("sphinx", "sphinx", "site", ("site", NAME, "--without-engine")),
        ("basico", "copasi-basico", "site", ("site", NAME, "--without-engine")),
        ("sbmlode", "sbmlode", "export", ("export", NAME, "--to", "sbml,code")),
        ("basico", "copasi-basico", "export", ("export", NAME, "--to", "all")),
        ("SALib", "SALib", "ensemble", ("sensitivity", NAME, "-c", "vesicles", "-o", "mineralization")),
        (
            "pyarrow",
            "pyarrow",
            "ensemble",
            ("scan", NAME, "--vary", "x=0..1", "--parquet", "x.parquet"),
        ),
        ("pyarrow", "pyarrow", "ensemble", ("robustness", NAME, "--draws", "2", "--out", "x")),
        ("pyarrow", "pyarrow", "ensemble", ("infer", NAME, "--draws", "2")),
        ("dynesty", "dynesty", "ensemble", ("infer", NAME, "--draws", "2")),
        ("COPASI", "python-copasi", "export", ("verify", NAME, "--engine", "copasi")),
        ("pyarrow", "pyarrow", "ensemble", ("ablate", NAME, "--parquet", "x.parquet")),
    ],
)
def test_a_command_says_what_it_needs_before_it_begins(
    absent: str,
    package: str,
    extra: str,
    arguments: tuple[str, ...],
    osteon: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setitem(sys.modules, absent, None)
    monkeypatch.setattr("osteon.simulation.model.load", _no_model)
    outcome: Outcome = osteon(*arguments, cwd=tmp_path)
    assert outcome.code == 2
    assert f"needs the package '{package}', which is not installed; `pip install 'osteon[{extra}]'` brings it" in (
        outcome.err
    )
    assert list(tmp_path.iterdir()) == []


def _no_model(*_: object) -> None:
    raise AssertionError("a model was loaded before the command knew what it lacks")


def test_all_that_is_missing_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "basico", None)
    with pytest.raises(OsteonError, match="needs the packages 'copasi-basico', 'no_such', which are not"):
        extras.require("It", "export", ("basico", "sys", "no_such"))
