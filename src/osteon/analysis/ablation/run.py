"""AblationPlan: every edge of a model is changed, one at a time, and all claims are judged anew."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from osteon.analysis.ablation.result import Ablation, EdgeOutcome
from osteon.evidence.bindings import Binding, ObservableBinding
from osteon.evidence.claims import Claim, StructureCheck
from osteon.evidence.conditions import CONTROL
from osteon.jobs.job import Chunk, Columns, Job
from osteon.jobs.versions import versions
from osteon.sbml.edges import Alteration, Edge, ablated, edges, held
from osteon.simulation.model import Model
from osteon.verification import fingerprint
from osteon.verification.results import ClaimResult
from osteon.verification.scorecard import Scorecard
from osteon.verification.verdicts import CONTRADICTED, SUPPORTED, Verdict
from osteon.verification.verify import verify

_NOTHING = 1e-12
_FAILED: frozenset[Verdict] = frozenset({"failed"})
_CHUNK = 2


@dataclass(frozen=True)
class AblationPlan:
    """A model, its claims, what they make of it whole, and every change that is to be made to it."""

    model: Model
    claims: tuple[tuple[str, Claim], ...]
    whole: Scorecard
    resting: Mapping[str, Mapping[str, float]]
    changes: tuple[tuple[Edge, Alteration], ...]

    def prepare(self) -> None:
        """Do nothing: every change has a model of its own to compile."""

    def outcome(self, number: int) -> EdgeOutcome:
        """Make one change and judge all claims anew."""
        edge, change = self.changes[number]
        card = verify(_changed(self.model, edge, change, self.resting), self.claims)
        pairs = list(zip(self.whole.results, card.results, strict=True))

        def turned(before: Collection[Verdict], after: Collection[Verdict]) -> tuple[str, ...]:
            return tuple(new.claim.id for old, new in pairs if old.verdict in before and new.verdict in after)

        return EdgeOutcome(
            edge,
            change,
            contradicted=turned(SUPPORTED, CONTRADICTED),
            failed=turned(SUPPORTED, _FAILED),
            gained=turned(CONTRADICTED, SUPPORTED) + turned(_FAILED, SUPPORTED),
            shift=max((_shift(old, new) for old, new in pairs), default=0.0),
        )


def ablation_plan(model: Model, claims: Iterable[tuple[str, Claim]]) -> AblationPlan:
    """Judge a model whole, find where it rests, and list every change that is to be made to it.

    Every reaction and every influence is removed. An influence is also reversed, where its symbol rests above zero in
    some setting: what rests at zero has no mirror image. What is switched off is not touched.
    """
    claims = tuple((source, claim) for source, claim in claims if claim.checks)
    found = edges(model.sbml, acted_on(model.binding), model.shown)
    resting = _resting(model, {edge.symbol for edge in found if edge.symbol is not None})
    changes: list[tuple[Edge, Alteration]] = []
    for edge in found:
        changes.append((edge, "removed"))
        if edge.symbol is not None and not edge.off and _has_mirror(edge.symbol, resting):
            changes.append((edge, "reversed"))
    return AblationPlan(model, claims, verify(model, claims), resting, tuple(changes))


def acted_on(binding: Binding) -> frozenset[str]:
    """Return every symbol that an intervention or a setting changes."""
    acts = (*binding.interventions.values(), *binding.settings.values())
    begun = (frozenset(setting.set_at_start) for setting in binding.settings.values())
    return frozenset().union(*(act.targets for act in acts), *begun)


def _resting(model: Model, symbols: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return what each symbol is in control before anything begins, by setting.

    A culture is a model with other cells taken away and has a control of its own: held at the values of the animal, its
    control would change as well.
    """
    read = {name: ObservableBinding(symbol=name, unit="1") for name in sorted(symbols)}
    probe = model.replace(binding=model.binding.model_copy(update={"observables": read}), cached=False)
    resting = {}
    for setting in model.binding.settings:
        start = probe.run(CONTROL, [], setting=setting, until=model.binding.time("1 min"))
        resting[setting] = {name: float(start.values[name][0]) for name in read}
    return resting


def _has_mirror(symbol: str, resting: Mapping[str, Mapping[str, float]]) -> bool:
    values = [at_rest[symbol] for at_rest in resting.values()]
    return min(values) >= 0.0 and max(values) > _NOTHING


def _changed(model: Model, edge: Edge, change: Alteration, resting: Mapping[str, Mapping[str, float]]) -> Model:
    """Return the model with one edge changed; each setting holds the edge's symbol at a value of its own."""
    binding, value = model.binding, 0.0
    if edge.symbol is not None:
        value = resting[binding.protocol.default_setting][edge.symbol]
        settings = {
            name: bound.model_copy(update={"set": {**bound.set, held(edge): resting[name][edge.symbol]}})
            for name, bound in binding.settings.items()
        }
        binding = binding.model_copy(update={"settings": settings})
    text = ablated(model.sbml, edge, change, value, model.shown)
    return model.replace(text=text, binding=binding, cached=False)


def _shift(old: ClaimResult, new: ClaimResult) -> float:
    """Return the greatest change of an effect E or E' of one claim."""
    pairs = [
        pair
        for before, after in zip(old.checks, new.checks, strict=True)
        for pair in ((before.effect, after.effect), (before.second_effect, after.second_effect))
    ]
    logs = ((before.log, after.log) for before, after in pairs if before is not None and after is not None)
    return max((abs(before - after) for before, after in logs if before != after), default=0.0)


def job(whole: AblationPlan) -> Job:
    """Return a ablation_plan as a job for `osteon.jobs.run`."""
    found = fingerprint.fingerprint("ablation", whole.model, claims=whole.claims)
    key = {**fingerprint.key(found), "changes": [[str(edge), what] for edge, what in whole.changes]}
    return Job("ablation", _done, whole, size=len(whole.changes), chunk_size=_CHUNK, seed=0, key=key)


def _done(whole: AblationPlan, chunk: Chunk) -> Columns:
    return {"outcome": np.array([json.dumps(whole.outcome(item).as_dict()) for item in chunk.items])}


def ablation(whole: AblationPlan, columns: Columns) -> Ablation:
    """Return what the columns of the job say of a model."""
    supported = [result for result in whole.whole.results if result.verdict in SUPPORTED]
    return Ablation(
        model=whole.model.name,
        fingerprint=fingerprint.fingerprint("ablation", whole.model, claims=whole.claims),
        supported=tuple(result.claim.id for result in supported),
        structural=tuple(
            result.claim.id
            for result in supported
            if all(isinstance(check, StructureCheck) for check in result.claim.checks)
        ),
        outcomes=tuple(EdgeOutcome.from_dict(json.loads(str(text))) for text in columns["outcome"]),
        versions=versions(),
    )
