"""Bindings: how one model expresses the words of the evidence, and where its numbers come from.

A binding is the only bridge between evidence, which names no symbol of a model, and a model, which knows no claim.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from osteon.evidence.claims import Claim, Identifier
from osteon.evidence.conditions import Condition
from osteon.evidence.durations import Duration, convert
from osteon.evidence.toml import Document

TimeUnit = Literal["s", "min", "h", "d", "week"]
SymbolId = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Act(Document):
    """What is done to a model: values set, or multiplied, on parameters, compartments or species."""

    set: dict[SymbolId, float] = Field(default_factory=dict)
    scale: dict[SymbolId, float] = Field(default_factory=dict)

    @property
    def targets(self) -> frozenset[str]:
        """Every symbol that is touched."""
        return frozenset(self.set) | frozenset(self.scale)


class InterventionBinding(Act):
    """One intervention in terms of the model; ``start`` and ``end`` override what its kind implies."""

    start: Duration | None = None
    end: Duration | None = None
    reason: str

    @model_validator(mode="after")
    def _does_something(self) -> InterventionBinding:
        if not self.targets:
            raise ValueError("give 'set' or 'scale': an intervention must touch something")
        if self.end is not None and convert(self.end, "s") <= convert(self.start or "0 h", "s"):
            raise ValueError(f"end {self.end!r} is not after start {self.start or '0 h'!r}")
        return self


class ObservableBinding(Document):
    """One observable: a symbol of the model, or a formula over its symbols in SBML's own mathematics."""

    symbol: SymbolId | None = None
    formula: str | None = None
    unit: str
    note: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> ObservableBinding:
        if (self.symbol is None) == (self.formula is None):
            raise ValueError("give either 'symbol' or 'formula'")
        return self

    @property
    def mathematics(self) -> str:
        """The observable as a formula."""
        return self.symbol or self.formula or ""


class SettingBinding(Act):
    """A setting: what differs from the model as written, throughout or only from t = 0 on, and how far to simulate."""

    set_at_start: dict[SymbolId, float] = Field(default_factory=dict)
    horizon: Duration
    equilibrate: bool = True
    reason: str


class Protocol(Document):
    """How the model is run; an observable at or below ``detection_limit`` counts as nothing."""

    time_unit: TimeUnit
    default_setting: str
    settle: Duration
    detection_limit: float = 1e-6
    relative_tolerance: float = 1e-8
    absolute_tolerance: float = 1e-12


class ParameterBinding(Document):
    """What a parameter is, where its value comes from, and the range in which it is plausible, in its unit."""

    meaning: str
    provenance: Literal["literature", "derived", "assumed"]
    unit: str
    range: tuple[float, float]
    citation: str | None = None
    formula: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _says_whence(self) -> ParameterBinding:
        field = {"literature": "citation", "derived": "formula", "assumed": "reason"}[self.provenance]
        if not getattr(self, field):
            raise ValueError(f"provenance {self.provenance!r} needs {field!r}")
        if self.range[0] > self.range[1]:
            raise ValueError(f"range {list(self.range)} runs backwards")
        return self


class Counterfactual(Act):
    """A overrides in which a mechanism works otherwise; it shows that claims of no effect can fail."""

    meaning: str


class Figure(Document):
    """What a picture of the model shows best: some observables under some conditions, in one setting."""

    setting: str
    conditions: tuple[Condition, ...]
    observables: tuple[str, ...]
    until: Duration | None = None


class Binding(Document):
    """Everything a model needs in order to be judged.

    ``parts`` names the models that this one is composed of, by the name each has inside it: parameter ``k`` of part
    ``p`` is ``p_k`` here, and keeps the provenance that the part's own binding gives it, unless ``parameters`` has it.
    """

    id: Identifier
    title: str
    sources: tuple[str, ...]
    parts: dict[SymbolId, Identifier] = Field(default_factory=dict)
    protocol: Protocol
    settings: dict[str, SettingBinding]
    interventions: dict[str, InterventionBinding] = Field(default_factory=dict)
    observables: dict[str, ObservableBinding]
    parameters: dict[SymbolId, ParameterBinding] = Field(default_factory=dict)
    counterfactuals: dict[str, Counterfactual] = Field(default_factory=dict)
    figure: Figure | None = None
    unmet: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _default_setting_is_bound(self) -> Binding:
        if self.protocol.default_setting not in self.settings:
            raise ValueError(f"protocol.default_setting {self.protocol.default_setting!r} is not among the settings")
        return self

    def is_built_on(self, claim: Claim) -> bool:
        """Say whether the model was built to meet a claim, and no reason is on record why it does not."""
        return claim.role == "construction" and claim.id not in self.unmet

    def time(self, duration: str) -> float:
        """Return a duration in the model's time unit."""
        return convert(duration, self.protocol.time_unit)
