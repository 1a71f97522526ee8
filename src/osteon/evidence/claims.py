"""Evidence: the vocabulary, and what each source reports. Knows no model.

A *claim* is one statement of a source, with its place there. A *check* is one comparison that a claim asks of a model.
Checks name interventions, observables and settings of the vocabulary, never a symbol of a model.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, GetPydanticSchema, Tag, model_validator
from pydantic_core import core_schema

from osteon.errors import listing
from osteon.evidence import criteria, durations
from osteon.evidence.conditions import CONTROL, Condition, parse
from osteon.evidence.durations import Duration
from osteon.evidence.toml import Document

Curie = Annotated[str, Field(pattern=r"^[A-Za-z.]+:[A-Za-z0-9_.:/()-]+$")]
"""An ontology term or identifier, prefix and local part, as identifiers.org resolves it."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
FEATURES = ("steady state", "peak", "mean")
"""What can be read of a time course besides its value at a time."""


def _instant(text: str) -> str:
    if text not in FEATURES:
        try:
            durations.parse(text)
        except ValueError as error:
            raise ValueError(f"{error}; or {listing(FEATURES)}") from None
    return text


Instant = Annotated[str, AfterValidator(_instant)]
"""When an observable is read: a duration after t = 0, or a feature of the whole time course."""


class Intervention(Document):
    """One thing an experimenter does; a genotype acts before equilibration, a treatment from t = 0."""

    kind: Literal["genotype", "treatment"]
    meaning: str
    term: Curie


class Observable(Document):
    """One thing an experimenter measures."""

    meaning: str
    term: Curie


class Setting(Document):
    """Where an experiment takes place, and when it is read unless a check says otherwise."""

    meaning: str
    term: Curie
    readout: Duration
    readout_basis: str


class Vocabulary(Document):
    """The closed list of words in which all evidence is written."""

    interventions: dict[Identifier, Intervention]
    observables: dict[Identifier, Observable]
    settings: dict[Identifier, Setting]


class Reading(Document):
    """One number: an observable under a condition at an instant."""

    observable: str
    condition: Condition = CONTROL
    at: Instant | None = None


def _words(*kinds: criteria.Kind) -> GetPydanticSchema:
    """Return what makes pydantic and the JSON Schema accept the registered words of some kinds."""
    return GetPydanticSchema(lambda _source, _handler: core_schema.literal_schema([*criteria.names(*kinds)]))


class Comparison(Document):
    """The second contrast of a comparison; what it leaves out is as in the check."""

    condition: Condition | None = None
    reference: Condition | None = None
    observable: str | None = None
    reference_observable: str | None = None
    at: Instant | None = None
    reference_at: Instant | None = None


class ContrastCheck(Document):
    """``observable`` under ``condition`` against ``reference``, perhaps compared with a second such contrast."""

    expect: Annotated[str, _words("contrast", "comparison")]
    observable: str
    condition: Condition = CONTROL
    reference: Condition
    reference_observable: str | None = None
    at: Instant | None = None
    reference_at: Instant | None = None
    compared_with: Comparison | None = None

    @model_validator(mode="after")
    def _comparison_is_complete(self) -> ContrastCheck:
        compares = criteria.WORDS[self.expect].kind == "comparison"
        if compares != (self.compared_with is not None):
            needs = "needs" if compares else "takes no"
            raise ValueError(f"{self.expect!r} {needs} 'compared_with', the second contrast")
        if self.readings[0] == self.readings[1]:
            raise ValueError("condition and reference are the same reading, so nothing is compared")
        return self

    @cached_property
    def readings(self) -> tuple[Reading, Reading]:
        """The reading and its reference."""
        return (
            Reading(observable=self.observable, condition=self.condition, at=self.at),
            Reading(
                observable=self.reference_observable or self.observable,
                condition=self.reference,
                at=self.reference_at or self.at,
            ),
        )

    @cached_property
    def second_readings(self) -> tuple[Reading, Reading] | None:
        """The two readings of the second contrast, where there is one."""
        other = self.compared_with
        if other is None:
            return None
        observable = other.observable or self.observable
        inherited = None if other.observable else self.reference_observable
        at = other.at or self.at
        reference_at = other.reference_at or other.at or self.reference_at or self.at
        return (
            Reading(observable=observable, condition=other.condition or self.condition, at=at),
            Reading(
                observable=other.reference_observable or inherited or observable,
                condition=other.reference or self.reference,
                at=reference_at,
            ),
        )


class OrderCheck(Document):
    """One observable reaches half of its change before another does, under the same condition."""

    expect: Annotated[str, _words("order")]
    observable: str
    before: str
    condition: Condition

    @cached_property
    def readings(self) -> tuple[Reading, Reading]:
        """What is observed, without an instant: the whole time course counts."""
        return (
            Reading(observable=self.observable, condition=self.condition),
            Reading(observable=self.before, condition=self.condition),
        )


class StructureCheck(Document):
    """Whether one observable influences another in the model's graph of influences."""

    expect: Annotated[str, _words("structure")]
    observable: str
    on: str


_CLASSES: dict[criteria.Kind, str] = {"order": "OrderCheck", "structure": "StructureCheck"}
"""The checks that need no contrast, by the kind of their word."""


def _kind_of_check(value: Any) -> str:
    word = value.get("expect") if isinstance(value, dict) else getattr(value, "expect", None)
    known = criteria.WORDS.get(word) if isinstance(word, str) else None
    return _CLASSES.get(known.kind, "ContrastCheck") if known else "ContrastCheck"


Check = Annotated[
    Annotated[ContrastCheck, Tag("ContrastCheck")]
    | Annotated[OrderCheck, Tag("OrderCheck")]
    | Annotated[StructureCheck, Tag("StructureCheck")],
    Discriminator(_kind_of_check),
]

Kind = Literal["experiment", "prior experiment", "background", "inference", "method", "gap"]
"""What a claim rests on: the source's own result, an earlier result of the same group, what the source reports of
others, what it concludes, a fact of design that a simulation must encode, or a stated unknown."""

Demand = Literal["must", "soft", "must not", "record"]
"""What the claim asks of a model: to reproduce it, to agree in sign, *not* to do it, or only to be on record."""


class Claim(Document):
    """One statement of a source, in our words, with its place and its checks."""

    id: Annotated[str, Field(pattern=r"^[A-Z]\d?-\d\d$")]
    statement: str
    place: str
    kind: Kind
    term: Annotated[str, Field(pattern=r"^ECO:\d{7}$")]
    demand: Demand
    role: Literal["construction", "held_out"] = "construction"
    setting: str
    at: Instant | None = None
    checks: tuple[Check, ...] = ()
    documented: str | None = None
    conflicts_with: tuple[str, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _checked_or_documented(self) -> Claim:
        if bool(self.checks) == (self.documented is not None):
            raise ValueError("give either 'checks' or 'documented' with the reason why no simulation can test it")
        return self

    @property
    def conditions(self) -> frozenset[str]:
        """Every condition that the checks name, as written."""
        return frozenset(reading.condition for check in self.checks for reading in readings(check))


class Source(Document):
    """A document, cited."""

    id: Identifier
    tag: Annotated[str, Field(pattern=r"^[A-Z]\d?$")]
    title: str
    citation: str
    identifier: Curie | None = None
    language: str
    summary: str


class Evidence(Document):
    """One source and every claim in it."""

    source: Source
    claims: tuple[Claim, ...]

    @model_validator(mode="after")
    def _ids_are_sound(self) -> Evidence:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"two claims have the id {claim.id!r}")
            if not claim.id.startswith(f"{self.source.tag}-"):
                raise ValueError(f"claim id {claim.id!r} does not start with the source's tag, '{self.source.tag}-'")
            seen.add(claim.id)
        return self


def readings(check: ContrastCheck | OrderCheck | StructureCheck) -> tuple[Reading, ...]:
    """Return every reading that a check needs; a structural check needs none."""
    if isinstance(check, StructureCheck):
        return ()
    second = check.second_readings if isinstance(check, ContrastCheck) else None
    return (*check.readings, *(second or ()))


def words(check: ContrastCheck | OrderCheck | StructureCheck) -> Iterator[tuple[str, str]]:
    """Yield every word of the vocabulary that a check uses, as (``interventions`` or ``observables``, id)."""
    if isinstance(check, StructureCheck):
        yield "observables", check.observable
        yield "observables", check.on
    for reading in readings(check):
        yield "observables", reading.observable
        for name in parse(reading.condition):
            yield "interventions", name
