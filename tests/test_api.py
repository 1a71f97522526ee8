"""The public interface: a function for each command, with the same options and errors, and its place on a page."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer

import osteon as package
import small
from conftest import ROOT, Command
from osteon.analysis.inference import Ensemble
from osteon.analysis.robustness.result import robustness, samples
from osteon.cli.app import app
from osteon.engines.table import Results, Table
from osteon.evidence.claims import Claim
from osteon.verification.scorecard import Scorecard
from osteon.verification.verify import verify

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
FUNCTIONS = {
    "list": ("models", "sources"),
    "site": ("build_site",),
}
"""The functions of a command whose name another thing has: a type of Python, a package of ours."""
SHOWING = {"json", "csv", "plot", "parquet", "verbose", "matrix", "accept-unmet", "all", "help"}
"""Options that choose how a command prints, draws and saves what the function returns, or how it exits."""
SAVING = {("infer", "out"), ("robustness", "out"), ("run", "out")}
"""What a command saves of a result, and a script by a method of the result."""
RENAMED = {"set": "overrides", "observable": "observables"}
"""A word of Python, and a list that is written one by one at the command line."""
ONLY_IN_PYTHON = {"progress"}


def _commands() -> dict[str, Any]:
    """Return what typer has made of each command."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def _public() -> dict[str, Callable[..., Any]]:
    found = {name: getattr(package, name) for name in package.__all__}
    return {name: value for name, value in found.items() if inspect.isfunction(value)}


def _option(parameter: Any) -> str:
    """Return the name of an option as the user writes it, or of an argument."""
    long = [name.removeprefix("--") for name in parameter.opts if name.startswith("--")]
    return long[0] if long else str(parameter.name)


def test_every_command_has_its_function_and_the_other_way_round() -> None:
    named = {function for name in _commands() for function in FUNCTIONS.get(name, (name,))}
    assert named == set(_public()) - {"load", "plot"}


@pytest.mark.parametrize("command", sorted(set(_commands()) - {"list"}))
def test_command_and_function_take_the_same_options(command: str) -> None:
    (function,) = FUNCTIONS.get(command, (command,))
    given = {_option(parameter) for parameter in _commands()[command].params}
    own = SHOWING | {option for name, option in SAVING if name == command}
    expected = {RENAMED.get(name, name).replace("-", "_") for name in given - own}
    taken = set(inspect.signature(getattr(package, function)).parameters) - ONLY_IN_PYTHON
    # One model for each call where a result is of one model; `plot` and `record` follow the command.
    if "models" in expected and "models" not in taken:
        expected = expected - {"models"} | {"model"}
    assert taken == expected


@pytest.mark.parametrize("command", sorted(set(_commands()) - {"list"}))
def test_command_and_function_have_the_same_defaults(command: str) -> None:
    (function,) = FUNCTIONS.get(command, (command,))
    defaults = {name: one.default for name, one in inspect.signature(getattr(package, function)).parameters.items()}
    for parameter in _commands()[command].params:
        default = defaults.get(_option(parameter).replace("-", "_"))
        if isinstance(default, int | float | str) and (command, _option(parameter)) not in SAVING:
            assert str(parameter.default) == str(default), _option(parameter)


def _signature(name: str) -> str:
    """Return a function as the page shows it: parameters with defaults, and what it returns."""
    signature = inspect.signature(getattr(package, name))
    bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
    shown = str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)).replace("'", '"')
    returned = (
        str(signature.return_annotation).rpartition(".")[2]
        if "[" not in str(signature.return_annotation)
        else (str(signature.return_annotation))
    )
    return f"osteon.{name}{shown} -> {returned}"


def _sections() -> dict[str, str]:
    parts = re.split(r"^##+ (.*)$", PAGE, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_function_has_its_heading_with_signature_and_example() -> None:
    sections = _sections()
    assert {name.strip("`").removeprefix("osteon.") for name in sections if name.startswith("`")} == set(_public())
    for name in _public():
        text = sections[f"`osteon.{name}`"]
        (shown,) = re.findall(r"```py\n(.*?)```", text, flags=re.DOTALL)
        assert re.sub(r"\s+", " ", shown).strip() == _signature(name)
        (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
        assert f"osteon.{name}(" in example


def test_every_public_type_and_error_stands_on_the_page() -> None:
    types = [name for name in package.__all__ if inspect.isclass(getattr(package, name))]
    assert [name for name in types if f"| `{name}` |" not in PAGE] == []


def test_every_error_is_public_and_in_the_tree() -> None:
    from osteon import errors

    own = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, Exception)]
    assert len(own) > 5
    for error in own:
        assert getattr(package, error.__name__) is error
        assert error.__name__ in (errors.__doc__ or "")
        assert issubclass(error, package.OsteonError)


def test_every_parameter_is_described() -> None:
    for name, function in _public().items():
        described = inspect.getdoc(function) or ""
        for parameter in inspect.signature(function).parameters:
            assert re.search(rf"^    {parameter}: ", described, flags=re.MULTILINE), f"{name}: {parameter}"


def test_no_public_name_is_that_of_a_module() -> None:
    """Importing a module puts it into the namespace of its package, in place of what had its name."""
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert set(package.__all__) & modules == set()


def test_functions_stay_functions_whatever_is_imported() -> None:
    for module in pkgutil.walk_packages(package.__path__, "osteon."):
        # An engine changes libsbml for the whole process, and the page's engine runs in Pyodide.
        if not module.name.startswith(("osteon.engines.", "osteon.site.assets", "osteon.__main__")):
            importlib.import_module(module.name)
    for name, function in _public().items():
        assert callable(getattr(package, name)), name
        assert function.__name__ == name


HEAVY = ("pandas", "numpy", "matplotlib", "roadrunner", "libsbml", "antimony", "tellurium", "pydantic", "rich", "typer")


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = f"import osteon, sys; print(sorted(set({HEAVY!r}) & set(sys.modules)), dir(osteon)[:1])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split(" [")[0] == "[]"


def test_what_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'predicted'"):
        package.predicted  # noqa: B018
    assert set(package.__all__) <= set(dir(package))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with one small mechanism, built."""
    root = tmp_path_factory.mktemp("project")
    package.new("tiny", project=root)
    package.build("tiny", project=root)
    return root


def _same_sentence(osteon: Command, project: Path, call: Callable[[], Any], *command: str) -> str:
    """Return the message of a call, having seen that the command prints it too."""
    with pytest.raises(package.OsteonError) as caught:
        call()
    outcome = osteon(*command, cwd=project)
    assert outcome.code == 2
    assert outcome.err.strip() == str(caught.value)
    return str(caught.value)


MISTAKES: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "model": (lambda p: package.load("tin", project=p), ("show", "tin"), "did you mean 'tiny'?"),
    "condition": (
        lambda p: package.predict("tiny", "stimulu", project=p),
        ("predict", "tiny", "-c", "stimulu"),
        "stimulu",
    ),
    "value": (
        lambda p: package.verify("tiny", overrides={"k": "much"}, project=p),
        ("verify", "tiny", "--set", "k=much"),
        "'k=much' is not NAME=NUMBER",
    ),
    "draws": (
        lambda p: package.robustness("tiny", draws=0, project=p),
        ("robustness", "tiny", "--draws", "0"),
        "--draws 0: expected a whole number from 1 to 1000000",
    ),
    "seed": (
        lambda p: package.infer("tiny", seed=-1, project=p),
        ("infer", "tiny", "--seed", "-1"),
        "--seed -1: expected a whole number of at least 0",
    ),
    "sampler": (
        lambda p: package.robustness("tiny", sampler="sobel", project=p),
        ("robustness", "tiny", "--sampler", "sobel"),
        "did you mean 'sobol'?",
    ),
    "live": (
        lambda p: package.infer("tiny", live=2, project=p),
        ("infer", "tiny", "--live", "2"),
        "--live 2: expected a whole number of at least 10",
    ),
    "workers": (
        lambda p: package.ablate("tiny", workers=0, project=p),
        ("ablate", "tiny", "--workers", "0"),
        "--workers 0: expected a whole number of at least 1",
    ),
    "points": (
        lambda p: package.scan("tiny", {"x": (0, 1)}, points=1, project=p),
        ("scan", "tiny", "--vary", "x=0..1", "--points", "1"),
        "--points 1: expected a whole number from 2 to 1000000",
    ),
    "span": (
        lambda p: package.scan("tiny", {"x": (2, 1)}, project=p),
        ("scan", "tiny", "--vary", "x=2..1"),
        "x=2..1: expected two finite numbers",
    ),
    "both": (
        lambda p: package.predict("tiny", "control", draws=3, ensemble="x", project=p),
        ("predict", "tiny", "-c", "control", "--draws", "3", "--ensemble", "x"),
        "give either --draws",
    ),
    "counterfactual": (
        lambda p: package.verify("tiny", counterfactual="x", project=p),
        ("verify", "tiny", "--counterfactual", "x"),
        "has no counterfactual 'x'",
    ),
    "format": (
        lambda p: package.export("tiny", to=["sbm"], project=p),
        ("export", "tiny", "--to", "sbm"),
        "did you mean 'sbml'?",
    ),
    "no format": (
        lambda p: package.export("tiny", to=[], project=p),
        ("export", "tiny", "--to", ""),
        "no format is named; there are sbml, ",
    ),
    "name": (lambda p: package.new("Tiny", project=p), ("new", "Tiny"), "'Tiny' is not a mechanism's name"),
    "archive": (lambda p: package.run(Path("no.omex")), ("run", "no.omex"), "no.omex"),
    "binding": (
        lambda p: package.score("no.xml", p / "models" / "bindings" / "tiny.toml", project=p),
        ("score", "no.xml", "--binding", "models/bindings/tiny.toml"),
        "no.xml: no such file",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_ends_in_the_same_sentence_as_at_the_command_line(
    mistake: str, project: Path, osteon: Command
) -> None:
    call, command, part = MISTAKES[mistake]
    assert part in _same_sentence(osteon, project, lambda: call(project), *command)


@pytest.mark.parametrize("ends", [3.0, (1.0,), ("a", "b")])
def test_what_is_varied_needs_two_bounds(ends: Any, project: Path) -> None:
    with pytest.raises(package.OsteonError, match=r"is not NAME=FROM\.\.TO, such as anti_rankl=0\.\.2"):
        package.scan("tiny", {"x": ends}, project=project)


def test_numbers_of_numpy_serve_and_fractions_do_not(project: Path, tmp_path: Path) -> None:
    found = package.robustness("tiny", draws=np.int64(4), project=project, results=tmp_path, workers=1)  # type: ignore[arg-type]
    assert found.draws == 4
    with pytest.raises(package.OsteonError, match=r"--draws 2\.5: expected a whole number"):
        package.robustness("tiny", draws=2.5, project=project)  # type: ignore[arg-type]


def test_progress_is_told_of_every_step_and_of_what_was_done_before(project: Path, tmp_path: Path) -> None:
    from contextlib import contextmanager

    told: list[tuple[int, int]] = []
    steps: list[int] = []

    @contextmanager
    def progress(label: str, total: int, done: int = 0) -> Iterator[Callable[[], None]]:
        told.append((total, done))
        yield lambda: steps.append(1)

    for _ in range(2):
        package.robustness("tiny", draws=24, project=project, results=tmp_path, workers=1, progress=progress)
    assert told == [(3, 0), (0, 3)]
    assert len(steps) == 3


ACTS = {"more": ("treatment", {"scale": {"boost": 2.0}})}


def _claim(number: int, expect: str | None, role: str = "construction") -> tuple[str, Claim]:
    check = {"expect": expect, "observable": "s", "condition": "more", "reference": "control", "at": "steady state"}
    claim = {
        "id": f"T-0{number}",
        "statement": "x",
        "place": "x",
        "kind": "experiment",
        "term": "ECO:0000001",
        "demand": "must",
        "role": role,
        "setting": "culture",
    }
    return "t", Claim.model_validate(claim | ({"checks": (check,)} if expect else {"documented": "No symbol for it."}))


@pytest.fixture(scope="module")
def turnover() -> package.Model:
    """Return a model in which S rests at boost/drain, whose parameters were given a range or a formula."""
    ranges = {"boost": small.parameter(0.5, 2.0), "drain": small.parameter(1.0, 1.0, formula="boost")}
    return small.model(interventions=ACTS, parameters=ranges)


@pytest.fixture(scope="module")
def card(turnover: package.Model) -> Scorecard:
    """Return a scorecard with a supported, a contradicted and a documented claim."""
    return verify(turnover, [_claim(1, "increase"), _claim(2, "decrease", "held_out"), _claim(3, None)])


def test_a_scorecard_tells_itself_in_a_line_and_as_one_row_a_check(card: Scorecard) -> None:
    assert repr(card) == "<Scorecard small: 1 supported, 1 contradicted, 1 documented>"
    assert repr(Scorecard(())) == "<Scorecard without claims>"
    frame = card.to_frame()
    assert list(frame["claim"]) == ["T-01", "T-02", "T-03"]
    assert list(frame["verdict"]) == ["supported", "contradicted", "documented"]
    assert list(frame["outcome"].fillna("none")) == ["holds", "refused", "none"]
    first = frame.iloc[0]
    told = first[["model", "source", "role", "observable", "condition", "reference", "expect", "word"]].tolist()
    assert told == ["small", "t", "construction", "s", "more", "control", "increase", "increase"]
    assert (first["value"], first["reference_value"]) == pytest.approx((2.0, 1.0), rel=1e-4)
    assert first["effect"] == pytest.approx(np.log(2.0), rel=1e-4)
    assert frame["effect"].dtype == float
    assert np.isnan(frame["effect"][2])
    assert frame["reason"][2] == "No symbol for it."


def test_a_scorecard_without_claims_has_the_columns_all_the_same(card: Scorecard) -> None:
    assert list(Scorecard(()).to_frame().columns) == list(card.to_frame().columns)


def test_an_effect_that_appears_is_a_number_in_the_table() -> None:
    """JSON has no infinity; a table has."""
    acts = {"more": ("treatment", {"set": {"boost": 1.0}})}
    body = small.TURNOVER.replace("boost = 1 ", "boost = 0 ")
    found = verify(small.model(body, interventions=acts), [_claim(1, "increase")]).to_frame()
    assert found["effect"][0] == np.inf
    assert found["word"][0] == "appears"


def test_a_model_tells_itself_in_a_line_and_its_parameters_as_a_table(turnover: package.Model) -> None:
    assert repr(turnover) == "<Model small: 1 species, 2 reactions; sources: none>"
    frame = turnover.to_frame()
    assert list(frame.index) == ["boost", "drain"]
    boost, drain = frame.loc["boost"], frame.loc["drain"]
    assert (boost["value"], boost["low"], boost["high"], boost["unit"]) == (1.0, 0.5, 2.0, "1")
    assert (boost["provenance"], boost["basis"], boost["meaning"]) == ("assumed", "example", "x")
    assert (drain["provenance"], drain["basis"]) == ("derived", "boost")


def test_the_table_has_the_values_that_the_model_runs_with(turnover: package.Model) -> None:
    from osteon.evidence.bindings import Act

    other = turnover.replace(overrides=Act(scale={"boost": 1.5}))
    assert list(other.to_frame()["value"]) == [1.5, 1.5]
    assert repr(other).endswith("; 1 of its values overridden>")


def test_robustness_as_tables(turnover: package.Model) -> None:
    """A doubling of S is an increase and no decrease, whatever the parameters."""
    from osteon.analysis.robustness import result
    from osteon.jobs.job import Chunk

    made = samples(turnover, [_claim(1, "increase"), _claim(2, "decrease", "held_out")], draws=8, seed=1)
    made.prepare()
    found = robustness(made, result.judged(made, Chunk(0, range(8), 0)))
    assert repr(found) == "<Robustness small: 1 of 2 claims are supported by at least 95% of 8 draws>"
    frame = found.to_frame()
    assert list(frame["share"]) == [1.0, 0.0]
    assert list(frame["filed"]) == ["supported", "contradicted"]
    assert frame.attrs["seed"] == 1
    drawn = found.draws_to_frame()
    assert list(drawn.columns) == ["boost", "drain", "T-01", "T-02"]
    assert list(drawn["boost"]) == [made.values(item)["boost"] for item in range(8)]
    assert set(drawn["T-01"]) == {"supported"}
    assert set(drawn["T-02"]) == {"contradicted"}


def test_an_ensemble_as_a_table() -> None:
    about = {"model": "small", "claims": ["T-01"], "method": "rejection"}
    found = Ensemble({"k": np.array([1.0, 2.0])}, about)
    assert repr(found) == "<Ensemble small: 2 sets of 1 values that support 1 claims, by rejection>"
    assert list(found.to_frame()["k"]) == [1.0, 2.0]
    assert found.to_frame().attrs == about


def test_an_ensemble_serves_as_itself_and_as_its_file(tmp_path: Path) -> None:
    name, how = "runx2_osteogenesis", {"observables": ["sp7"], "project": ROOT}
    found = package.infer(name, draws=8, project=ROOT, results=tmp_path / "chunks", workers=1)
    path = found.save(tmp_path / "ensemble.parquet")
    first = package.predict(name, "runx2_het", ensemble=found, **how)  # type: ignore[arg-type]
    second = package.predict(name, "runx2_het", ensemble=path, **how)  # type: ignore[arg-type]
    assert first.attrs["draws"] == len(found)
    assert first.to_dict() == second.to_dict()
    with pytest.raises(package.OsteonError, match="an ensemble of model 'runx2_osteogenesis', not of"):
        package.predict("mitochondrial_lamin", "cccp", ensemble=found, project=ROOT)


def test_ablation_tells_itself(project: Path, tmp_path: Path) -> None:
    found = package.ablate("tiny", project=project, results=tmp_path, workers=1, record=True)
    assert re.fullmatch(r"<Ablation tiny: 2 edges \(.*\), \d+ claims>", repr(found))
    assert package.Project(project).recorded("tiny", "ablation") == found.as_dict()


def test_results_of_an_archive_are_tables_and_files(tmp_path: Path) -> None:
    columns = {"time": np.array([0.0, 1.0]), "end": np.array([5.0])}
    found = Results((Table("task", "Task", columns),))
    assert repr(found) == "<Results: task>"
    assert found.tables[0].to_frame()["end"].isna().tolist() == [False, True]
    (path,) = found.save(tmp_path)
    assert path.name == "task.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == "time,end"


def test_a_project_may_be_given_itself_or_by_its_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = package.Project(str(project))
    assert repr(opened) == f"<Project {project}: 1 models, 1 sources>"
    assert package.models(opened) == package.models(str(project)) == package.models(project) == ["tiny"]
    monkeypatch.chdir(project / "evidence")
    assert package.sources() == ["tiny"]


def test_every_result_has_its_figure(turnover: package.Model, card: Scorecard, project: Path, tmp_path: Path) -> None:
    course = package.simulate("tiny", project=project)
    store = {"project": project, "results": tmp_path, "workers": 1}
    found = package.robustness("tiny", draws=4, **store)  # type: ignore[arg-type]
    drawn = [
        package.plot(turnover, "more", until="2 d"),
        package.plot(card),
        package.plot(course),
        package.plot({"first": course, "second": course}),
        package.plot(found),
        package.plot([found, found]),
        package.plot(package.ablate("tiny", **store)),  # type: ignore[arg-type]
    ]
    for figure in drawn:
        assert figure.axes
        assert figure._repr_png_().startswith(b"\x89PNG")
    assert len(drawn[5].axes) == len(drawn[4].axes) + 1


def test_the_figure_of_a_scorecard_has_a_tile_a_claim_with_its_verdict(card: Scorecard, tmp_path: Path) -> None:
    path = tmp_path / "card.svg"
    package.plot(card).savefig(path)
    text = path.read_text(encoding="utf-8")
    for shown in (
        "T-01",
        "T-02",
        "T-03",
        "S: supported, strength: not on record",
        "C: contradicted, strength: not on record",
        "D: documented",
        "held out",
    ):
        assert f">{shown}<" in text
    assert "F: failed" not in text


@pytest.mark.parametrize("what", [3, "tiny", [], {}, None])
def test_what_cannot_be_drawn_is_refused(what: Any) -> None:
    with pytest.raises(package.OsteonError, match=r"cannot draw a .*; expected a model, a scorecard"):
        package.plot(what)


def test_a_result_is_drawn_as_it_is(card: Scorecard) -> None:
    with pytest.raises(package.OsteonError, match="are for a model"):
        package.plot(card, "more")
