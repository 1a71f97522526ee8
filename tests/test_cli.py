"""The command line: what scripts read, what people see, and how light it starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from conftest import MODELS, PROJECT, ROOT, Command, model, scorecard

NAME = "mitochondrial_lamin"


def test_verify_json_has_its_documented_shape(osteon: Command) -> None:
    outcome = osteon("verify", NAME, "--accept-unmet", "--json")
    card = json.loads(outcome.out)
    assert outcome.code == 0
    assert set(card) == {"osteon", "passed", "summary", "landmarks", "experiments", "claims"}
    claims = {claim["claim"]: claim for claim in card["claims"]}
    assert set(claims) == {claim.id for _, claim in PROJECT.answers(PROJECT.binding(NAME))}
    check = claims["S0-31"]["checks"][0]
    assert (check["observable"], check["condition"], check["reference"]) == ("nuclear_size", "cccp+oe_lmna", "control")
    assert check["expect"] == "prevented"
    assert check["outcome"] == "holds"
    assert check["effect"] == pytest.approx(np.log(check["value"] / check["reference_value"]))
    assert check["effect"] / check["second_effect"] <= 0.2
    assert card["summary"][NAME] == dict(scorecard(NAME).counts())


def test_json_shape_stands_in_the_documentation() -> None:
    documented = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    card = scorecard(NAME).as_dict()
    for keys in (card, card["claims"][0], *(check for claim in card["claims"] for check in claim["checks"])):
        assert [key for key in keys if f"`{key}`" not in documented] == []


def test_verify_prints_verdicts_in_words_and_exits_0(osteon: Command) -> None:
    outcome = osteon("verify", NAME, "--accept-unmet")
    assert outcome.code == 0
    assert outcome.err == ""
    assert "S0-28" in outcome.out
    assert "supported" in outcome.out
    assert "held out" in outcome.out


def test_a_wrong_parameter_contradicts_named_claims_and_exits_1(osteon: Command) -> None:
    outcome = osteon("verify", NAME, "--scale", "lamin_threshold=0.5", "--json")
    contradicted = {c["claim"] for c in json.loads(outcome.out)["claims"] if c["verdict"] == "contradicted"}
    assert outcome.code == 1
    assert {"S0-28", "S0-29"} <= contradicted


def test_a_counterfactual_world_contradicts_what_it_should(osteon: Command) -> None:
    outcome = osteon("verify", NAME, "--counterfactual", "caspase6_cleaves_lamin", "--json")
    filed = {result.claim.id: [check.outcome for check in result.checks] for result in scorecard(NAME).results}
    elsewhere = {c["claim"]: [check["outcome"] for check in c["checks"]] for c in json.loads(outcome.out)["claims"]}
    changed = {claim for claim, outcomes in filed.items() if elsewhere[claim] != outcomes}
    assert outcome.code == 1
    assert "S0-46" in changed
    assert not changed & {"S0-44", "S0-47", "S0-48"}


def test_predict_answers_for_each_observable(osteon: Command) -> None:
    outcome = osteon("predict", NAME, "-c", "cccp+si_atf4+si_lmna", "-r", "control", "--json")
    answer = json.loads(outcome.out)
    assert set(answer["observables"]) == set(PROJECT.binding(NAME).observables)
    for name, row in answer["observables"].items():
        unreached = name == "mitochondrial_ros"  # CCCP acts on what makes use of the membrane potential
        assert (row["change"] == "no path") == unreached
        assert row["fold_change"] == (None if unreached else pytest.approx(row["value"] / row["reference"]))
    assert answer["observables"]["nuclear_size"]["fold_change"] > 1.1


def test_predict_for_people(osteon: Command) -> None:
    outcome = osteon("predict", NAME, "-c", "cccp", "-o", "sost", "--at", "steady state")
    assert outcome.code == 0
    assert "sost" in outcome.out
    assert "x2.8" in outcome.out
    assert "lamin_ac" not in outcome.out


def test_simulate_writes_csv_and_pictures(osteon: Command, tmp_path: Path) -> None:
    csv, png, svg = (tmp_path / f"course.{ending}" for ending in ("csv", "png", "svg"))
    assert osteon("simulate", NAME, "-c", "cccp", "--until", "3d", "--csv", str(csv), "--plot", str(png)).code == 0
    assert osteon("simulate", NAME, "-c", "cccp", "-o", "sost", "--plot", str(svg)).code == 0
    frame = pd.read_csv(csv, index_col="time")
    assert frame.index[-1] == 3.0
    pd.testing.assert_frame_equal(frame, model(NAME).simulate("cccp", until="3 d"), check_names=False)
    assert matplotlib.image.imread(png)[:, :, :3].std() > 0.05, "a blank picture"
    drawn = svg.read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")


def test_simulate_json(osteon: Command) -> None:
    course = json.loads(osteon("simulate", NAME, "-c", "cccp", "--json").out)
    assert len(course["time"]) == len(course["observables"]["sost"])
    assert course["time_unit"] == "d"


def test_score_gives_a_users_file_the_same_verdicts_as_our_own(osteon: Command) -> None:
    binding = str(ROOT / "models" / "bindings" / f"{NAME}.toml")
    scored = osteon("score", str(PROJECT.files(NAME).sbml), "--binding", binding, "--json")
    own = osteon("verify", NAME, "--json")
    assert json.loads(scored.out) == json.loads(own.out)


def test_matrix_has_claims_down_and_models_across(osteon: Command) -> None:
    lines = osteon("verify", "mitochondrial_lamin", "runx2_osteogenesis", "--matrix").out.splitlines()
    row = next(line for line in lines if "S4-07" in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells[:3] == ["S4-07", "must", "."]
    assert cells[3].startswith("supported")


def test_score_beside_a_model_of_the_project(osteon: Command) -> None:
    binding = str(ROOT / "models" / "bindings" / f"{NAME}.toml")
    command = ["score", str(PROJECT.files(NAME).sbml), "--binding", binding, "--beside", "runx2_osteogenesis", "--json"]
    assert set(json.loads(osteon(*command).out)["summary"]) == {NAME, "runx2_osteogenesis"}


@pytest.mark.slow
def test_contradictions_on_record_are_accepted_when_asked(osteon: Command) -> None:
    """`make verify` fails on surprises only; the command itself on every contradiction."""
    known = [name for name in MODELS if PROJECT.binding(name).unmet]
    assert known, "no model has a claim that it does not meet: this test needs another example"
    assert osteon("verify", known[0]).code == 1
    accepted = osteon("verify", known[0], "--accept-unmet")
    assert accepted.code == 0
    assert "contradicted" in accepted.out
    assert osteon("verify", NAME, "--accept-unmet", "--scale", "lamin_threshold=0.5").code == 1


def test_version(osteon: Command) -> None:
    assert osteon("--version").out.strip() == f"osteon {package_version()}"


def package_version() -> str:
    from importlib.metadata import version

    return version("osteon")


def test_list_and_show(osteon: Command) -> None:
    listed = json.loads(osteon("list", "--json").out)
    assert [entry["id"] for entry in listed["models"]] == list(MODELS)
    shown = osteon("show", NAME)
    for text in ("k_atf4", "lamin_threshold", "half_saturation_over_rest", "assumed:", "S0-28", "x_synthesis"):
        assert text in shown.out
    assert json.loads(osteon("show", NAME, "--json").out)["id"] == NAME


def test_new_mechanism_runs_at_once(osteon: Command, tmp_path: Path) -> None:
    assert osteon("new", "mine", "--project", str(tmp_path)).code == 0
    assert osteon("build", "mine", cwd=tmp_path).code == 0
    assert osteon("check", "mine", cwd=tmp_path).out.strip() == "mine: no faults found"
    assert osteon("verify", "mine", cwd=tmp_path).code == 0


def test_outside_of_any_project_the_shipped_models_answer(osteon: Command, tmp_path: Path) -> None:
    listed = json.loads(osteon("list", "--json", cwd=tmp_path).out)
    assert [entry["id"] for entry in listed["models"]] == list(MODELS)
    refused = osteon("new", "mine", cwd=tmp_path)
    assert refused.code == 2
    assert "osteon new mine --project FOLDER" in refused.err


HEAVY = ("pandas", "matplotlib", "tellurium", "roadrunner", "libsbml", "antimony", "pint", "numpy")


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        (["--help"], ()),
        (["verify", "--help"], ()),
        (["list", "--json"], ()),
        (["verify", NAME, "--json"], ("roadrunner", "libsbml", "numpy")),
    ],
    ids=["help", "verify help", "list", "verify"],
)
def test_start_up_is_light(command: list[str], allowed: tuple[str, ...]) -> None:
    """What makes start-up slow is importing: nothing heavy may be imported before it is needed."""
    script = (
        "import sys\n"
        f"sys.argv = ['osteon', *{command!r}]\n"
        "from osteon.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"heavy = set({HEAVY!r}) - set({allowed!r})\n"
        "print('loaded', sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == "loaded []"


def test_python_interface() -> None:
    import osteon as package

    loaded = package.load(NAME, project=ROOT)
    frame = loaded.simulate("cccp + si_atf4", until="72 h")
    assert frame.index.name == "time"
    assert frame.attrs["time_unit"] == "d"
    assert frame.attrs["units"]["atf4"] == "relative to rest"
    assert loaded.predict("cccp + oe_lmna", reference="cccp").loc["nuclear_size", "fold_change"] < 0.9
    card = package.verify(NAME, project=ROOT)
    assert not card.surprises
    assert "<table>" in card._repr_html_()
    assert package.models(ROOT) == list(MODELS)
