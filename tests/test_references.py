"""Words that one file names and another lacks."""

from __future__ import annotations

import pytest

import small
from osteon.evidence.claims import Evidence
from osteon.evidence.references import unknown_in_binding, unknown_in_evidence

WORDS = small.vocabulary({"more": "treatment"}, ("s", "t"))


def _evidence(setting: str = "culture", **check: object) -> Evidence:
    source = {"id": "one", "tag": "T", "title": "x", "citation": "x", "language": "en", "summary": "x"}
    asked = {"expect": "increase", "observable": "s", "condition": "more", "reference": "control", **check}
    claim = {**small.CLAIM, "setting": setting, "checks": (asked,)}
    return Evidence.model_validate({"source": source, "claims": (claim,)})


def _told(evidence: Evidence, name: str = "one") -> list[str]:
    return [f"{finding.where}: {finding.what}" for finding in unknown_in_evidence(evidence, WORDS, name)]


def test_evidence_in_words_of_the_vocabulary_has_no_fault() -> None:
    assert _told(_evidence()) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"observable": "u"}, "evidence/one.toml: claims[0].checks[0].observable: unknown 'u'"),
        ({"condition": "mroe"}, "evidence/one.toml: claims[0].checks[0].intervention: unknown 'mroe'; did you mean"),
        ({"setting": "cultur"}, "evidence/one.toml: claims[0].setting: unknown 'cultur'; did you mean 'culture'?"),
    ],
)
def test_each_unknown_word_of_evidence_is_a_finding(changed: dict[str, str], fault: str) -> None:
    (told,) = _told(_evidence(**changed))
    assert told.startswith(fault)


def test_every_unknown_word_is_told_once() -> None:
    both = _evidence(observable="u", condition="other", reference_observable="v")
    assert len(_told(both)) == 3


def test_a_source_has_the_name_of_its_file() -> None:
    assert _told(_evidence(), "two") == ["evidence/two.toml: source.id: 'one' is not the file's name"]


def test_each_unknown_word_of_a_binding_is_a_finding() -> None:
    binding = small.model(interventions={"less": ("treatment", {"set": {"boost": 0.5}})}).binding
    figure = {"setting": "mouse", "conditions": ("more",), "observables": ("t",)}
    changed = binding.model_validate(
        {**binding.model_dump(), "sources": ("other",), "landmarks": ("theme",), "figure": figure}
    )
    told = [finding.what for finding in unknown_in_binding(changed, WORDS, ("one",), ("two",), "small.toml")]
    assert [text.split(";")[0] for text in told] == [
        "unknown 'other'",
        "unknown 'theme'",
        "unknown 'less'",
        "unknown 'mouse'",
        "unknown 'more'",
        "unknown 't'",
    ]
