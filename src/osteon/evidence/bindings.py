"""Bindings: how one model expresses the words of the evidence, and where its numbers come from.

A binding is the only bridge between evidence, which names no symbol of a model, and a model, which knows no claim.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from osteon.evidence.claims import Claim, Role
from osteon.evidence.durations import convert
from osteon.evidence.fields import Condition, Duration, Identifier
from osteon.evidence.toml import Document

TimeUnit = Literal["s", "min", "h", "d", "week"]
Distribution = Literal["log-uniform", "uniform"]
SymbolId = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Act(Document):
    """What is done to a model: values set, or multiplied, on parameters, compartments or species."""

    set: dict[SymbolId, float] = Field(default_factory=dict)
    """New values, by symbol of the model, in the unit that the model declares for it."""
    scale: dict[SymbolId, float] = Field(default_factory=dict)
    """Factors by which values are multiplied, by symbol of the model."""

    @property
    def targets(self) -> frozenset[str]:
        """Every symbol that is touched."""
        return frozenset(self.set) | frozenset(self.scale)


class InterventionBinding(Act):
    """One intervention in terms of the model; ``start`` and ``end`` are for words without times of their own."""

    start: Duration | None = None
    """When it starts, counted from t = 0, where the vocabulary does not say so; if not given, a treatment starts then,
    a genotype at birth, or in a culture before it rests."""
    end: Duration | None = None
    """When it ends, counted from t = 0, where the vocabulary does not say so; if not given, it lasts."""
    reason: str
    """Why these symbols and values express the intervention."""

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
    """The species, compartment or parameter that is the observable; give this or a formula."""
    formula: str | None = None
    """The observable as a formula over symbols of the model, such as 'Free + Bound'; give this or a symbol."""
    unit: str
    """The unit of the observable, as people read it."""
    note: str | None = None
    """How the symbol or formula relates to what is measured."""

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
    """New values from t = 0 on, by symbol of the model; equilibration runs without them."""
    horizon: Duration
    """How long time courses in this setting are, such as '14 d'."""
    equilibrate: bool = True
    """Whether the model is brought to its steady state first: that of a healthy animal, or of a culture as it is."""
    reason: str
    """Why these symbols and values express the setting."""


class Protocol(Document):
    """How the model is run; an observable at or below ``detection_limit`` counts as nothing."""

    time_unit: TimeUnit
    """The unit of time that the model's equations are in."""
    default_setting: str
    """The setting that is used where a user names none; one of the settings below."""
    settle: Duration
    """How long the model may take to reach a steady state; there, no species may change notably over this time."""
    detection_limit: float = 1e-6
    """The value at or below which an observable counts as nothing."""
    relative_tolerance: float = 1e-8
    """The relative tolerance of the integration."""
    absolute_tolerance: float = 1e-12
    """The absolute tolerance of the integration."""


class ParameterBinding(Document):
    """What a parameter is, where its value comes from, and where its range does: from a measurement or from a class.

    A single value, such as the dose of a drug that nobody gives, has a range of two equal ends. A derived parameter has
    no range, for it follows from others.
    """

    meaning: str
    """What the parameter is, in a few words."""
    provenance: Literal["literature", "derived", "assumed"]
    """Where its value comes from: 'literature' (needs a citation), 'derived' (needs a formula) or 'assumed' (needs a
    reason)."""
    unit: str
    """The unit that the model declares for it."""
    range: tuple[float, float] | None = None
    """The lowest and the highest value that was measured, in its unit; needs a citation unless both are the same. The
    model's value lies between them. Not given where a class gives the range."""
    distribution: Distribution | None = None
    """How a value is drawn from the range; if not given, log-uniformly where the range is positive, else uniformly. Not
    given where a class gives it."""
    prior: Identifier | None = None
    """The class of quantities in models/priors.toml that the range is from."""
    citation: str | None = None
    """The publication that the value is from."""
    formula: str | None = None
    """The formula over other parameters that gives the value."""
    reason: str | None = None
    """Why this value is plausible."""

    @model_validator(mode="after")
    def _says_whence(self) -> ParameterBinding:
        field = {"literature": "citation", "derived": "formula", "assumed": "reason"}[self.provenance]
        if not getattr(self, field):
            raise ValueError(f"provenance {self.provenance!r} needs {field!r}")
        given = [name for name in ("range", "prior", "formula") if getattr(self, name) is not None]
        if len(given) != 1:
            found = " and ".join(map(repr, given)) or "none of them"
            raise ValueError(f"give 'range', 'prior' or, if it is derived, 'formula', and not {found}")
        if self.distribution is not None and self.range is None:
            raise ValueError("give 'distribution' with a range of its own only")
        if self.range is not None and self.range[0] > self.range[1]:
            raise ValueError(f"range {list(self.range)} runs backwards")
        return self

    @property
    def is_free(self) -> bool:
        """Whether it is drawn: it has a range of more than one value, its own or that of its class."""
        return self.range is not None and self.range[0] < self.range[1]

    @property
    def is_logarithmic(self) -> bool:
        """Whether it is drawn on the logarithmic scale."""
        given = self.distribution == "log-uniform"
        return given if self.distribution else self.range is not None and self.range[0] > 0


class Counterfactual(Act):
    """A version of the model in which a mechanism works otherwise; it shows that claims of no effect can fail."""

    meaning: str
    """What works otherwise in this version of the model, in a plain sentence."""


class Figure(Document):
    """What a picture of the model shows best: some observables under some conditions, in one setting."""

    setting: str
    """The setting of the figure."""
    conditions: tuple[Condition, ...]
    """The conditions whose time courses are drawn, such as 'control' and 'cccp'."""
    observables: tuple[str, ...]
    """The observables that are drawn."""
    until: Duration | None = None
    """The last time shown; the setting's horizon if not given."""


class Binding(Document):
    """Everything a model needs in order to be judged.

    ``parts`` names the models that this one is composed of, by the name each has inside it: parameter ``k`` of part
    ``p`` is ``p_k`` here, and keeps the provenance that the part's own binding gives it, unless ``parameters`` has it.
    """

    id: Identifier
    """The name of the model: that of this file without '.toml'."""
    title: str
    """The title of the model."""
    sources: tuple[str, ...]
    """The sources whose claims the model is judged by, by id."""
    landmarks: tuple[Identifier, ...] = ()
    """The themes of evidence/landmarks that the model is compared with, by id."""
    parts: dict[SymbolId, Identifier] = Field(default_factory=dict)
    """The models that this one is composed of, by the name that each has inside it."""
    protocol: Protocol
    """How the model is simulated."""
    settings: dict[str, SettingBinding]
    """How the model expresses each setting of the vocabulary that it knows."""
    interventions: dict[str, InterventionBinding] = Field(default_factory=dict)
    """How the model expresses each intervention of the vocabulary that it knows."""
    observables: dict[str, ObservableBinding]
    """How the model expresses each observable of the vocabulary that it knows."""
    parameters: dict[SymbolId, ParameterBinding] = Field(default_factory=dict)
    """Meaning, provenance and plausible range of each parameter, by its symbol."""
    counterfactuals: dict[str, Counterfactual] = Field(default_factory=dict)
    """Changed versions of the model, by name, which show that claims of no effect can fail."""
    figure: Figure | None = None
    """The figure that shows the model best."""
    unmet: dict[str, str] = Field(default_factory=dict)
    """Why the model does not meet a claim, by claim id."""

    @model_validator(mode="after")
    def _default_setting_is_bound(self) -> Binding:
        if self.protocol.default_setting not in self.settings:
            raise ValueError(f"protocol.default_setting {self.protocol.default_setting!r} is not among the settings")
        return self

    def role(self, claim: Claim) -> Role:
        """Return the role of a claim for this model: none is held out from one that was composed in view of all."""
        return "construction" if self.parts and claim.role == "held_out" else claim.role

    def is_built_on(self, claim: Claim) -> bool:
        """Say whether the model was built to meet a claim, and no reason is on record why it does not."""
        return self.role(claim) == "construction" and claim.id not in self.unmet

    def time(self, duration: str) -> float:
        """Return a duration in the model's time unit."""
        return convert(duration, self.protocol.time_unit)
