"""Fingerprints: a change of behaviour makes a result stale, a change of prose does not, for every field there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

import pytest

import small
from conftest import Command
from osteon.analysis import inference, scan, sensitivity
from osteon.analysis.ablation import run as ablation
from osteon.analysis.robustness import result as robustness
from osteon.errors import CompilationError
from osteon.evidence.bindings import (
    Act,
    Binding,
    Counterfactual,
    Figure,
    InterventionBinding,
    ObservableBinding,
    ParameterBinding,
    Protocol,
    SettingBinding,
)
from osteon.evidence.claims import (
    Citation,
    Claim,
    Comparison,
    ContrastCheck,
    Evidence,
    Intervention,
    Observable,
    OrderCheck,
    Setting,
    Size,
    Source,
    StructureCheck,
    Vocabulary,
)
from osteon.evidence.landmarks import Landmark, Landmarks, Theme
from osteon.evidence.priors import Prior, Priors
from osteon.evidence.project import Project
from osteon.evidence.toml import Document
from osteon.pages.support import support
from osteon.sbml.canonical import canonical
from osteon.simulation.engine import Accuracy
from osteon.simulation.model import Model, load
from osteon.verification import fingerprint
from osteon.verification.fingerprint import Kind, changes

KINDS: tuple[Kind, ...] = get_args(Kind)
PROSE: frozenset[str] = frozenset()
ALL = frozenset(KINDS)
JUDGED = frozenset({"ablation", "ensemble", "robustness"})
VARIED = ALL - {"ablation"}
DRAWN = VARIED - {"scan"}

TERM = "SBO:0000240"
ACT = {"set": {"boost": 3.0}, "scale": {"k": 3.0}}
CHECK = {"expect": "decrease", "observable": "t", "condition": "twice", "reference": "none", "at": "2 d"}
OTHER = ObservableBinding(symbol="k", unit="1")
ABSENT = ContrastCheck(expect="unchanged", observable="s", condition="more", reference="control")

FIELDS: dict[type[Document], dict[str, tuple[Any, frozenset[str]]]] = {
    Claim: {
        "id": ("T-02", JUDGED),
        "statement": ("reworded", PROSE),
        "place": ("reworded", PROSE),
        "kind": ("background", PROSE),
        "term": ("ECO:0000002", PROSE),
        "demand": ("soft", PROSE),
        "role": ("held_out", frozenset({"ensemble", "robustness"})),
        "setting": ("dish", JUDGED),
        "at": ("2 d", JUDGED),
        "average": ("1 d", JUDGED),
        "checks": ((ABSENT,), JUDGED),
        "documented": ("reworded", PROSE),
        "by_construction": ("reworded", PROSE),
        "conflicts_with": (("T-03",), PROSE),
        "note": ("reworded", PROSE),
    },
    ContrastCheck: {
        **{name: (value, JUDGED) for name, value in CHECK.items()},
        "reference_observable": ("t", JUDGED),
        "reference_at": ("3 d", JUDGED),
        "average": ("1 d", JUDGED),
        "compared_with": (Comparison(condition="twice"), JUDGED),
        "size": (Size(fold=2.0, range=(1.5, 3.0), basis="x", citation="x"), PROSE),
    },
    Comparison: {
        "condition": ("twice", JUDGED),
        "reference": ("none", JUDGED),
        "observable": ("t", JUDGED),
        "reference_observable": ("t", JUDGED),
        "at": ("2 d", JUDGED),
        "reference_at": ("3 d", JUDGED),
    },
    OrderCheck: {
        "expect": ("follows", JUDGED),
        "observable": ("t", JUDGED),
        "before": ("s", JUDGED),
        "condition": ("twice", JUDGED),
        "reference": ("twice", JUDGED),
    },
    StructureCheck: {
        "expect": ("does not influence", JUDGED),
        "observable": ("t", JUDGED),
        "on": ("s", JUDGED),
    },
    Intervention: {
        "kind": ("genotype", ALL),
        "meaning": ("reworded", PROSE),
        "term": ("SBO:0000001", PROSE),
        "settings": (("dish",), ALL),
        "onset": ("6 weeks", ALL),
        "start": ("-6 weeks", ALL),
        "end": ("2 d", ALL),
        "age": ("2 years", ALL),
    },
    Observable: {"meaning": ("reworded", PROSE), "term": ("SBO:0000001", PROSE)},
    Setting: {
        "meaning": ("reworded", PROSE),
        "term": ("SBO:0000001", PROSE),
        "age": ("12 weeks", ALL),
        "readout": ("5 d", ALL),
        "readout_basis": ("reworded", PROSE),
    },
    # Words that the model does not bind change nothing.
    Vocabulary: {
        "interventions": (
            {name: Intervention(kind="treatment", meaning="x", term=TERM) for name in ("more", "unbound")},
            PROSE,
        ),
        "observables": ({}, PROSE),
        "settings": (
            {
                name: Setting(meaning="x", term=TERM, readout="1 d", readout_basis="x")
                for name in ("culture", "dish", "unbound")
            },
            PROSE,
        ),
    },
    Binding: {
        "id": ("other", ALL),  # messages of a result name the model
        "title": ("reworded", PROSE),
        "sources": (("reworded",), PROSE),  # their claims are handed over
        "landmarks": (("reworded",), PROSE),  # handed over too, where they are asked for
        "parts": ({"part": "other"}, PROSE),  # what is inherited from them is handed over
        "protocol": (Protocol(time_unit="h", default_setting="culture", settle="100 d"), ALL),
        "settings": ({"culture": SettingBinding(horizon="20 d", reason="x")}, ALL),
        "interventions": ({}, ALL),
        "observables": ({"s": OTHER}, ALL),
        "parameters": ({}, PROSE),  # handed over, with those that are inherited
        "counterfactuals": ({"otherwise": Counterfactual(meaning="x", set={"k": 0.1})}, PROSE),  # overrides, if used
        "figure": (Figure(setting="dish", conditions=("more",), observables=("s",)), PROSE),
        "unmet": ({"T-01": "a reason"}, frozenset({"ensemble"})),
    },
    Protocol: {
        "time_unit": ("h", ALL),
        "default_setting": ("dish", ALL),
        "settle": ("100 d", ALL),
        "detection_limit": (1e-3, ALL),
        "relative_tolerance": (1e-3, ALL),
        "absolute_tolerance": (1e-3, ALL),
    },
    SettingBinding: {
        **{name: (value, ALL) for name, value in ACT.items()},
        "set_at_start": ({"drain": 3.0}, ALL),
        "horizon": ("20 d", ALL),
        "equilibrate": (False, ALL),
        "reason": ("reworded", PROSE),
    },
    InterventionBinding: {
        **{name: (value, ALL) for name, value in ACT.items()},
        "start": ("1 h", ALL),
        "end": ("3 d", ALL),
        "reason": ("reworded", PROSE),
    },
    ObservableBinding: {
        "symbol": ("k", ALL),
        "formula": ("2*S", ALL),
        "unit": ("reworded", PROSE),
        "note": ("reworded", PROSE),
    },
    Act: {name: (value, ALL) for name, value in ACT.items()},
    Counterfactual: {**{name: (value, ALL) for name, value in ACT.items()}, "meaning": ("reworded", PROSE)},
    ParameterBinding: {
        "meaning": ("reworded", PROSE),
        "provenance": ("literature", PROSE),
        "unit": ("reworded", PROSE),
        "range": ((0.2, 0.9), DRAWN),
        "distribution": ("uniform", DRAWN),
        "prior": ("mrna_half_life", PROSE),
        "citation": ("reworded", PROSE),
        "formula": ("2*drain", VARIED),
        "reason": ("reworded", PROSE),
    },
}
"""Each field of each document with another value, and the kinds of results that are stale with it."""

ELSEWHERE = {Document, Evidence, Source, Citation, Size, Figure, Theme, Landmark, Landmarks, Prior, Priors}
"""Documents that no result is computed from: files as wholes, citations, pictures, and what reaches it in another."""

TEXT = small.model(interventions={"more": ("treatment", {"set": {"boost": 2.0}})}).sbml


def _fingerprint(
    kind: Kind, of: type[Document] | None = None, update: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, str]:
    """Return the fingerprint of a small result, with fields changed in every document of one type."""

    def made(document: Any) -> Any:
        return document.model_copy(update=update) if type(document) is of else document

    check = ContrastCheck(
        expect="weaker",
        observable="s",
        condition="more",
        reference="control",
        compared_with=made(Comparison(reference="control")),
    )
    order = OrderCheck(expect="precedes", observable="s", before="t", condition="more")
    structure = StructureCheck(expect="influences", observable="s", on="t")
    claim = Claim(
        id="T-01",
        statement="x",
        place="x",
        kind="experiment",
        term="ECO:0000001",
        demand="must",
        setting="culture",
        checks=(check, order, structure),
    )
    # Copied, for what is put together anew is checked anew, and some of these changes make no sense alone.
    claim = claim.model_copy(update={"checks": (made(check), made(order), made(structure))})
    words = Vocabulary(
        interventions={"more": Intervention(kind="treatment", meaning="x", term=TERM)},
        observables={name: made(Observable(meaning="x", term=TERM)) for name in ("s", "t")},
        settings={
            name: made(Setting(meaning="x", term=TERM, readout="1 d", readout_basis="x"))
            for name in ("culture", "dish")
        },
    )
    words = words.model_copy(update={"interventions": {"more": made(words.interventions["more"])}})
    observable = ObservableBinding(symbol="S", unit="1")
    binding = Binding(
        id="small",
        title="x",
        sources=("test",),
        protocol=made(Protocol(time_unit="d", default_setting="culture", settle="200 d")),
        settings={name: made(SettingBinding(horizon="10 d", reason="x")) for name in ("culture", "dish")},
        interventions={"more": made(InterventionBinding(set={"boost": 2.0}, reason="x"))},
        observables={"s": observable},
    )
    binding = binding.model_copy(update={"observables": {"s": made(observable)}})
    overrides = Act(set={"k": 0.4}) if of is Act else Counterfactual(set={"k": 0.4}, meaning="x")
    entry = ParameterBinding(meaning="x", provenance="assumed", unit="1", range=(0.1, 1.0), reason="x")
    model = Model(
        TEXT,
        made(binding),
        made(words),
        shown="small.xml",
        parameters={"k": made(entry)},
        overrides=made(overrides),
    )
    return fingerprint.fingerprint(kind, model, claims=[("test", made(claim))])


def _documents(kind: type[Document] = Document) -> set[type[Document]]:
    below = {other for each in kind.__subclasses__() for other in _documents(each)}
    return {kind, *below} if kind.__module__.startswith("osteon.") else below


def test_every_field_of_every_document_is_classified() -> None:
    assert _documents() == set(FIELDS) | ELSEWHERE, "say whether the fields of this document are prose"
    for document, fields in FIELDS.items():
        assert set(fields) == set(document.model_fields), f"{document.__name__}: say whether this is prose"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("document", "field"),
    [(document, field) for document, fields in FIELDS.items() for field in fields],
    ids=lambda each: each if isinstance(each, str) else each.__name__,
)
def test_a_result_is_stale_exactly_when_behaviour_changes(document: type[Document], field: str, kind: Kind) -> None:
    value, stale = FIELDS[document][field]
    before, after = _fingerprint(kind, document), _fingerprint(kind, document, {field: value})
    assert (before != after) == (kind in stale)


def test_a_landmark_makes_a_result_stale_as_a_claim_does() -> None:
    landmark = Landmark(
        id="Smith2001-01",
        statement="x",
        place="x",
        kind="experiment",
        term="ECO:0000001",
        demand="soft",
        setting="culture",
        species="mouse",
        material="x",
        checks=(ContrastCheck(expect="increase", observable="s", condition="more", reference="control"),),
    )
    made = small.model(interventions={"more": ("treatment", {"set": {"boost": 2.0}})})

    def found(**update: Any) -> dict[str, str]:
        return fingerprint.fingerprint("ablation", made, claims=[("t", landmark.model_copy(update=update))])

    assert found(statement="reworded", species="rat", material="reworded") == found()
    assert found(at="2 d") != found()


def test_every_field_that_is_listed_as_prose_exists() -> None:
    for document, fields in fingerprint.PROSE.items():
        assert fields <= set(document.model_fields)


@pytest.mark.parametrize(
    ("document", "update", "kind", "said"),
    [
        (Claim, {"statement": "reworded"}, "robustness", None),
        (Claim, {"role": "held_out"}, "robustness", "claims have changed since"),
        (ParameterBinding, {"range": (0.0, 9.0)}, "ensemble", "parameter ranges or formulas have changed since"),
        (SettingBinding, {"horizon": "9 d"}, "scan", "binding has changed since"),
        (Intervention, {"kind": "genotype"}, "ablation", "vocabulary has changed since"),
        (Act, {"set": {"k": 9.0}}, "sensitivity", "parameter overrides have changed since"),
    ],
)
def test_what_has_changed_is_said(document: type[Document], update: dict[str, Any], kind: Kind, said: str) -> None:
    assert changes(_fingerprint(kind, document), _fingerprint(kind, document, update)) == said


def test_all_that_has_changed_is_said() -> None:
    now = _fingerprint("robustness")
    assert changes({**now, "sbml": "0", "claims": "0"}, now) == "SBML, claims have changed since"
    assert changes({}, now) == "fingerprint is not on record"


def test_what_was_asked_belongs_to_a_result_and_makes_none_stale() -> None:
    model = small.model()
    first, second = (fingerprint.fingerprint("scan", model, request={"seed": seed}) for seed in (1, 2))
    assert first != second
    assert changes(first, fingerprint.fingerprint("scan", model)) is None


def test_an_accuracy_of_its_own_is_another_result() -> None:
    model = small.model()
    closer = model.replace(accuracy=Accuracy(1e-11, 1e-15, by_integration=True))
    assert fingerprint.fingerprint("scan", model) != fingerprint.fingerprint("scan", closer)


def test_no_overrides_are_empty_overrides() -> None:
    model = small.model()
    other = Model(model.sbml, model.binding, model.vocabulary, shown="small.xml", overrides=Act())
    assert fingerprint.fingerprint("scan", model) == fingerprint.fingerprint("scan", other)


def test_a_job_is_another_one_with_other_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _fingerprint("ablation")
    before = fingerprint.key(found)
    assert before == fingerprint.key(_fingerprint("ablation", Claim, {"statement": "reworded"}))
    monkeypatch.setattr(fingerprint, "code", lambda: "other")
    assert before != fingerprint.key(found)
    monkeypatch.undo()
    monkeypatch.setattr(fingerprint, "versions", lambda: {"libroadrunner": "other"})
    assert before != fingerprint.key(found)


def test_a_claim_without_checks_makes_nothing_stale() -> None:
    told = CLAIM.model_copy(update={"id": "T-02", "checks": (), "documented": "no simulation can test it"})
    for kind in KINDS:
        first, second = (
            fingerprint.fingerprint(kind, small.model(), claims=[("test", claim) for claim in claims])
            for claims in ([CLAIM], [CLAIM, told])
        )
        assert first == second


def test_the_range_of_a_derived_parameter_decides_nothing() -> None:
    derived = ENTRY.model_copy(update={"formula": "2*boost"})
    wider = derived.model_copy(update={"range": (0.0, 9.0)})
    for kind in KINDS:
        first, second = (
            fingerprint.fingerprint(kind, small.model(parameters={"k": entry})) for entry in (derived, wider)
        )
        assert first == second


def test_a_field_that_is_not_given_is_left_out() -> None:
    """So an optional field that documents are given one day leaves the results on record current."""
    assert fingerprint.behaviour(ObservableBinding(symbol="S", unit="1")) == {"symbol": "S"}


def _jobs(reason: str, claim: Claim, entry: ParameterBinding) -> dict[Kind, str]:
    """Return the digest of the job of each kind of result, for a small model."""
    made = small.model(interventions={"more": ("treatment", {"set": {"boost": 2.0}})})
    act = made.binding.interventions["more"].model_copy(update={"reason": reason})
    binding = made.binding.model_copy(update={"interventions": {"more": act}})
    model = made.replace(binding=binding, parameters={"k": ENTRY, "drain": entry})
    claims = [("test", claim)]
    tried = robustness.samples(model, claims, draws=4, seed=1)
    asked = model.contrasts("more")
    return {
        "robustness": robustness.job(tried).digest,
        "ensemble": inference.job(tried, live=10, islands=1, seed=1).digest,
        "ablation": ablation.job(ablation.ablation_plan(model, claims)).digest,
        "sensitivity": sensitivity.job(sensitivity.design(model, asked, size=4, seed=1)).digest,
        "scan": scan.job(scan.scan(model, {"more": (1.0, 2.0)}, "more")).digest,
    }


CLAIM = Claim(
    id="T-01",
    statement="x",
    place="x",
    kind="experiment",
    term="ECO:0000001",
    demand="must",
    setting="culture",
    checks=(ContrastCheck(expect="increase", observable="s", condition="more", reference="control"),),
)
ENTRY = ParameterBinding(meaning="x", provenance="assumed", unit="1", range=(0.1, 2.0), reason="x")


@pytest.mark.parametrize(
    ("reason", "claim", "entry", "anew"),
    [
        ("reworded", {"statement": "reworded"}, {"reason": "reworded"}, PROSE),
        ("example", {"at": "2 d"}, {}, JUDGED),
        ("example", {}, {"range": (0.2, 2.0)}, DRAWN),
        ("example", {}, {"formula": "2*boost"}, VARIED),
    ],
)
def test_jobs_are_done_anew_exactly_when_behaviour_changes(
    reason: str, claim: dict[str, str], entry: dict[str, Any], anew: frozenset[str]
) -> None:
    before = _jobs("example", CLAIM, ENTRY)
    after = _jobs(reason, CLAIM.model_copy(update=claim), ENTRY.model_copy(update=entry))
    assert {kind for kind in KINDS if before[kind] != after[kind]} == anew


SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
  <model id="small">
    <listOfParameters>
      <parameter id="k" value="0.5" units="dimensionless" constant="true"/>
    </listOfParameters>
  </model>
</sbml>
"""


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ('<model id="small">', '<model name="A title" id="small">', True),
        ('<parameter id="k"', '<parameter metaid="m1" sboTerm="SBO:0000002" id="k"', True),
        ("    <listOf", "<!-- a comment --><listOf", True),
        ('<model id="small">', '<model id="small"><notes><p xmlns="http://www.w3.org/1999/xhtml">x</p></notes>', True),
        ('<model id="small">', '<model id="small"><annotation><x xmlns="urn:x" name="y"/></annotation>', True),
        ('value="0.5"', 'value="0.50000000000000011"', False),
        ('id="k"', 'id="l"', False),
        ('constant="true"', 'constant="false"', False),
        ('units="dimensionless"', 'units="second"', False),
    ],
)
def test_labels_of_sbml_are_prose(old: str, new: str, same: bool) -> None:
    changed = SBML.replace(old, new)
    assert changed != SBML
    assert (canonical(changed, "small.xml") == canonical(SBML, "small.xml")) == same


def test_a_name_in_level_1_is_an_id() -> None:
    text = '<sbml xmlns="http://www.sbml.org/sbml/level1" level="1" version="2"><model name="{}"/></sbml>'
    assert canonical(text.format("a"), "small.xml") != canonical(text.format("b"), "small.xml")


def test_a_metaid_that_a_replacement_refers_to_stays() -> None:
    one = SBML.replace('id="k"', 'id="k" metaid="a"').replace("</model>", '<x metaIdRef="a"/></model>')
    assert canonical(one, "small.xml") != canonical(one.replace('metaid="a"', 'metaid="b"'), "small.xml")


def test_text_that_is_not_xml_is_refused() -> None:
    with pytest.raises(CompilationError, match=r"small\.xml: not readable as XML: "):
        canonical("<sbml>", "small.xml")


@pytest.fixture
def robust(osteon: Command, tmp_path: Path) -> Path:
    """Return a project with one mechanism, built, with its robustness on record."""
    assert osteon("new", "mine", "--project", str(tmp_path)).code == 0
    assert osteon("build", "mine", cwd=tmp_path).code == 0
    command = ("robustness", "mine", "--draws", "4", "--results", str(tmp_path / "chunks"), "--out", "docs/results")
    outcome = osteon(*command, cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("models/bindings/mine.toml", 'reason = "', 'reason = "Reworded: ', "supported in "),
        ("evidence/mine.toml", 'statement = "', 'statement = "Reworded: ', "supported in "),
        ("models/bindings/mine.toml", "range = [", "range = [1e-9, 2e9] # [", "ranges or formulas have changed since"),
        ("evidence/mine.toml", "[[claims]]", '[[claims]]\nrole = "held_out"', "out of date: claims have changed since"),
    ],
)
def test_robustness_on_record_says_what_has_changed(robust: Path, file: str, old: str, new: str, said: str) -> None:
    path = robust / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    project = Project(robust)
    notes = [share for share, _ in support(project, load(project, "mine")).values()]
    assert notes
    assert all(said in str(note) for note in notes)


def test_robustness_carries_its_fingerprint(robust: Path) -> None:
    (filed,) = json.loads((robust / "docs" / "results" / "robustness.json").read_text(encoding="utf-8"))["models"]
    assert set(filed["fingerprint"]) == set(fingerprint.PARTS)
    assert all(len(value) == 64 for value in filed["fingerprint"].values())
