"""Rest: every model has a state of rest that is stable, and bone stays inside its bounds."""

from __future__ import annotations

import numpy as np
import pytest

from conftest import MODELS, PROJECT, model

SETTINGS = [
    (name, setting)
    for name in MODELS
    for setting, binding in PROJECT.binding(name).settings.items()
    if binding.equilibrate
]
CONSERVED = 1e-9
"""Least size of a row of the Jacobian (1/d) that moves; a quantity that nothing changes has a row of zeros."""


def _rest(name: str, setting: str) -> np.ndarray:
    """Bring a model to rest in the control of a setting and return its state."""
    made = model(name)
    return np.array(made.simulator.rest(made.schedule((), setting)))


def _rates(name: str, state: np.ndarray) -> np.ndarray:
    engine = model(name).simulator.engine
    engine.set_state(state.tolist())
    return np.array(engine.rates())


def _jacobian(name: str, state: np.ndarray) -> np.ndarray:
    """Return the Jacobian by one-sided differences of second order, which never step below zero."""
    columns = []
    for index in range(len(_rates(name, state))):
        step = np.zeros_like(state)
        step[index] = 1e-6 * max(state[index], 1e-2)
        near, far = _rates(name, state + step), _rates(name, state + 2 * step)
        columns.append((4 * near - far - 3 * _rates(name, state)) / (2 * step[index]))
    return np.column_stack(columns)


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_rest_is_stable(name: str, setting: str) -> None:
    jacobian = _jacobian(name, _rest(name, setting))
    assert np.isfinite(jacobian).all()
    moving = np.abs(jacobian).max(axis=1) > CONSERVED
    eigenvalues = np.linalg.eigvals(jacobian[np.ix_(moving, moving)])
    assert moving.sum() > len(jacobian) / 2
    assert eigenvalues.real.max() < 0


@pytest.mark.parametrize(("name", "setting"), SETTINGS)
def test_rest_is_found_again_after_a_push(name: str, setting: str) -> None:
    made, rest = model(name), _rest(name, setting)
    moving = np.zeros(rest.size, dtype=bool)
    moving[: len(_rates(name, rest))] = np.abs(_jacobian(name, rest)).max(axis=1) > CONSERVED
    long = 20 * made.binding.time(made.binding.protocol.settle)
    push = np.random.default_rng(4).uniform(0.9, 1.1, rest.size)
    engine = made.simulator.engine
    engine.set_state(np.where(moving, rest * push, rest).tolist())
    engine.integrate([0.0, long])
    assert engine.state() == pytest.approx(rest, rel=1e-4, abs=1e-6)


def test_a_healthy_mouse_rests_at_one_whatever_is_drawn() -> None:
    made = model("bone_remodeling")
    resting = ["bone_formation", "bone_resorption", "bone_mass", "osteoblast_differentiation", "osteoclasts", "atf4"]
    for values in made.draws.take(4, 11):
        state = made.with_values(values).values("control", at="0 d", setting="mouse")
        assert [state[name] for name in resting] == pytest.approx([1.0] * len(resting), abs=1e-4)


CAPS = {
    "osteoblast_vesicles": {"bone_mass": "bone_space"},
    "rankl_reverse_signaling": {"bone_mass": "bone_cap"},
    "rankl_cell_sources": {
        "trabecular_bone_tibia": "bone_cap_tibia",
        "trabecular_bone_vertebra": "bone_cap_vertebra",
        "periarticular_bone": "bone_cap_tibia",
    },
    "bone_remodeling": {
        "trabecular_bone_tibia": "sources_bone_cap_tibia",
        "trabecular_bone_vertebra": "sources_bone_cap_vertebra",
        "periarticular_bone": "sources_bone_cap_tibia",
    },
}
"""Volumes of bone, and the parameter that says how much fits."""
EXTREMES = {
    "osteoblast_vesicles": {
        "filling": "mir143_ko+anti_rankl_neutralizing+progenitor_burst",
        "emptying": "runx2_ko+osteoblast_vesicles+resorption_stimulus",
    },
    "rankl_reverse_signaling": {
        "filling": "anti_rankl_bifunctional+osteoclast_vesicles+antiresorptive",
        "emptying": "opg_ko+rankl_p29a+resorption_stimulus+ovariectomy",
    },
    "rankl_cell_sources": {
        "filling": "rankl_ko",
        "emptying": "opg_ko+ovariectomy+kbxn_serum",
    },
    "bone_remodeling": {
        "filling": "rankl_ko+anti_sclerostin+mir143_ko+progenitor_burst+reverse_signal_fixed",
        "emptying": "opg_ko+ovariectomy+resorption_stimulus+kbxn_serum+sod2_cko+aged",
    },
}
"""The strongest formation with no resorption, and the strongest resorption with no formation, that can be combined."""


@pytest.mark.parametrize("way", ["filling", "emptying"])
@pytest.mark.parametrize("name", EXTREMES)
def test_bone_neither_overfills_its_space_nor_falls_below_none(name: str, way: str) -> None:
    made = model(name)
    times = np.linspace(0.0, made.binding.time("1 year"), 80).tolist()
    course = made.run(EXTREMES[name][way], times, setting="mouse", until=times[-1])
    frame = course.frame()
    for observable, cap in CAPS[name].items():
        space = float(made.simulator.engine.filed[cap])
        volume = frame[observable]
        assert volume.min() >= 0.0
        assert volume.max() <= space
        assert volume.iloc[-1] > 1.0 if way == "filling" else volume.min() < 1.0
