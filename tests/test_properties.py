"""What holds for every model: over random small ones, with rules, events, inputs, compartments and initial assignments.

Few of them in each run of the suite; `OSTEON_EXAMPLES` asks for more.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import small
from osteon.errors import OsteonError
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model

EXAMPLES = settings(
    max_examples=int(os.environ.get("OSTEON_EXAMPLES", "20")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "drug": ("treatment", {"set": {"k0": 3.0}}),
    "pulse": ("treatment", {"scale": {"k1": 4.0}, "start": "1 d", "end": "2 d"}),
    "loss": ("genotype", {"scale": {"k2": 0.0}}),
    "dose": ("treatment", {"set": {"A": 5.0}, "start": "2 d"}),
}
CONDITIONS = ("control", "drug", "pulse", "loss", "dose", "dose+drug", "loss+pulse")
TIMES = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0]
RATES = st.sampled_from([0.1, 0.5, 1.0, 2.0, 7.0])
LEVELS = st.sampled_from([0.0, 0.3, 1.0, 4.0, 50.0])
PARAMETERS = [f"k{number}" for number in range(4)]
PARAMETER = st.sampled_from(PARAMETERS)


@st.composite
def species(draw: st.DrawFn, name: str, others: list[str]) -> tuple[str, bool]:
    """Return statements on one species, which may depend on those before it, and whether reactions may change it."""
    place = draw(st.sampled_from(["cell", "cell", "room"]))
    counted = draw(st.sampled_from(["", "substanceOnly "]))
    kinds = ["reactions"] * 4 + ["boundary", "rate"] + ["assignment"] * bool(others)
    # What a dose acts on is changed by reactions.
    kind = draw(st.sampled_from(kinds)) if name != "A" else "reactions"
    first = draw(st.one_of(LEVELS, PARAMETER.map(lambda parameter: f"2*{parameter}")))
    mark = "$" if kind == "boundary" else ""
    declared = f"{counted}species {mark}{name} in {place}"
    if kind == "assignment":
        return f"{declared}; {name} := {draw(PARAMETER)} + 2*{draw(st.sampled_from(others))}", False
    lines = [f"{declared} = {first}"]
    if kind == "rate":
        lines.append(f"{name}' = {draw(PARAMETER)} - {draw(PARAMETER)}*{name}")
    return "; ".join(lines), kind == "reactions"


@st.composite
def laws(draw: st.DrawFn, name: str, others: list[str], free: list[str]) -> str:
    """Return reactions of one species: made by mass action or Hill's law of one before it, mostly lost."""
    made = draw(PARAMETER)
    if others and draw(st.booleans()):
        source = draw(st.sampled_from(others))
        made += f"*{source}^2/({draw(LEVELS) + 0.1} + {source}^2)"
    lines = [f"made_{name}: => {name}; {made}"] if draw(st.integers(0, 3)) else []
    if draw(st.integers(0, 9)):
        lines.append(f"lost_{name}: {name} => ; {draw(PARAMETER)}*{name}")
    if free and draw(st.booleans()):
        other = draw(st.sampled_from(free))
        lines.append(
            draw(
                st.sampled_from(
                    [
                        f"moved_{name}: {other} => {name}; {draw(PARAMETER)}*{other}",
                        f"turned_{name}: {other} -> {name}; {draw(PARAMETER)}*{other} - {draw(PARAMETER)}*{name}",
                        f"bound_{name}: {other} + {name} => ; {draw(PARAMETER)}*{other}*{name}",
                    ]
                )
            )
        )
    return "\n".join(lines)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Return the Antimony of a small model."""
    lines = ["compartment room = " + str(draw(st.sampled_from([0.5, 1.0, 3.0])))]
    lines += [f"{name} = {draw(RATES)}" for name in PARAMETERS]
    lines += [f"var {name}" for name in PARAMETERS]
    names, free, reactions = [], [], []
    for name in "ABCD"[: draw(st.integers(1, 4))]:
        statement, moves = draw(species(name, list(names)))
        lines.append(statement)
        if moves:
            reactions.append(draw(laws(name, list(names), list(free))))
            free.append(name)
        names.append(name)
    for number in range(draw(st.integers(0, 2))):
        target = draw(st.sampled_from([*free, *PARAMETERS]))
        # Never at once: libroadrunner draws lots for the order of events that have no priority.
        when = draw(st.sampled_from([(0.7, 1.0), (1.3, 3.0)][number]))
        delay = draw(st.sampled_from(["", "", "2.5 after "]))
        reactions.append(f"E{number}: at {delay}time > {when}: {target} = 2*{target} + {draw(RATES)}")
    return "\n".join([*lines, *reactions])


def _outcome(made: Model, condition: str) -> object:
    """Return every number of a condition, or why there is none; no error but our own may come."""
    try:
        course = made.run(condition, TIMES)
        rest: object = made.resting_state(condition)
    except OsteonError as error:
        return str(error)
    return course.times.tobytes(), {name: values.tobytes() for name, values in course.values.items()}, rest


def _model(body: str, *, equilibrate: bool) -> Model:
    formulas = {name.lower(): name for name in "ABCD" if f" {name} in " in body or f"${name} in " in body}
    made = small.model(body, interventions=ACTS, observables=formulas, equilibrate=equilibrate)
    return made.replace(cached=False)


@EXAMPLES
@given(bodies(), st.booleans(), st.permutations(CONDITIONS))
def test_a_condition_gives_the_same_numbers_in_any_order(body: str, equilibrate: bool, order: list[str]) -> None:
    made = _model(body, equilibrate=equilibrate)
    first = {condition: _outcome(made, condition) for condition in CONDITIONS}
    assert {condition: _outcome(made, condition) for condition in order} == first
    alone = _model(body, equilibrate=equilibrate)
    assert _outcome(alone, order[0]) == first[order[0]]


def _rest(made: Model, condition: str) -> dict[str, float] | None:
    try:
        return dict(made.resting_state(condition))
    except OsteonError:
        return None


@EXAMPLES
@given(bodies(), st.sampled_from(CONDITIONS))
def test_newton_and_integration_come_to_the_same_rest(body: str, condition: str) -> None:
    """Production depends only on species before, so that no model has two resting states."""
    made = _model(body, equilibrate=False)
    integrated = made.replace(accuracy=Accuracy(by_integration=True))
    found, reached = _rest(made, condition), _rest(integrated, condition)
    assert (found is None) == (reached is None)
    if found is not None and reached is not None:
        assert found == pytest.approx(reached, rel=1e-4, abs=1e-4)
