"""Edges taken away one at a time, on small models whose answers can be written down."""

from __future__ import annotations

import json
from math import isnan, log
from pathlib import Path

import pytest

import small
from conftest import MODELS, PROJECT, ROOT, Command, generated
from osteon.analysis.ablation.result import NOTICEABLE, STANDINGS, Ablation, EdgeOutcome
from osteon.analysis.ablation.run import _has_mirror, ablation, ablation_plan, job
from osteon.analysis.ablation.tables import ablation_tables
from osteon.errors import OsteonError
from osteon.evidence.claims import Claim
from osteon.jobs import parquet
from osteon.jobs.run import run_job
from osteon.pictures.charts import plot_ablation
from osteon.pictures.plotting import save
from osteon.sbml.edges import REACH, Alteration, Edge, ablated, edges
from osteon.simulation.model import Model
from osteon.verification.fingerprint import digest

CHAIN = """
  substanceOnly species A in cell = 1 dimensionless
  substanceOnly species B in cell = 1 dimensionless
  substanceOnly species C in cell = 1 dimensionless
  k = 2 per_day; dose = 1 dimensionless; spare = 0 dimensionless; half = 0.5 dimensionless
  Ratio := half*B
  Ratio has dimensionless
  Fixed := 2*half
  Fixed has dimensionless
  a_made: => A; k*dose*Fixed
  a_lost: A => ; k*A
  b_made: => B; k*(A + spare*C)
  b_lost: B => ; k*B
  c_made: => C; k*2*Ratio
  c_lost: C => ; k*C
"""
"""A, B and C follow one another; with ``spare`` at zero C has no way back to B, and at rest all equal ``dose``."""
DOUBLED = {"double": ("treatment", {"set": {"dose": 2.0}})}
ALL = {"a": "A", "b": "B", "c": "C"}


def _chain(body: str = CHAIN) -> Model:
    return small.model(body, interventions=DOUBLED, observables=ALL)


def _claim(number: int, observable: str, expect: str, **more: object) -> tuple[str, Claim]:
    check = {"observable": observable, "expect": expect} | (more or {"condition": "double", "reference": "control"})
    claim = Claim.model_validate(
        {
            "id": f"T-{number:02}",
            "statement": "x",
            "place": "x",
            "kind": "experiment",
            "term": "ECO:0000006",
            "demand": "must",
            "setting": "culture",
            "at": None if more else "steady state",
            "checks": (check,),
        }
    )
    return "test", claim


CLAIMS = (
    _claim(1, "a", "increase"),
    _claim(2, "b", "increase"),
    _claim(3, "c", "increase"),
    _claim(4, "a", "directly influences", on="b"),
    _claim(5, "c", "decrease"),
)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Ablation:
    whole = ablation_plan(_chain(), CLAIMS)
    return ablation(whole, run_job(job(whole), results=tmp_path_factory.mktemp("results"), workers=2))


def _changed(text: str, law: str, symbol: str | None, change: Alteration, resting: float = 1.0) -> Model:
    changed = ablated(text, Edge(law, symbol), change, resting, "small.xml")
    whole = _chain()
    return Model(changed, whole.binding, whole.vocabulary, shown="small.xml")


def _effects(model: Model) -> dict[str, float]:
    frame = model.predict("double", at="steady state")
    return {name: float(effect) for name, effect in frame["effect"].items()}


def test_edges_are_reactions_and_what_they_do_not_use_up() -> None:
    found = edges(_chain().sbml, frozenset({"dose"}), "small.xml")
    assert [str(edge) for edge in found] == [
        *("a_made", "a_lost", "b_made", "A in b_made", "C in b_made", "b_lost"),
        *("c_made", "Ratio in c_made", "c_lost", "B in Ratio"),
    ]
    assert [str(edge) for edge in found if edge.off] == ["C in b_made"]


def test_a_number_that_something_acts_on_is_an_influence() -> None:
    text = _chain().sbml
    assert Edge("a_made", "Fixed") not in edges(text, frozenset({"dose"}), "small.xml")
    assert Edge("a_made", "Fixed") in edges(text, frozenset({"half"}), "small.xml")


def test_what_follows_time_alone_is_an_influence() -> None:
    body = "Age := 1 + time/(1 day)\n" + small.TURNOVER.replace("k*boost", "k*Age").replace("1 day", "1")
    text = small.model(body.replace("(1 day)", "1")).sbml
    assert Edge("made", "Age") in edges(text, frozenset(), "small.xml")


def test_a_rate_rule_uses_up_its_own_variable() -> None:
    body = "P = 1 dimensionless; substanceOnly species S in cell = 1 dimensionless; k = 1 per_day; P' = k*(S - P)"
    assert [str(edge) for edge in edges(small.model(body).sbml, frozenset(), "small.xml")] == ["S in P"]


def test_an_influence_removed_stops_what_it_passes_on() -> None:
    effects = _effects(_changed(_chain().sbml, "b_made", "A", "removed"))
    assert effects["a"] == pytest.approx(log(2))
    # No path leads from what is done to B and C any more.
    assert isnan(effects["b"])
    assert isnan(effects["c"])


def test_an_influence_reversed_turns_twice_into_half() -> None:
    effects = _effects(_changed(_chain().sbml, "c_made", "Ratio", "reversed", resting=0.5))
    assert effects["b"] == pytest.approx(log(2))
    assert effects["c"] == pytest.approx(-log(2))


def test_control_stays_at_rest_without_an_influence_or_with_it_reversed() -> None:
    text = _chain().sbml
    for change in ("removed", "reversed"):
        assert _changed(text, "b_made", "A", change).values("control") == pytest.approx({"a": 1.0, "b": 1.0, "c": 1.0})


@pytest.mark.parametrize(
    ("value", "resting", "mirrored"),
    [
        (4.0, 2.0, 1.0),
        (0.5, 2.0, 8.0),
        (0.0, 2.0, 2.0 * REACH),
        (1e-9, 2.0, 2.0 * REACH),
        (0.0, 0.0, 0.0),
        (3.0, 0.0, 0.0),
    ],
)
def test_a_reflection_is_finite_and_never_negative(value: float, resting: float, mirrored: float) -> None:
    body = f"substanceOnly species S in cell = {value} dimensionless; k = 1 per_day; Out := S; gone: S => ; k*S"
    whole = small.model(body, observables={"out": "Out"}, equilibrate=False)
    text = ablated(whole.sbml, Edge("Out", "S"), "reversed", resting, "small.xml")
    start = Model(text, whole.binding, whole.vocabulary, shown="small.xml").run("control", [])
    assert start.values["out"][0] == pytest.approx(mirrored)


def test_a_reaction_removed_has_no_rate() -> None:
    model = _changed(_chain().sbml, "c_made", None, "removed")
    assert model.values("control", at="steady state")["c"] == pytest.approx(0.0, abs=1e-6)
    assert not model.graph.directly("b", "c")


@pytest.mark.parametrize(
    ("edge", "change", "message"),
    [
        (Edge("nothing"), "removed", "no edge 'nothing'"),
        (Edge("a_made", "B"), "removed", "no edge 'B in a_made'"),
        (Edge("a_made"), "reversed", "only an influence has a sign"),
    ],
)
def test_what_is_not_there_cannot_be_taken_away(edge: Edge, change: Alteration, message: str) -> None:
    with pytest.raises(OsteonError, match=message):
        ablated(_chain().sbml, edge, change, 1.0, "small.xml")


def test_a_model_with_a_parameter_of_that_name_is_refused() -> None:
    text = _chain(CHAIN + "resting_A = 3 dimensionless\n").sbml
    with pytest.raises(OsteonError, match="parameter 'resting_A' of its own"):
        ablated(text, Edge("b_made", "A"), "removed", 1.0, "small.xml")


def test_the_claims_that_fall_are_those_behind_the_edge(found: Ablation) -> None:
    assert found.supported == ("T-01", "T-02", "T-03", "T-04")
    assert found.structural == ("T-04",)
    fallen = {(str(o.edge), o.change): set(o.fallen) for o in found.outcomes}
    assert fallen["A in b_made", "removed"] == {"T-02", "T-03", "T-04"}
    assert fallen["A in b_made", "reversed"] == {"T-02", "T-03"}
    assert fallen["Ratio in c_made", "removed"] == {"T-03"}
    assert fallen["C in b_made", "removed"] == set()


def test_a_claim_that_a_reversal_meets_is_gained(found: Ablation) -> None:
    gained = {(str(o.edge), o.change): o.gained for o in found.outcomes}
    assert gained["B in Ratio", "reversed"] == ("T-05",)
    assert gained["B in Ratio", "removed"] == ()


def test_the_standing_of_each_edge(found: Ablation) -> None:
    support = {str(edge): found.support(edge) for edge in found.edges}
    assert support["A in b_made"] == "needed"
    assert support["C in b_made"] == "off"
    assert support["c_lost"] == "vital"
    # Without its synthesis C is absent, in control as well, and nothing to nothing is no increase.
    assert support["c_made"] == "needed"


def test_claims_and_the_edges_they_hang_on(found: Ablation) -> None:
    up_to_c = ["a_made", "b_made", "A in b_made", "c_made", "Ratio in c_made", "B in Ratio"]
    assert [str(edge) for edge in found.breakers("T-03")] == up_to_c
    assert [str(edge) for edge in found.breakers("T-01")] == ["a_made"]
    assert found.unbreakable() == ()
    # Without its loss A has no resting state, and no simulation of any claim comes to an end.
    assert found.support(Edge("a_lost")) == "vital"
    assert "T-01" in found.of(Edge("a_lost"))["removed"].failed


def test_an_edge_that_no_claim_reads_is_untested(tmp_path: Path) -> None:
    whole = ablation_plan(_chain(), CLAIMS[:1])
    alone = ablation(whole, run_job(job(whole), results=tmp_path, workers=1))
    support = {str(edge): alone.support(edge) for edge in alone.edges}
    assert support["Ratio in c_made"] == "silent"
    assert alone.statement(alone.of(Edge("c_made", "Ratio"))["removed"]) == "no claim falls, and no effect moves"


def test_each_setting_is_held_where_its_own_control_rests() -> None:
    whole = _chain()
    halved = whole.binding.settings["culture"].model_copy(update={"set": {"dose": 0.5}})
    binding = whole.binding.model_copy(update={"settings": {**whole.binding.settings, "dish": halved}})
    words = whole.vocabulary
    words = words.model_copy(update={"settings": {**words.settings, "dish": words.settings["culture"]}})
    resting = ablation_plan(Model(whole.sbml, binding, words, shown="small.xml"), ()).resting
    assert resting["culture"]["A"] == pytest.approx(1.0)
    assert resting["dish"]["A"] == pytest.approx(0.5)


def test_a_result_survives_being_written_down(found: Ablation) -> None:
    assert Ablation.from_dict(found.as_dict()) == found


def test_one_change_is_made_and_judged() -> None:
    """Without A, B stays at nothing in both conditions; reversed, it halves where it doubled: E moves by ln 4."""
    plan = ablation_plan(_chain(), CLAIMS)
    numbers = {(str(edge), change): place for place, (edge, change) in enumerate(plan.changes)}
    removed = plan.outcome(numbers["A in b_made", "removed"])
    assert (removed.contradicted, removed.failed, removed.gained) == (("T-02", "T-03", "T-04"), (), ())
    assert removed.shift == pytest.approx(log(2))
    turned = plan.outcome(numbers["A in b_made", "reversed"])
    assert (turned.contradicted, turned.gained) == (("T-02", "T-03"), ("T-05",))
    assert turned.shift == pytest.approx(log(4), rel=1e-3)
    assert plan.outcome(numbers["C in b_made", "removed"]).shift == 0.0
    gone = plan.outcome(numbers["a_made", "removed"])
    assert gone.shift == pytest.approx(log(2))  # from ln 2 to nothing to nothing
    assert [len(chunk.items) for chunk in job(plan).chunks][:2] == [2, 2]


GIVEN = {
    "felt": EdgeOutcome(Edge("felt"), "removed", shift=NOTICEABLE),
    "silent": EdgeOutcome(Edge("silent"), "removed", shift=0.99 * NOTICEABLE),
    "needed": EdgeOutcome(Edge("needed"), "removed", contradicted=("T-01", "T-02"), shift=0.5),
    "broken": EdgeOutcome(Edge("broken"), "removed", failed=("T-01",)),
    "off": EdgeOutcome(Edge("off", off=True), "removed"),
    "vital": EdgeOutcome(Edge("vital"), "removed", contradicted=("T-01",), failed=("T-02", "T-03")),
    "even": EdgeOutcome(Edge("even"), "removed", contradicted=("T-01", "T-02"), failed=("T-03", "T-04")),
    "sign": EdgeOutcome(Edge("sign", "A"), "removed"),
}


def _given() -> Ablation:
    turned = EdgeOutcome(Edge("sign", "A"), "reversed", contradicted=("T-02",))
    either = (
        EdgeOutcome(Edge("either", "A"), "removed", contradicted=("T-01",)),
        EdgeOutcome(Edge("either", "A"), "reversed", gained=("T-09",)),
    )
    outcomes = (*(one for name, one in GIVEN.items() if name != "even"), turned, *either)
    return Ablation("m", {"sbml": "x"}, ("T-01", "T-02", "T-03", "T-04"), ("T-04",), outcomes, {"osteon": "1"})


def test_the_standing_of_an_edge_with_effects_at_their_limits() -> None:
    found = _given()
    assert {edge.law: found.support(edge) for edge in found.edges} == {
        **{name: name for name in GIVEN if name != "even"},
        "either": "needed",
    }
    assert not found.stops(GIVEN["even"])  # as many contradicted as failed: that says something
    assert found.statement(GIVEN["felt"]) == "no claim falls; effects move by up to +1.01 %"
    assert found.statement(GIVEN["silent"]) == "no claim falls, and no effect moves"
    assert found.statement(GIVEN["needed"]) == "2 of 4 claims fall: T-01, T-02"
    assert found.statement(GIVEN["broken"]) == "1 of 4 claims fall (1 for a simulation breaks): T-01"
    assert found.statement(GIVEN["vital"]) == "every simulated claim falls: nothing runs, or a part is gone"
    assert [edge.law for edge in found.either_way()] == ["either"]
    assert found.unbreakable() == ("T-03", "T-04")


def test_an_outcome_is_written_without_what_is_empty() -> None:
    assert GIVEN["off"].as_dict() == {"law": "off", "symbol": None, "change": "removed", "off": True, "shift": 0.0}
    written = EdgeOutcome(Edge("a", "B"), "reversed", failed=("T-01",), shift=0.123456).as_dict()
    assert written == {"law": "a", "symbol": "B", "change": "reversed", "failed": ["T-01"], "shift": 0.1235}
    found = _given()
    assert Ablation.from_dict(json.loads(found.text())) == found


def test_the_tables_of_ablation() -> None:
    found = _given()
    text = ablation_tables([(found, "claims have changed since")], {"T-02": "what it says"})
    assert "| `m` | 8 | 2 | 1 | 1 | 1 | 1 | 1 | 1 | 1 | 4 | 1 | 2 |" in text
    lines = text.splitlines()
    assert f"For the model and claims of digest `{digest(found.fingerprint)[:12]}`, with osteon 1." in lines
    assert "**Out of date**: claims have changed since. `osteon ablate m --record` computes it anew." in lines
    kinds = [line for line in lines if line.startswith("- ")]
    assert [line.rpartition(" (1): ")[2] for line in kinds[:5]] == [
        "`felt`.",
        "`silent`.",
        "`broken`.",
        "`A in sign`.",
        "`A in either`.",
    ]
    assert kinds[5:] == [
        "- One edge alone, `needed`, carries T-02: what it says",
        "- No change of an edge contradicts (where it falls, it cannot be judged) T-03: a claim no longer on record",
        "- No change of an edge contradicts (none can) T-04: a claim no longer on record",
    ]


@pytest.fixture
def project(osteon: Command, tmp_path: Path) -> Path:
    """Return a project with one mechanism, built."""
    assert osteon("new", "mine", "--project", str(tmp_path)).code == 0
    assert osteon("build", "mine", cwd=tmp_path).code == 0
    return tmp_path


def test_command_records_and_show_reads(project: Path, osteon: Command) -> None:
    ablate = ("ablate", "mine", "--results", str(project / "chunks"))
    assert "not computed" in osteon("show", "mine", cwd=project).out
    assert osteon(*ablate, "--record", cwd=project).code == 0
    shown = json.loads(osteon("show", "mine", "--json", cwd=project).out)
    assert shown["ablation_is_current"] is True
    assert shown["ablation"] == json.loads(osteon(*ablate, "--json", cwd=project).out)["models"][0]
    assert [entry["law"] for entry in shown["ablation"]["outcomes"]] == ["synthesis", "loss"]
    assert STANDINGS["vital"].split(",")[0] in osteon("show", "mine", cwd=project).out


def test_a_result_for_another_state_is_out_of_date(project: Path, osteon: Command) -> None:
    osteon("ablate", "mine", "--results", str(project / "chunks"), "--record", cwd=project)
    binding = project / "models" / "bindings" / "mine.toml"
    text = binding.read_text(encoding="utf-8")
    binding.write_text(text.replace('reason = "', 'reason = "Reworded: '), encoding="utf-8")
    assert json.loads(osteon("show", "mine", "--json", cwd=project).out)["ablation_is_current"] is True
    binding.write_text(text.replace("detection_limit", "#").replace("[protocol]", "[protocol]\ndetection_limit = 1e-5"))
    assert "out of date" in osteon("show", "mine", cwd=project).out


def test_a_damaged_result_is_refused(project: Path, osteon: Command) -> None:
    path = project / "models" / "results" / "mine.ablation.json"
    path.parent.mkdir()
    for text, message in (
        ("{", "not readable as JSON"),
        ('{"model": "other"}', "not a result of model 'mine'"),
        ('{"model": "mine"}', "not a result of `osteon ablate`"),
    ):
        path.write_text(text, encoding="utf-8")
        outcome = osteon("show", "mine", cwd=project)
        assert outcome.code == 2
        assert message in outcome.err


def test_command_draws_and_tabulates(project: Path, osteon: Command) -> None:
    plot, table = project / "matrix.svg", project / "edges.parquet"
    files = ("--plot", str(plot), "--parquet", str(table))
    assert osteon("ablate", "mine", "--results", str(project / "chunks"), *files, cwd=project).code == 0
    assert "<svg" in plot.read_text(encoding="utf-8")
    columns, about = parquet.read(table)
    assert list(columns["edge"]) == ["synthesis", "loss"]
    assert about["model"] == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name the models to take apart, or give --all"),
        (("mine", "--all"), "name the models to take apart, or give --all"),
        (("mind",), "did you mean 'mine'?"),
        (("mine", "--plot", "x.docx"), "unknown kind of picture '.docx'"),
    ],
)
def test_command_refuses(arguments: tuple[str, ...], message: str, project: Path, osteon: Command) -> None:
    outcome = osteon("ablate", *arguments, cwd=project)
    assert outcome.code == 2
    assert message in outcome.err


@pytest.mark.parametrize("name", [name for name in MODELS if PROJECT.files(name).result("ablation").is_file()])
@pytest.mark.slow
def test_what_is_on_record_reads_back_and_draws(name: str, tmp_path: Path) -> None:
    text = PROJECT.files(name).result("ablation").read_text(encoding="utf-8")
    result = Ablation.from_dict(json.loads(text))
    assert result.text() == text
    assert {result.support(edge) for edge in result.edges} <= set(STANDINGS)
    save(plot_ablation(result), tmp_path / "matrix.png")


@pytest.mark.slow
def test_the_document_has_the_tables_of_what_is_on_record() -> None:
    assert (ROOT / "docs" / "ablation.md").read_text(encoding="utf-8") == generated()["docs/ablation.md"]


def test_a_symbol_that_rests_at_nothing_has_no_mirror() -> None:
    """The mirror image of rest at zero would be endless; one that rests at zero in one setting of two has one."""
    assert not _has_mirror("x", {"one": {"x": 0.0}, "other": {"x": 0.0}})
    assert _has_mirror("x", {"one": {"x": 0.0}, "other": {"x": 1.0}})
    assert not _has_mirror("x", {"one": {"x": -1.0}, "other": {"x": 1.0}})
    assert not _has_mirror("x", {"one": {"x": 1e-12}})
    assert _has_mirror("x", {"one": {"x": 1.1e-12}})
