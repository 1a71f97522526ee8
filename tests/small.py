"""Small models with known solutions, and what is needed to run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osteon.evidence.bindings import Act, Binding, ParameterBinding
from osteon.evidence.claims import Claim, Vocabulary
from osteon.sbml.antimony import compile_antimony
from osteon.simulation.model import Model

HEAD = """
  unit day = 86400 second
  unit per_day = 1 / (86400 second)
  unit time_unit = day
  unit substance = dimensionless
  unit extent = dimensionless
  unit volume = dimensionless
  compartment cell = 1 dimensionless
"""
TURNOVER = """
  substanceOnly species S in cell = 1 dimensionless
  k = 0.5 per_day; boost = 1 dimensionless; drain = 1 dimensionless
  made: => S; k*boost
  lost: S => ; k*drain*S
"""


def vocabulary(
    interventions: Mapping[str, str],
    observables: tuple[str, ...] = ("s",),
    *,
    age: str | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
) -> Vocabulary:
    """Return a vocabulary with these interventions (id: kind) and observables, and one setting, `culture`.

    Args:
        interventions: the kind of each.
        observables: their ids.
        age: that the setting gives to what is in it.
        words: what the vocabulary says besides of some interventions.
    """
    more = words or {}
    return Vocabulary.model_validate(
        {
            "interventions": {
                name: {"kind": kind, "meaning": name, "term": "SBO:0000240", **more.get(name, {})}
                for name, kind in interventions.items()
            },
            "observables": {name: {"meaning": name, "term": "SBO:0000240"} for name in observables},
            "settings": {
                "culture": {
                    "meaning": "x", "term": "SBO:0000240", "readout": "1 d", "readout_basis": "example", "age": age,
                }
            },
        }
    )  # fmt: skip


def model(
    body: str = TURNOVER,
    *,
    interventions: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
    observables: Mapping[str, str] | None = None,
    equilibrate: bool = True,
    parameters: Mapping[str, ParameterBinding] | None = None,
    overrides: Act | None = None,
    unmet: Mapping[str, str] | None = None,
    age: str | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
    place: Mapping[str, Any] | None = None,
) -> Model:
    """Return a model made of a body of Antimony.

    Args:
        body: statements after the units and the compartment.
        interventions: for each its kind, and what it does.
        observables: for each its formula; ``s = S`` if not given.
        equilibrate: whether runs start from the resting state.
        parameters: their ranges and formulas; see `parameter`.
        overrides: other values of its own.
        unmet: the claims that the binding says it does not meet, each with the reason.
        age: of what is in the setting; see `vocabulary`.
        words: what the vocabulary says besides of some interventions.
        place: what the setting does to the model.
    """
    acts = interventions or {}
    formulas = observables or {"s": "S"}
    binding = Binding.model_validate(
        {
            "id": "small",
            "title": "A small model",
            "sources": (),
            "protocol": {"time_unit": "d", "default_setting": "culture", "settle": "200 d"},
            "settings": {
                "culture": {"horizon": "10 d", "reason": "example", "equilibrate": equilibrate, **(place or {})}
            },
            "interventions": {name: {**act, "reason": "example"} for name, (_, act) in acts.items()},
            "observables": {name: {"formula": formula, "unit": "1"} for name, formula in formulas.items()},
            "unmet": unmet or {},
        }
    )
    known = vocabulary({name: kind for name, (kind, _) in acts.items()}, tuple(formulas), age=age, words=words)
    text = compile_antimony(f"model *small()\n{HEAD}\n{body}\nend\n", title="A small model", shown="small.ant")
    return Model(text, binding, known, shown="small.xml", parameters=parameters, overrides=overrides, foreign=False)


CLAIM: Mapping[str, Any] = {
    "id": "T-01",
    "statement": "x",
    "place": "x",
    "kind": "experiment",
    "term": "ECO:0000006",
    "demand": "must",
    "setting": "culture",
}
"""All that a claim has to say beside its checks."""
RISES: Mapping[str, Any] = {
    "expect": "increase",
    "observable": "s",
    "condition": "more",
    "reference": "control",
    "at": "9 d",
}


def claim(*checks: Mapping[str, Any], **fields: Any) -> Claim:
    """Return a claim with these checks; fields are those of `CLAIM` but for what is given."""
    return Claim.model_validate({**CLAIM, "checks": checks, **fields})


def rising(low: float, high: float, gain: float = 0.0) -> Model:
    """Return a model in which S rises by a factor 1 + gain under ``more``, and ``gain`` is drawn from a range."""
    body = f"""
      substanceOnly species S in cell = 1 dimensionless
      k = 5 per_day; gain = {gain} dimensionless; on = 0 dimensionless
      made: => S; k*(1 + gain*on)
      lost: S => ; k*S
    """
    acts = {"more": ("treatment", {"set": {"on": 1.0}})}
    return model(body, interventions=acts, parameters={"gain": parameter(low, high)})


def parameter(low: float, high: float, formula: str | None = None) -> ParameterBinding:
    """Return the range of a parameter, or the formula by which it is derived."""
    how = {"provenance": "assumed", "reason": "example"} if formula is None else {"provenance": "derived"}
    how |= {"range": (low, high)} if formula is None else {"formula": formula}
    return ParameterBinding(meaning="x", unit="1", **how)  # type: ignore[arg-type]
