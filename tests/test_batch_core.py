"""The batch core: its method, its lanes, and its agreement with libroadrunner on shipped models and random networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import small
from conftest import MODELS, PROJECT, model
from osteon.analysis import prediction
from osteon.analysis.engine import CORE, FEWEST, NoCore
from osteon.analysis.inference import distance
from osteon.analysis.prediction import predict_over_draws
from osteon.analysis.robustness.core import judge_with
from osteon.analysis.robustness.result import samples
from osteon.analysis.robustness.samples import Samples, judged
from osteon.errors import OsteonError, SimulationError
from osteon.evidence.features import FEATURES
from osteon.jobs.job import Chunk
from osteon.sbml.mathematics import NotSupportedError
from osteon.simulation.batch import compiler
from osteon.simulation.batch.compiler import NoCompilerError
from osteon.simulation.batch.core import Core
from osteon.simulation.batch.judge import Parts
from osteon.simulation.batch.readings import features
from osteon.simulation.batch.stability import blocks, stable
from osteon.simulation.contrast import Effect
from osteon.simulation.model import Model
from osteon.simulation.readings import Run
from osteon.simulation.simulator import NEUTRAL, STABLE
from osteon.verification.many import VERDICTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The balance properties:UserWarning"),
]


@pytest.fixture(autouse=True)
def asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CORE, "1")


Tree = tuple["Tree", ...]
"""A rooted tree: the trees that hang on its root."""


# ---- The method ----------------------------------------------------------------------------------------------------


@cache
def _trees(order: int) -> tuple[Tree, ...]:
    """Return every rooted tree of so many nodes."""
    if order == 1:
        return ((),)
    found = set()
    for parts in _partitions(order - 1):
        found |= {tuple(sorted(one)) for one in _choices(parts)}
    return tuple(sorted(found))


def _partitions(number: int, most: int | None = None) -> Iterator[tuple[int, ...]]:
    if number == 0:
        yield ()
    for part in range(min(number, most or number), 0, -1):
        yield from ((part, *rest) for rest in _partitions(number - part, part))


def _choices(parts: tuple[int, ...]) -> Iterator[Tree]:
    if not parts:
        yield ()
        return
    same = [part for part in parts if part == parts[0]]
    for chosen in combinations_with_replacement(_trees(parts[0]), len(same)):
        for rest in _choices(parts[len(same) :]):
            yield (*chosen, *rest)


def _nodes(tree: Tree) -> int:
    return 1 + sum(map(_nodes, tree))


def _density(tree: Tree) -> int:
    return _nodes(tree) * int(np.prod([_density(one) for one in tree], dtype=int))


def _weight(tree: Tree, alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """Return the elementary weights of the stages: a node with one branch takes beta, one with several alpha."""
    matrix = beta if len(tree) == 1 else alpha
    found = np.ones(len(alpha))
    for branch in tree:
        found = found * (matrix @ _weight(branch, alpha, beta))
    return found


def _table(name: str) -> np.ndarray:
    """Return a table of numbers as the kernel has it."""
    text = files("osteon.simulation.batch").joinpath("kernel.c").read_text(encoding="utf-8")
    body = re.search(rf"double {name}(?:\[[^=]*\])? = (.*?);", text, re.DOTALL)
    assert body is not None
    if not body[1].startswith("{"):
        return np.array(float(body[1]))
    rows = [[float(one) for one in row.split(",")] for row in re.findall(r"\{([^{}]*)\}", body[1])]
    width = max(map(len, rows))
    return np.array([row + [0.0] * (width - len(row)) for row in rows]).squeeze()


def _rosenbrock() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return alpha, gamma, weights and embedded weights of the method in its usual form (Hairer and Wanner, IV.7).

    The kernel's form has C = 1/gamma - inverse(Gamma), A = alpha inverse(Gamma) and m = b inverse(Gamma).
    """
    size = 8
    a, c = (np.hstack([_table(name), np.zeros((size, 1))]) for name in ("A", "C"))
    gamma = np.linalg.inv(np.eye(size) / _table("GAMMA") - c)
    last = a[7].copy()
    embedded = last.copy()
    last[7] = 1.0
    return a @ gamma, gamma, last @ gamma, embedded @ gamma


def test_there_are_as_many_trees_as_there_are() -> None:
    assert [len(_trees(order)) for order in range(1, 6)] == [1, 1, 2, 4, 9]


@pytest.mark.parametrize(("weights", "order"), [("method", 5), ("embedded", 4)])
def test_the_method_fulfils_the_order_conditions(weights: str, order: int) -> None:
    alpha, gamma, main, embedded = _rosenbrock()
    b = main if weights == "method" else embedded
    for number in range(1, order + 1):
        for tree in _trees(number):
            assert b @ _weight(tree, alpha, alpha + gamma) == pytest.approx(1 / _density(tree), abs=1e-11), tree


def test_the_method_has_no_higher_order() -> None:
    alpha, gamma, main, embedded = _rosenbrock()
    missed = [abs(main @ _weight(tree, alpha, alpha + gamma) - 1 / _density(tree)) for tree in _trees(6)]
    assert max(missed) > 1e-4
    missed = [abs(embedded @ _weight(tree, alpha, alpha + gamma) - 1 / _density(tree)) for tree in _trees(5)]
    assert max(missed) > 1e-4


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_dense_output_is_of_order_four(share: float) -> None:
    alpha, gamma, main, _ = _rosenbrock()
    dense = _table("DENSE") @ gamma
    left = 1.0 - share
    b = share * (main + left * (dense[0] + share * (dense[1] + share * dense[2])))
    for number in range(1, 5):
        for tree in _trees(number):
            expected = share**number / _density(tree)
            assert b @ _weight(tree, alpha, alpha + gamma) == pytest.approx(expected, abs=1e-9), tree


def test_times_and_drifts_are_sums_of_rows() -> None:
    alpha, gamma, _, _ = _rosenbrock()
    np.testing.assert_allclose(_table("AT"), alpha.sum(axis=1), atol=1e-12)
    np.testing.assert_allclose(_table("DRIFT"), gamma.sum(axis=1), atol=1e-12)


def test_the_method_is_stiffly_accurate() -> None:
    alpha, gamma, main, _ = _rosenbrock()
    np.testing.assert_allclose(main, (alpha + gamma)[7], atol=1e-12)


# ---- Rest and stability --------------------------------------------------------------------------------------------


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=200, deadline=None)
def test_stability_is_that_of_the_eigenvalues(seed: int, size: int) -> None:
    generator = np.random.default_rng(seed)
    matrices = generator.normal(size=(5, size, size)) * (generator.random((size, size)) < 0.4)
    matrices -= generator.uniform(0, 4) * np.eye(size)
    rows, columns = np.nonzero(np.abs(matrices).sum(axis=0))
    found = stable(blocks(size, rows, columns), matrices, neutral=NEUTRAL, greatest=STABLE, conserved=0)
    for matrix, said in zip(matrices, found, strict=True):
        eigenvalues = np.linalg.eigvals(matrix)
        assert said == bool(eigenvalues.real.max() < -1e-9 * max(1.0, abs(eigenvalues).max()))


def test_an_eigenvalue_of_zero_needs_a_conserved_total() -> None:
    matrix = np.array([[[-1.0, 2.0], [1.0, -2.0]]])
    parts = blocks(2, *np.nonzero(matrix[0]))
    assert [stable(parts, matrix, neutral=NEUTRAL, greatest=STABLE, conserved=n)[0] for n in (0, 1)] == [False, True]


# ---- Experiments ---------------------------------------------------------------------------------------------------


def _core(made: Model, conditions: dict[str, tuple[float, ...]], *, resting: bool = False, whole: bool = False) -> Core:
    runs = {("culture", name): Run("culture", name, times, whole, resting) for name, times in conditions.items()}
    return Core(made, runs, {key: frozenset(made.formulas) for key in runs}, made.draws.filled)


ACTS = {
    "more": ("treatment", {"scale": {"boost": 3.0}, "start": "1 d", "end": "3 d"}),
    "less": ("genotype", {"scale": {"boost": 0.5}}),
    "dose": ("treatment", {"set": {"S": 5.0}}),
}


def test_turnover_has_its_solution_in_closed_form() -> None:
    """dS/dt = k (boost - S): S = boost + (S0 - boost) exp(-k t)."""
    made = small.model(interventions=ACTS, parameters={"k": small.parameter(0.1, 1.0)})
    core = _core(made, {"less+more": (0.0, 0.5, 2.0, 4.0), "dose": (0.0, 2.0)})
    k = np.array([0.1, 0.3, 1.0])
    answers = core.with_draws({"k": k}, 3)
    course = answers.courses(("culture", "less+more"))
    assert course is not None
    assert not course.open.any()
    assert not course.restless.any()
    during = 1.5 - np.exp(-k)
    after = 0.5 + (1.5 - np.exp(-2 * k) - 0.5) * np.exp(-k)
    for time, expected in ((0.0, 0.5), (0.5, 0.5), (2.0, during), (4.0, after)):
        np.testing.assert_allclose(course.at("s", [time])[0], expected, rtol=1e-6)
    dose = answers.courses(("culture", "dose"))
    assert dose is not None
    np.testing.assert_allclose(dose.at("s", [0.0])[0], 1.0, rtol=1e-9)
    np.testing.assert_allclose(dose.at("s", [2.0])[0], 1 + 4 * np.exp(-2 * k), rtol=1e-6)


def test_the_steady_state_that_a_condition_leads_to() -> None:
    made = small.model(interventions={"more": ("treatment", {"scale": {"boost": 3.0}})})
    core = _core(made, {"more": ()}, resting=True)
    found = core.with_draws({}, 2).resting(("culture", "more"))
    assert found is not None
    np.testing.assert_allclose(found.values["s"], [3.0, 3.0], rtol=1e-9)


OSCILLATOR = """
  substanceOnly species A in cell = 2 dimensionless; substanceOnly species B in cell = 1 dimensionless
  a = 1 per_day; b = 3 per_day
  feed: => A; a*1 {unit}
  grow: => A; A^2*B*a
  turn: A => B; b*A
  back: B => A; 0*B*a
  eat: B => ; A^2*B*a
  lost: A => ; a*A
""".replace("{unit}", "")


def test_a_draw_that_oscillates_has_no_rest() -> None:
    """The Brusselator rests at A = 1, B = b/a, and is stable there where b < 1 + a^2."""
    made = small.model(OSCILLATOR, observables={"s": "A"}, parameters={"b": small.parameter(0.5, 4.0)})
    core = _core(made, {"control": (1.0,)})
    course = core.with_draws({"b": np.array([0.5, 1.5, 3.0])}, 3).courses(("culture", "control"))
    assert course is not None
    assert course.restless.tolist() == [False, False, True]
    assert not course.open.any()
    np.testing.assert_allclose(course.at("s", [1.0])[0, :2], 1.0, rtol=1e-6)
    with pytest.raises(SimulationError, match="no resting state"):
        made.with_values({"b": 3.0}).run("control", [1.0])


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_lanes_and_neighbours_do_not_change_a_bit(lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "rankl_reverse_signaling"
    made = samples(model(name), PROJECT.claims(model(name).binding), draws=512, seed=1)
    values = made.columns(range(9))
    whole = _bits(made.core, values, list(range(9)))
    assert _bits(made.core, values, [5, 3]) == {key: [one[5], one[3]] for key, one in whole.items()}
    monkeypatch.setattr(compiler, "_FLAGS", (*compiler._FLAGS, f"-DLANES={lanes}"))
    other = samples(model(name), PROJECT.claims(model(name).binding), draws=512, seed=1)
    assert _bits(other.core, values, list(range(9))) == whole


def _bits(core: Core | NoCore, values: dict[str, np.ndarray], rows: list[int]) -> dict[tuple[str, str], list[bytes]]:
    assert isinstance(core, Core)
    answers = core.with_draws({name: column[rows] for name, column in values.items()}, len(rows))
    found = {}
    for key in core.runs:
        course = answers.courses(key)
        if course is not None:
            table = np.array(list(course.values.values()))
            found[key] = [table[..., row].tobytes() for row in range(len(rows))]
    return found


@pytest.mark.parametrize("name", MODELS)
def test_the_core_agrees_with_libroadrunner(name: str) -> None:
    """Every reading of the claims of each shipped model, in two draws, to what the tolerances of both allow."""
    made = samples(model(name), PROJECT.claims(model(name).binding), draws=512, seed=1)
    assert isinstance(made.core, Core)
    assert made.core.excluded == {}
    made.every = 10**9
    items = [3, 4]
    found = judge_with(made.core, made, items)
    for place, item in enumerate(items):
        expected = made.judge(made.values(item))
        if (found.verdicts[place] != expected.verdicts).any():
            # Where several states are stable, Newton's method may find another rest than the model comes to.
            expected = made.judge(made.values(item), audit=True)
        np.testing.assert_array_equal(found.verdicts[place], expected.verdicts)
        np.testing.assert_allclose(found.effects[place], expected.effects, atol=1e-4)
        assert bool(found.reasons[place]) == bool(expected.reason)
    assert found.again[:, 1].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("at S > 2: k = 1", "events"),
        ("S2 := piecewise(1, time < 3, 2)", "switches with time"),
        ("k = 2*boost", "initial assignments"),
    ],
)
def test_what_the_core_cannot_do_is_left_to_libroadrunner(body: str, reason: str) -> None:
    made = small.model(f"{small.TURNOVER}\n  {body}")
    if "S2" in body:
        made = small.model(f"{small.TURNOVER}\n  {body}; kept: S => S; 0*S2*k")
    with pytest.raises(NotSupportedError, match=reason):
        _core(made, {"control": (1.0,)})


def test_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler.compiler.cache_clear()
    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)
    monkeypatch.setattr(compiler, "find_spec", lambda name: None)
    try:
        with pytest.raises(NoCompilerError, match=r"needs a C compiler.*osteon\[fast\]"):
            compiler.compiler()
        made = samples(model(MODELS[0]), PROJECT.claims(model(MODELS[0]).binding), draws=512, seed=1)
        assert not made.in_core
        assert "osteon[fast]" in made.why
    finally:
        compiler.compiler.cache_clear()


def test_few_draws_are_not_worth_compiling() -> None:
    made = samples(model(MODELS[0]), PROJECT.claims(model(MODELS[0]).binding), draws=FEWEST - 1, seed=1)
    assert not made.in_core
    assert made.why == ""


@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=30), st.sampled_from(["peak", "mean", "half-maximum"]))
@settings(max_examples=200, deadline=None)
def test_features_of_many_draws_are_those_of_each(values: list[float], name: str) -> None:
    times = np.cumsum(np.linspace(0.0, 1.0, len(values)))
    table = np.column_stack([values, values[::-1], np.full(len(values), values[0])])
    found = features(FEATURES[name], times, table)
    expected = [FEATURES[name].of(times.tolist(), column) for column in table.T.tolist()]  # type: ignore[misc]
    np.testing.assert_allclose(found, expected, rtol=1e-13)


# ---- Random networks -----------------------------------------------------------------------------------------------


@st.composite
def networks(draw: st.DrawFn) -> tuple[str, list[str]]:
    """Return a body of Antimony with some species that are made, turned into each other and lost, and their names."""
    names = [f"S{number}" for number in range(draw(st.integers(2, 6)))]
    number = st.floats(0.1, 3.0).map(lambda value: f"{value:.3g}")
    lines = ["boost = 1 dimensionless; gate = 0 dimensionless; n = 2.5 dimensionless; u = 1 per_day"]
    kinds = [draw(st.sampled_from(["substanceOnly species", "species"])) for _ in names]
    lines.append(f"compartment room = {draw(number)} dimensionless")
    for kind, name in zip(kinds, names, strict=True):
        place = draw(st.sampled_from(["cell", "room"]))
        lines.append(f"{kind} {name} in {place} = {draw(st.sampled_from(['0', '1', '0.3']))} dimensionless")
    source = draw(st.sampled_from(["boost", "gate", "1"]))
    lines.append(f"made{0}: => {names[0]}; u*{draw(number)}*{source}")
    for place, name in enumerate(names):
        other, third = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        factor = draw(
            st.sampled_from(
                [
                    f"{other}/({draw(number)} + {other})",
                    f"{other}^n/({draw(number)} + {other}^n)",
                    f"1/(1 + {third}^2)",
                    f"(gate + 0.1*{other})",
                    f"gate*{other}",
                    "boost",
                    f"exp(-{other})",
                    f"piecewise(1, {other} > 0.5, 0.4)",
                ]
            )
        )
        lines.append(f"into{place}: => {name}; u*{draw(number)}*{factor}")
        if draw(st.booleans()):
            target = draw(st.sampled_from(names))
            if target != name:
                lines.append(f"turn{place}: {name} => {target}; u*{draw(number)}*{name}")
        lines.append(f"lost{place}: {name} => ; u*{draw(number)}*{name}")
    lines.append(f"Seen := {names[-1]} + 0.5*{names[0]}")
    return "\n  ".join(lines), names


CHANGES = {
    "up": ("treatment", {"scale": {"boost": 2.5}, "end": "2 d"}),
    "open": ("treatment", {"set": {"gate": 1.0}, "start": "-1 d"}),
    "born": ("genotype", {"scale": {"boost": 0.0}}),
    "emptied": ("treatment", {"set": {"S1": 0.0}, "start": "1 d"}),
    "empty": ("genotype", {"set": {"S1": 0.0}}),
    "pulse": ("treatment", {"set": {"S0": 2.0}, "start": "1 d"}),
}


@given(networks(), st.sets(st.sampled_from(sorted(CHANGES)), min_size=1), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_networks_agree_with_libroadrunner(
    network: tuple[str, list[str]], chosen: set[str], equilibrate: bool
) -> None:
    body, names = network
    made = small.model(
        body,
        interventions=CHANGES,
        observables={"seen": "Seen", "last": names[-1]},
        equilibrate=equilibrate,
        parameters={"n": small.parameter(1.0, 3.0)},
    )
    condition = "+".join(sorted(chosen))
    times = (0.0, 0.5, 1.0, 1.5, 4.0, 9.0)
    runs = {("culture", condition): Run("culture", condition, times, False, False)}
    core = Core(made, runs, {key: frozenset({"seen"}) for key in runs}, made.draws.filled)
    parts = Parts(made, core.needed)
    exponents = np.array([1.3, 2.0])
    course = core.with_draws({"n": exponents}, 2).courses(("culture", condition))
    assert course is not None
    for draw, exponent in enumerate(exponents):
        try:
            expected = made.with_values({"n": float(exponent)}).time_course(next(iter(runs.values())))
        except SimulationError:
            continue
        if course.open[draw]:
            continue
        assert not course.restless[draw]
        scale = max(1e-3, float(np.abs(expected.values["seen"]).max()))
        part = parts.of({"n": float(exponent)}).time_course(next(iter(runs.values())))
        np.testing.assert_allclose(part.values["seen"], expected.values["seen"], atol=2e-6 * scale)
        np.testing.assert_allclose(course.values["seen"][:, draw], expected.values["seen"], atol=2e-5 * scale)


def test_the_audit_and_what_is_close_are_judged_by_libroadrunner() -> None:
    """S rises by 1 + gain, and an increase begins at 0.1: draws around it are judged again, and the audited ones."""
    made = small.rising(0.08, 0.12)
    tried = Samples(made, [("t", small.claim(small.RISES))], sampler="random", number=256, seed=3, every=100)
    assert tried.in_core
    columns = judged(tried, Chunk(0, range(200), 0))
    gain = tried.columns(range(200))["gain"]
    near = np.abs(np.log1p(gain) - np.log(1.1)) <= 0.01 * np.log(1.1)
    assert near.any()
    audited = np.arange(200) % 100 == 0
    assert columns["again"][:, 0].tolist() == (near | audited).astype(int).tolist()
    assert columns["audited"].tolist() == audited.tolist()
    np.testing.assert_allclose(columns["effects"][:, 0], np.log1p(gain), atol=1e-5)
    expected = [VERDICTS.index("supported" if one >= 0.1 else "contradicted") for one in gain]
    assert columns["verdicts"][:, 0].tolist() == expected


def test_predictions_over_many_draws_are_those_of_libroadrunner(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "runx2_osteogenesis"
    asked = model(name).contrasts(next(iter(model(name).binding.interventions)))
    steps: list[int] = []
    found = predict_over_draws(model(name), asked, draws=FEWEST, seed=3, step=lambda: steps.append(1))
    assert len(steps) == FEWEST
    monkeypatch.delenv(CORE)
    expected = predict_over_draws(model(name), asked, draws=FEWEST, seed=3)
    assert found["agreeing"].tolist() == expected["agreeing"].tolist()
    for column in ("low", "high"):
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-5)
    assert found.attrs == expected.attrs


def test_too_many_other_directions_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "_in_core", lambda core, made, part, asked: [(Effect(2.0, 1.0, 1e-6),)] * len(part))
    made = small.model(interventions=ACTS, parameters={"k": small.parameter(0.1, 1.0)})
    with pytest.raises(OsteonError, match="4 of 4 effects another direction"):
        predict_over_draws(made, made.contrasts("less"), draws=FEWEST, seed=3)


def test_the_distance_from_support_is_that_of_libroadrunner() -> None:
    """S rises by a factor 1 + gain, and an increase needs 1.1: what is missing is ln 1.1 - ln(1 + gain)."""
    made = small.rising(0.0, 0.2)
    few, many = (samples(made, [("t", small.claim(small.RISES))], draws=draws, seed=3) for draws in (2, FEWEST))
    assert (few.in_core, many.in_core) == (False, True)
    for quantile in (0.1, 0.5001, 0.9):
        expected = max(0.0, np.log(1.1) - np.log1p(0.2 * quantile))
        for one in (few, many):
            assert distance(one, np.array([quantile]), (0,)) == pytest.approx(expected, abs=1e-6)


def test_a_slice_is_what_moves_and_is_needed() -> None:
    """A feeds B, B feeds C; D is fed by A through a gate of zero, and E by nothing at all."""
    body = """
      u = 1 per_day; gate = 0 dimensionless; boost = 1 dimensionless
      substanceOnly species A in cell = 1 dimensionless; substanceOnly species B in cell = 1 dimensionless
      substanceOnly species C in cell = 1 dimensionless; substanceOnly species D in cell = 0 dimensionless
      substanceOnly species E in cell = 1 dimensionless
      a1: => A; u; a2: A => ; u*A
      b1: => B; u*boost*A; b2: B => ; u*B
      c1: => C; u*B; c2: C => ; u*C
      d1: => D; u*gate*A; d2: D => ; u*D
      e1: => E; u; e2: E => ; u*E
      Read := B + D + 0*C
    """
    acts = {
        "more": ("treatment", {"scale": {"boost": 2.0}}),
        "open": ("treatment", {"set": {"gate": 1.0}}),
    }
    made = small.model(body, interventions=acts, observables={"s": "Read"})
    found = {name: _core(made, {name: (1.0,)}) for name in ("control", "more", "open")}
    slices = {name: set(core.slices["culture", name]) for name, core in found.items()}
    assert slices == {"control": set(), "more": {"B"}, "open": {"D"}}
    needed = {name: set(core.needed["culture", name]) for name, core in found.items()}
    assert needed == {"control": {"A", "B"}, "more": {"A", "B"}, "open": {"A", "B", "D"}}
    course = found["open"].with_draws({}, 1).courses(("culture", "open"))
    assert course is not None
    np.testing.assert_allclose(course.at("s", [1.0]), 2.0 - np.exp(-1.0), rtol=1e-6)


def test_nobody_gets_the_core_who_does_not_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CORE)
    made = samples(model(MODELS[0]), PROJECT.claims(model(MODELS[0]).binding), draws=512, seed=1)
    assert not made.in_core
    assert made.why == ""
