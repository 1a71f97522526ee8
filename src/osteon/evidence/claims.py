"""Evidence: the vocabulary, and what each source reports. Knows no model.

A *claim* is one statement of a source, with its place there. A *check* is one comparison that a claim asks of a model.
Checks name interventions, observables and settings of the vocabulary, never a symbol of a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, GetPydanticSchema, Tag, model_validator
from pydantic_core import core_schema

from osteon.errors import suggestion
from osteon.evidence import criteria
from osteon.evidence.conditions import CONTROL, canonical, parse
from osteon.evidence.durations import convert
from osteon.evidence.features import FEATURES, HALF_MAXIMUM
from osteon.evidence.fields import Condition, Curie, Duration, Identifier, Instant, Period
from osteon.evidence.reading import Reading
from osteon.evidence.toml import Document


class Intervention(Document):
    """One thing an experimenter does, when it begins and ends, and where it means something."""

    kind: Literal["genotype", "treatment"]
    """A genotype acts from birth on in an animal, and in a culture from before it rests; a treatment acts from
    t = 0."""
    meaning: str
    """What the experimenter does, in a plain sentence."""
    term: Curie
    """The ontology term that comes nearest, as prefix and identifier, such as CHEBI:3259."""
    settings: tuple[Identifier, ...] | None = None
    """The settings in which it means something; it is refused elsewhere. All settings if not given."""
    onset: Duration | None = None
    """The age of the animal at which a genotype begins to act, such as '6 weeks' for a Cre that is induced then; birth
    if not given."""
    start: Duration | None = None
    """When a treatment begins, counted from t = 0, such as '-6 weeks' for an operation that was done before; t = 0 if
    not given."""
    end: Duration | None = None
    """When it ends, counted from t = 0, such as '26 weeks'; if not given, it lasts."""
    age: Duration | None = None
    """The age at t = 0 of an animal that grew older than the setting has it, such as '24 months'."""

    @model_validator(mode="after")
    def _begins_once(self) -> Intervention:
        if sum(one is not None for one in (self.onset, self.start, self.age)) > 1:
            raise ValueError("give one of 'onset', an age, 'start', a time from t = 0, and 'age', that at t = 0")
        if self.onset is not None and self.kind != "genotype":
            raise ValueError("'onset' is an age at which a genotype begins; give a treatment a 'start'")
        if self.start is not None and self.kind != "treatment":
            raise ValueError("'start' is when a treatment begins; give a genotype an 'onset', the age at which it acts")
        if self.end is not None and self.start is not None and convert(self.end, "s") <= convert(self.start, "s"):
            raise ValueError(f"end {self.end!r} is not after start {self.start!r}")
        return self


class Observable(Document):
    """One thing an experimenter measures."""

    meaning: str
    """What is measured, in a plain sentence."""
    term: Curie
    """The ontology term that comes nearest, as prefix and identifier, such as GO:0005635."""


class Setting(Document):
    """Where an experiment takes place, and when it is read unless a check says otherwise."""

    meaning: str
    """Where the experiment takes place: the culture or the animal, in a plain sentence."""
    term: Curie
    """The ontology term that comes nearest, as prefix and identifier, such as CL:0000137."""
    age: Duration | None = None
    """The age of the animal at t = 0, such as '12 weeks'; not given for a culture, which has none."""
    readout: Duration
    """When observables are read unless a claim or a check says otherwise, such as '72 h' after t = 0."""
    readout_basis: str
    """Why this is the usual time: where the sources give it, or how it was chosen."""


class Vocabulary(Document):
    """The closed list of words in which all evidence is written."""

    interventions: dict[Identifier, Intervention]
    """Everything an experimenter does, by id; conditions are written in these ids, such as 'cccp+si_atf4'."""
    observables: dict[Identifier, Observable]
    """Everything that is measured, by id."""
    settings: dict[Identifier, Setting]
    """Every place of experiments, by id."""

    @model_validator(mode="after")
    def _settings_are_known(self) -> Vocabulary:
        for name, intervention in self.interventions.items():
            for setting in intervention.settings or ():
                if setting not in self.settings:
                    raise ValueError(
                        f"{name!r} is for an unknown setting {setting!r}{suggestion(setting, self.settings)}"
                    )
        return self


def _words(*kinds: criteria.WordKind) -> GetPydanticSchema:
    """Return what makes pydantic and the JSON Schema accept the registered words of some kinds."""
    return GetPydanticSchema(lambda _source, _handler: core_schema.literal_schema([*criteria.names(*kinds)]))


class Comparison(Document):
    """The second contrast of a comparison; what it leaves out is as in the check."""

    condition: Condition | None = None
    """The condition of the second contrast; that of the check if not given."""
    reference: Condition | None = None
    """The reference of the second contrast; that of the check if not given."""
    observable: str | None = None
    """The observable of the second contrast; that of the check if not given."""
    reference_observable: str | None = None
    """What is read of the reference in the second contrast; its observable if not given."""
    at: Instant | None = None
    """When the condition of the second contrast is read: a duration, 'steady state', 'peak' or 'mean'; as in the check
    if not given."""
    reference_at: Instant | None = None
    """When the reference of the second contrast is read; if not given, as its condition, or as in the check."""


class Citation(Document):
    """A publication, and how much of it was read for the registry."""

    text: str
    """Authors, title, journal, year, volume and pages, as in a list of references."""
    identifier: Curie | None = None
    """Its identifier as prefix and local part, such as doi:10.1000/182; left out where none was seen."""
    seen: Literal["abstract", "full text", "excerpt"]
    """What was read of it: the abstract, the full text, or an excerpt, which may be of another text that reports it."""


class Size(Document):
    """A reported magnitude of the effect that a check is about; judged apart from the direction."""

    fold: Annotated[float, Field(ge=0)]
    """The reported fold change of the condition against the reference, such as 0.33 for a fall by two thirds."""
    range: tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(ge=0)]]
    """The lowest and the highest fold change that the report allows, such as its confidence interval."""
    basis: str
    """What was measured and how the numbers follow from it, in a few words."""
    citation: str
    """The key of the publication that reports it, under 'citations' of the same file."""

    @model_validator(mode="after")
    def _fold_is_in_range(self) -> Size:
        low, high = self.range
        if not low <= self.fold <= high:
            raise ValueError(f"fold {self.fold:g} lies outside of range {[low, high]}")
        if high == 0:
            raise ValueError("a range of nothing but zero allows no comparison; give the highest fold that is reported")
        return self


class ContrastCheck(Document):
    """``observable`` under ``condition`` against ``reference``, perhaps compared with a second such contrast."""

    expect: Annotated[str, _words("contrast", "comparison")]
    """The word that the effect of the condition against the reference must satisfy, such as 'increase' or
    'prevented'."""
    observable: str
    """What is measured; an observable of the vocabulary."""
    condition: Condition = CONTROL
    """What is done: 'control', or interventions of the vocabulary joined by +, such as 'cccp+si_atf4'."""
    reference: Condition
    """The condition that it is compared with, written in the same way."""
    reference_observable: str | None = None
    """What is measured under the reference, where it is not the same observable."""
    at: Instant | None = None
    """When the condition is read: a duration after t = 0, or before it with a minus sign, 'steady state', 'peak' or
    'mean'; as in the claim, or the setting's readout, if not given."""
    average: Period | None = None
    """For what oscillates, the period up to each reading over which it is averaged, such as '1 d'; as in the claim if
    not given."""
    reference_at: Instant | None = None
    """When the reference is read; as the condition if not given."""
    compared_with: Comparison | None = None
    """The second contrast, for words that compare two effects, such as 'weaker' or 'prevented'; what it leaves out is
    as in the check."""
    size: Size | None = None
    """The reported magnitude of the effect of the condition against the reference, where it is known."""

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
            Reading(observable=self.observable, condition=self.condition, at=self.at, average=self.average),
            Reading(
                observable=self.reference_observable or self.observable,
                condition=self.reference,
                at=self.reference_at or self.at,
                average=self.average,
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
            Reading(observable=observable, condition=other.condition or self.condition, at=at, average=self.average),
            Reading(
                observable=other.reference_observable or inherited or observable,
                condition=other.reference or self.reference,
                at=reference_at,
                average=self.average,
            ),
        )


class OrderCheck(Document):
    """One observable reaches half of its difference from the reference before another does, under one condition."""

    expect: Annotated[str, _words("order")]
    """The word for the order of two changes: the observable reaches half of its greatest difference from the reference
    earlier."""
    observable: str
    """What changes first; an observable of the vocabulary."""
    before: str
    """What changes later; an observable of the vocabulary."""
    condition: Condition
    """The condition under which both change, such as 'cccp'."""
    reference: Condition = CONTROL
    """The condition from which the differences are taken at each time; control if not given."""

    @model_validator(mode="after")
    def _differs(self) -> OrderCheck:
        if canonical(self.condition) == canonical(self.reference):
            raise ValueError("condition and reference are the same, so nothing differs between them")
        return self

    @cached_property
    def readings(self) -> tuple[Reading, Reading]:
        """The times at which half of the greatest difference of each observable from the reference is reached."""
        return (
            Reading(observable=self.observable, condition=self.condition, at=HALF_MAXIMUM, against=self.reference),
            Reading(observable=self.before, condition=self.condition, at=HALF_MAXIMUM, against=self.reference),
        )


class StructureCheck(Document):
    """Whether one observable influences another in the model's graph of influences."""

    expect: Annotated[str, _words("structure")]
    """Whether the observable influences the other one in the model, along any path or directly."""
    observable: str
    """What influences, or does not; an observable of the vocabulary."""
    on: str
    """What is influenced, or is not; an observable of the vocabulary."""


_CLASSES: dict[criteria.WordKind, str] = {"order": "OrderCheck", "structure": "StructureCheck"}
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

Kind = Literal["experiment", "prior experiment", "background", "inference", "relation", "method", "gap"]
"""What a claim rests on: the source's own result, an earlier result of the same group, what the source reports of
others, what it concludes, what we conclude of several sources together, a fact of design that a simulation must encode,
or a stated unknown."""

Demand = Literal["must", "soft", "must not", "record"]
"""What the claim asks of a model: to reproduce it, to agree in sign, *not* to do it, or only to be on record."""


Role = Literal["construction", "held_out", "landmark"]
"""Whether models were built with a claim in view, without it, or are compared with it as a published finding beside
the sources."""


class Claim(Document):
    """One statement of a source, in our words, with its place and its checks."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*-[0-9]{2,}$")]
    """The source's tag, a hyphen and a number of two or more digits, such as S0-01 or Kobayashi2015-01; never changed
    once published."""
    statement: str
    """What the source reports, in your own words."""
    place: str
    """Where the source says so: section, paragraph, figure or table."""
    kind: Kind
    """What the claim rests on: the source's own experiment, an earlier one of the same group, the work of others
    (background), a conclusion of the source (inference), one of this project on several sources (relation), the design
    of the experiment (method), or a stated unknown (gap)."""
    term: Annotated[str, Field(pattern=r"^ECO:\d{7}$")]
    """The term of the Evidence and Conclusion Ontology for the kind of evidence, such as ECO:0000006."""
    demand: Demand
    """What is asked of a model: 'must' reproduce it, 'soft' for agreement in sign, 'must not' do what is excluded,
    'record' to be on record only."""
    role: Role = "construction"
    """'construction' if the model was built with the claim in view, 'held_out' if its numbers were chosen without
    it; 'landmark' only in evidence/landmarks."""
    setting: str
    """Where the experiment takes place; a setting of the vocabulary."""
    at: Instant | None = None
    """When the checks of the claim are read unless they say otherwise: a duration after t = 0, or before it with a
    minus sign, 'steady state', 'peak' or 'mean'; the setting's readout if not given."""
    average: Period | None = None
    """For what oscillates, the period up to each reading over which it is averaged, such as '1 d'; if not given, the
    value at the instant is read."""
    checks: tuple[Check, ...] = ()
    """The comparisons that the claim asks of a model; the claim is supported if all of them hold."""
    documented: str | None = None
    """Why no simulation can test the claim; given instead of checks."""
    by_construction: str | None = None
    """Why the checks cannot fail, such as an intervention that sets the very quantity that is measured. The claim
    documents how an experiment is encoded; it is judged, and not counted as a finding that a model reproduces."""
    conflicts_with: tuple[str, ...] = ()
    """Ids of claims, of this source or others, that report the contrary."""
    note: str | None = None
    """Anything that a reader of the claim should know besides; shown below the statement."""

    @model_validator(mode="after")
    def _checked_or_documented(self) -> Claim:
        if bool(self.checks) == (self.documented is not None):
            raise ValueError("give either 'checks' or 'documented' with the reason why no simulation can test it")
        if self.by_construction is not None and not self.checks:
            raise ValueError("'by_construction' says why checks cannot fail, and the claim has none")
        return self

    @model_validator(mode="after")
    def _averages_what_has_a_time(self) -> Claim:
        for check in self.checks:
            if isinstance(check, ContrastCheck) and (check.average or self.average):
                read = (*check.readings, *(check.second_readings or ()))
                feature = next((one.at or self.at for one in read if (one.at or self.at) in FEATURES), None)
                if feature is not None:
                    raise ValueError(f"'average' is over a period up to a time, and {feature!r} is none")
        return self

    @property
    def number(self) -> int:
        """The number of the claim in its source, whether or not it is written with zeros before it."""
        return int(self.id.rpartition("-")[2])

    @property
    def conditions(self) -> frozenset[str]:
        """Every condition that the checks name, as written."""
        read = [reading for check in self.checks for reading in readings(check)]
        return frozenset(name for one in read for name in (one.condition, one.against) if name is not None)


class Source(Document):
    """A document, cited."""

    id: Identifier
    """The name of this file without '.toml'."""
    tag: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]
    """A short tag that no other source of the project has, with which its claim ids begin: a letter and a number (S0)
    or a citation key (Kobayashi2015)."""
    title: str
    """The title of the document."""
    citation: str
    """Authors, title, journal, year and identifier, as in a list of references."""
    identifier: Curie | None = None
    """Its identifier as prefix and local part, such as doi:10.1000/182."""
    language: str
    """The language of the document as a two-letter code, such as 'en'."""
    summary: str
    """What the source reports, in a sentence or two of your own."""


class Evidence(Document):
    """One source and every claim in it."""

    source: Source
    """The document that the claims come from."""
    citations: dict[str, Citation] = Field(default_factory=dict)
    """The publications that report the sizes of checks, by a key such as Fumoto2014."""
    claims: tuple[Claim, ...]
    """Every claim of the source, whether or not a model can meet it."""

    @model_validator(mode="after")
    def _roles_and_sizes_are_sound(self) -> Evidence:
        for claim in self.claims:
            if claim.role == "landmark":
                raise ValueError(f"claim {claim.id!r}: the role 'landmark' is for evidence/landmarks")
            refuse_uncited(claim, self.citations)
        return self

    @model_validator(mode="after")
    def _ids_are_sound(self) -> Evidence:
        seen: dict[int, str] = {}
        for claim in self.claims:
            if not claim.id.startswith(f"{self.source.tag}-"):
                raise ValueError(f"claim id {claim.id!r} does not start with the source's tag, '{self.source.tag}-'")
            if claim.number in seen:
                same = (
                    f"have the id {claim.id!r}" if seen[claim.number] == claim.id else f"have the number {claim.number}"
                )
                raise ValueError(f"two claims {same}")
            seen[claim.number] = claim.id
        return self


def refuse_uncited(claim: Claim, citations: Iterable[str]) -> None:
    """Raise `ValueError` if a size of a claim cites what is not there."""
    known = tuple(citations)
    for check in claim.checks:
        if isinstance(check, ContrastCheck) and check.size is not None and check.size.citation not in known:
            raise ValueError(
                f"claim {claim.id!r}: no citation {check.size.citation!r}{suggestion(check.size.citation, known)}"
            )


def natural_order(tag: str) -> list[str | int]:
    """Return the key by which tags are sorted: S2 before S10."""
    return [int(part) if part.isdigit() else part for part in re.split("([0-9]+)", tag)]


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
        for condition in (reading.condition, reading.against or CONTROL):
            for name in parse(condition):
                yield "interventions", name
