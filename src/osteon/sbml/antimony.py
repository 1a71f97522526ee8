"""Compilation: Antimony to annotated SBML. The only module that touches the Antimony project.

Antimony accepts without a word a parameter that is never set and a misspelled name (a new symbol without a value). Each
of these is a finding here; what is found in the text alone stands in `osteon.sbml.antimony_text`.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from osteon.errors import CompilationError, Finding, suggestion
from osteon.sbml import comp as hierarchy
from osteon.sbml import reading
from osteon.sbml.antimony_text import spoken, unreadable

LICENSE = "https://creativecommons.org/publicdomain/zero/1.0/"
"""Licence of every model: CC0, as BioModels asks."""

_STAMP = re.compile(r"<!-- Created by libAntimony[^>]*-->\n")
_NAME = re.compile(
    r"<vCard4:hasName( [^>]*)>\s*<vCard4:family-name>(.*?)</vCard4:family-name>"
    r"\s*<vCard4:given-name>(.*?)</vCard4:given-name>\s*</vCard4:hasName>"
)
_ORGANIZATION = re.compile(r"<vCard4:organization-name>(.*?)</vCard4:organization-name>")


def compile_antimony(text: str, *, title: str, shown: str, folder: Path | None = None) -> str:
    """Compile Antimony to SBML Level 3 Version 2; the same text gives the same bytes.

    Args:
        text: a model in Antimony.
        title: the model's display name.
        shown: the file as the user knows it, for messages.
        folder: where files named by ``import`` are looked for.

    Raises:
        CompilationError: with Antimony's message and line, if it refuses the text.
    """
    antimony = _loaded(text, shown, folder)
    compiled = antimony.getSBMLString(antimony.getMainModuleName())
    document = reading.read(_STAMP.sub("", compiled), shown)
    document.getModel().setName(title)
    reading.unfix_ones(document.getModel())
    return credited(_written(document))


def compile_hierarchy(text: str, flat: str, *, shown: str, folder: Path) -> str:
    """Compile Antimony with imports to hierarchical SBML: a document of the ``comp`` package, one submodel a part.

    Antimony lets what the whole and a part share stand for the part's own element, and so loses the value that the
    whole gives it; and it forgets what two parts share directly. Both are mended here: the whole's elements are those
    of the flat model, and replace those of the parts.

    Args:
        text: a model in Antimony.
        flat: the SBML text that `compile_antimony` makes of it.
        shown: the file as the user knows it, for messages.
        folder: where files named by ``import`` are looked for.

    Raises:
        CompilationError: with Antimony's message and line, if it refuses the text.
    """
    antimony = _loaded(text, shown, folder)
    compiled = antimony.getCompSBMLString(antimony.getMainModuleName())
    document = reading.read(_STAMP.sub("", compiled), shown)
    whole = reading.read(flat, shown)
    hierarchy.complete(document, whole, _shared_by_parts(text))
    document.getModel().setName(whole.getModel().getName())
    for model in (document.getModel(), *document.getPlugin("comp").getListOfModelDefinitions()):
        reading.unfix_ones(model)
    return credited(_written(document))


def reserved(name: str) -> str | None:
    """Return in which language a name has a meaning of its own, or ``None``; Antimony's are found by compiling."""
    if keyword.iskeyword(name):
        return "Python"
    return "SBML" if reading.is_reserved(name) else None


def _loaded(text: str, shown: str, folder: Path | None) -> Any:
    """Return the Antimony library with a text loaded into it."""
    import antimony

    if not text.strip():
        raise CompilationError(f"{shown}: the file is empty; `osteon new NAME` writes a template")
    for finding in unreadable(text, shown, folder):
        raise CompilationError(str(finding))
    antimony.clearPreviousLoads()
    antimony.clearDirectories()
    antimony.setBareNumbersAreDimensionless(True)
    antimony.setWriteSBMLTimestamp(False)
    if folder is not None:
        antimony.addDirectory(str(folder))
    if antimony.loadAntimonyString(text) < 0:
        raise CompilationError(f"{shown}: {_located(_last_error(antimony))}")
    return antimony


def _last_error(antimony: Any) -> str:
    try:
        return str(antimony.getLastError())
    except UnicodeDecodeError:  # It quotes a part of a letter.
        return "Antimony cannot read it, and not say why; look for letters outside of ASCII"


def _shared_by_parts(text: str) -> Iterator[tuple[hierarchy.Place, hierarchy.Place]]:
    """Yield each pair (part, symbol) that the text says is one thing, as ``a.x is b.y``."""
    for match in re.finditer(r"\b(\w+)\.(\w+)\s+is\s+(\w+)\.(\w+)", spoken(text)):
        yield (match[1], match[2]), (match[3], match[4])


def _located(message: str) -> str:
    """Return Antimony's message with the line first, as editors expect it."""
    match = re.search(r"line (\d+):\s*(.*)", " ".join(message.split()))
    return f"line {match[1]}: {match[2]}" if match else " ".join(message.split())


def _written(document: Any) -> str:
    import libsbml

    return str(libsbml.writeSBMLToString(document))


def credited(text: str) -> str:
    """Return SBML text with the licence in it, and its creators in vCard 3.

    libsbml keeps a licence but has no call that writes it. Antimony writes creators in vCard 4, which COPASI does not
    read.
    """
    text = _NAME.sub(r"<vCard:N\1><vCard:Family>\2</vCard:Family><vCard:Given>\3</vCard:Given></vCard:N>", text)
    text = _ORGANIZATION.sub(r'<vCard:ORG rdf:parseType="Resource"><vCard:Orgname>\1</vCard:Orgname></vCard:ORG>', text)
    if LICENSE in text:
        return text
    mark = "</dcterms:created>"
    return text.replace(mark, f'{mark}\n          <dcterms:license rdf:resource="{LICENSE}"/>')


def model_findings(document: Any, shown: str) -> Iterator[Finding]:
    """Yield every fault of a compiled model: our own findings, or, where there are none, those of libsbml."""
    model = document.getModel()
    own = [*_symbol_findings(model, shown), *_annotation_findings(model, shown)]
    yield from own
    if not own:
        for problem in reading.problems(document):
            yield Finding(shown, problem)


def _symbol_findings(model: Any, shown: str) -> Iterator[Finding]:
    used = _used(model)
    parts = reading.symbols(model)
    valued = [part.id for part in parts if part.value is not None or part.rule]
    for part in parts:
        if part.value is None and part.rule is None:
            yield Finding(shown, f"{part.kind} {part.id!r} has no value{suggestion(part.id, valued)}")
            continue
        if not part.unit and part.rule is None:
            yield Finding(shown, f"{part.kind} {part.id!r} has no unit; every number needs one, or 'dimensionless'")
        if part.kind != "compartment" and part.id not in used and part.rule is None:
            yield Finding(shown, f"{part.kind} {part.id!r} is used by no reaction, rule or event")


def _used(model: Any) -> frozenset[str]:
    trees = [reaction.getKineticLaw().getMath() for reaction in model.getListOfReactions()]
    trees += [rule.getMath() for rule in model.getListOfRules()]
    trees += [item.getMath() for item in model.getListOfInitialAssignments()]
    for event in model.getListOfEvents():
        trees += [event.getTrigger().getMath(), *(item.getMath() for item in event.getListOfEventAssignments())]
    sides = [
        reference.getSpecies()
        for reaction in model.getListOfReactions()
        for reference in (*reaction.getListOfReactants(), *reaction.getListOfProducts())
    ]
    return frozenset(sides).union(*(reading.names_in(tree) for tree in trees))


def _annotation_findings(model: Any, shown: str) -> Iterator[Finding]:
    unspecified = 285  # SBO:0000285, material entity of unspecified nature: it has no identity to name
    for kind, items in (
        ("compartment", model.getListOfCompartments()),
        ("species", model.getListOfSpecies()),
        ("parameter", model.getListOfParameters()),
        ("reaction", model.getListOfReactions()),
    ):
        for item in items:
            if kind == "parameter" and not item.isSetValue() and item.getConstant():
                continue  # a misspelled name, which has its finding already
            if not item.isSetSBOTerm():
                yield Finding(
                    shown, f"{kind} {item.getId()!r} has no SBO term; write `{item.getId()}.sboTerm = SBO:...`"
                )
            if kind != "parameter" and not item.isSetName():
                yield Finding(shown, f'{kind} {item.getId()!r} has no name; write `{item.getId()} is "..."`')
            if kind in ("compartment", "species") and not item.getNumCVTerms() and item.getSBOTerm() != unspecified:
                yield Finding(shown, f'{kind} {item.getId()!r} has no identity term; `{item.getId()} identity "..."`')
    if not model.isSetNotes():
        yield Finding(shown, "the model has no prose; write `model notes ```...```")
    if not model.isSetModelHistory() or not model.getModelHistory().getNumCreators():
        yield Finding(shown, 'the model names no creator; write `model creator1.familyName "..."`')
    if not any("taxonomy" in term.getResourceURI(0) for term in _terms(model)):
        yield Finding(shown, 'the model names no organism; write `model taxon "https://identifiers.org/taxonomy:..."`')


def _terms(item: Any) -> Iterator[Any]:
    for number in range(item.getNumCVTerms()):
        yield item.getCVTerm(number)
