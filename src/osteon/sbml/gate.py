"""The gate for SBML: what is wrong in a file, or is not simulated here, is said before anything runs.

Engines take much of it without a word, or end the whole process. Every `Model` comes this way, wherever its text is
from; and so does every model of an archive before another program runs it, by `refuse_wrong`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import libsbml

from osteon import cache
from osteon.errors import CompilationError, Finding, ProjectError, listing
from osteon.sbml.reading import read
from osteon.version import __version__

_CHECKED = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
)
_UNCHECKED = (
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
)
_REFERENCES = frozenset({20601, 20801, 20901, 20902, 20903, 20904, 20906, 21111, 21211, 21212})
"""Of the errors of general consistency, those of elements that name what is not there, is constant, or is themselves.

The others, such as a modifier that is not listed, change no number."""
_HARMLESS = frozenset({10307, 10308, 10309, 10313})
"""Errors in identifiers that no simulation meets: those of metaids, terms of SBO and units."""
_PACKAGES = {
    "qual": "a logical model of the package 'qual', which has levels and no rates; score a model of rates",
    "arrays": "uses the package 'arrays'; write its elements out one by one",
    "spatial": "a model in space, of the package 'spatial'; score one of well-mixed compartments",
    "multi": "uses the package 'multi'; write its species and reactions out one by one",
    "dyn": "uses the package 'dyn', of elements that come and go; score a model whose elements stay",
}
_DELAY = "http://www.sbml.org/sbml/symbols/delay"
_RANDOM = "http://www.sbml.org/sbml/symbols/distrib/"


def admitted(text: str, shown: str, folder: Path | None = None) -> str:
    """Return the text of a model that can be simulated as it is meant; submodels are flattened into it.

    Args:
        text: SBML.
        shown: the file as the user knows it.
        folder: where other files that it names are; nowhere if not given.

    Raises:
        CompilationError: if it cannot be read, or one of its submodels cannot.
        ProjectError: if elements of it are wrong, or are of a kind that Osteon does not simulate; names each.
    """
    return _kept(text, shown) if folder is None else _admitted(text, shown, folder)


@lru_cache(maxsize=16)
def _kept(text: str, shown: str) -> str:
    """Return what `_admitted` does; what passes as it is, as every model of a project does, is kept for another day."""
    key = "\n".join((text, libsbml.getLibSBMLDottedVersion(), __version__)).encode()
    if cache.kept("admitted", key) is not None:
        return text
    whole = _admitted(text, shown, None)
    if whole == text:
        cache.keep("admitted", key, b"")
    return whole


def refuse_wrong(text: str, shown: str) -> None:
    """Refuse a model that is wrong, whether or not Osteon simulates its kind; one with submodels is left as it is.

    Raises:
        CompilationError: if it cannot be read.
        ProjectError: if elements of it are wrong; names each.
    """
    document = read(text, shown)
    if document.getPlugin("comp") is None:
        _refuse(_consistency_findings(document, shown, lines=False))


def _admitted(text: str, shown: str, folder: Path | None) -> str:
    # What needs a package that libsbml lacks is an error of reading to it.
    _refuse(_package_findings(libsbml.readSBMLFromString(text), shown))
    document = read(text, shown)
    flat = document.getPlugin("comp") is not None
    if flat:
        document = _flattened(document, shown, folder)
    emptied = _drop_empty(document.getModel())
    _refuse(_kind_findings(document.getModel(), shown))
    whole = str(libsbml.writeSBMLToString(document)) if flat or emptied else text
    # What was flattened is read anew, for its checks remember lines of several files.
    _refuse(_consistency_findings(read(whole, shown), shown, lines=whole is text))
    return whole


def _refuse(findings: Iterator[Finding]) -> None:
    found = list(dict.fromkeys(findings))
    if found:
        raise ProjectError(found)


def _package_findings(document: Any, shown: str) -> Iterator[Finding]:
    known = [document.getPlugin(place).getPackageName() for place in range(document.getNumPlugins())]
    foreign = [document.getUnknownPackagePrefix(place) for place in range(document.getNumUnknownPackages())]
    for name in (*known, *foreign):
        if name in _PACKAGES:
            yield Finding(shown, _PACKAGES[name])
        elif name in foreign and document.getErrorLog().contains(libsbml.RequiredPackagePresent):
            yield Finding(shown, f"needs the package {name!r} of SBML, which Osteon does not know")


def _flattened(document: Any, shown: str, folder: Path | None) -> Any:
    for definition in document.getPlugin("comp").getListOfExternalModelDefinitions():
        _refuse_missing(definition, shown, folder)
    if folder is not None:
        document.setLocationURI(f"file:{(folder / 'model.xml').resolve()}")
    properties = libsbml.ConversionProperties()
    properties.addOption("flatten comp", True)
    properties.addOption("performValidation", False)
    if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS or document.getModel() is None:
        log = document.getErrorLog()
        errors = [log.getError(place) for place in range(log.getNumErrors())]
        reason = next((_detail(error) for error in errors if error.getSeverity() >= libsbml.LIBSBML_SEV_ERROR), "")
        raise CompilationError(f"{shown}: its submodels cannot be put together: {reason or 'no reason was given'}")
    return document


def _refuse_missing(definition: Any, shown: str, folder: Path | None) -> None:
    source = str(definition.getSource())
    where = f"{shown}: submodel {definition.getId()!r}"
    parts = urlsplit(source)
    if parts.scheme not in ("", "file") and len(parts.scheme) > 1:
        raise CompilationError(f"{where}: is at {source!r}; save that file beside this one, and name it in its place")
    if folder is None:
        raise CompilationError(f"{where}: is in another file, {source!r}; unpack the archive and name the model in it")
    if not any((folder / name).is_file() for name in {source, unquote(parts.path)}):
        raise CompilationError(f"{where}: the file {source!r} is not there; put it beside this one")


def _drop_empty(model: Any) -> bool:
    """Take out what has no mathematics, which SBML lets stand and which does nothing; say whether there was any."""
    empty = 0
    for items in (model.getListOfRules(), model.getListOfInitialAssignments()):
        empty += _drop(items, lambda item: not item.isSetMath())
    empty += _drop(model.getListOfConstraints(), lambda item: not item.isSetMath())
    empty += _drop(model.getListOfEvents(), lambda event: not (event.isSetTrigger() and event.getTrigger().isSetMath()))
    for event in model.getListOfEvents():
        empty += _drop(event.getListOfEventAssignments(), lambda item: not item.isSetMath())
        for part in ("Delay", "Priority"):
            if getattr(event, f"isSet{part}")() and not getattr(event, f"get{part}")().isSetMath():
                getattr(event, f"unset{part}")()
                empty += 1
    return empty > 0


def _drop(items: Any, is_empty: Any) -> int:
    places = [place for place in range(items.size()) if is_empty(items.get(place))]
    for place in reversed(places):
        items.remove(place)
    return len(places)


def _kind_findings(model: Any, shown: str) -> Iterator[Finding]:
    """Yield what the file says well, and Osteon does not simulate."""
    for rule in model.getListOfRules():
        if rule.isAlgebraic():
            formula = libsbml.formulaToL3String(rule.getMath())
            what = f"is algebraic (0 = {formula}); solve it for a symbol, and write an assignment rule"
            yield Finding(f"{shown}: a rule", what)
    for reaction in model.getListOfReactions():
        where = f"{shown}: reaction {reaction.getId()!r}"
        if reaction.isSetFast() and reaction.getFast():
            yield Finding(where, "is fast; give it a rate that is much greater than the others, and fast=false")
    yield from _unrated(model, shown)
    text = model.toSBML()
    if _DELAY in text:
        what = "has delays in its mathematics; write the delay as a chain of steps"
        yield Finding(shown, f"{what} (a delay of an event is no such)")
    if _RANDOM in text:
        yield Finding(shown, "draws random numbers; Osteon runs models that give the same numbers each time")


def _unrated(model: Any, shown: str) -> Iterator[Finding]:
    """Yield what is wrong with reactions that say nothing of their speed."""
    silent = [
        reaction.getId()
        for reaction in model.getListOfReactions()
        if not (reaction.isSetKineticLaw() and reaction.getKineticLaw().isSetMath())
    ]
    if silent and model.getPlugin("fbc") is not None:
        what = f"a model of flux balance: {len(silent)} of its reactions have bounds and no rate, so that nothing moves"
        yield Finding(shown, f"{what}; score a model of rates")
    elif silent:
        noun = "reaction" if len(silent) == 1 else "reactions"
        yield Finding(f"{shown}: {noun} {listing(silent)}", "without a rate; give a kinetic law, 0 if nothing moves")


def _consistency_findings(document: Any, shown: str, *, lines: bool) -> Iterator[Finding]:
    for category in _CHECKED:
        document.setConsistencyChecks(category, True)
    for category in _UNCHECKED:
        document.setConsistencyChecks(category, False)
    document.checkConsistency()
    for place in range(document.getNumErrors()):
        error = document.getError(place)
        number, general = error.getErrorId(), error.getCategory() == libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY
        if error.getSeverity() < libsbml.LIBSBML_SEV_ERROR or number in _HARMLESS:
            continue
        if number in _REFERENCES or not general:
            yield Finding(f"{shown}: line {error.getLine()}" if lines else shown, _detail(error))


def _detail(error: Any) -> str:
    """Return the part of libsbml's message that names the element, or what the rule is about."""
    message = str(error.getMessage())
    detail = " ".join(re.split(r"Reference:[^\n]*\n", message)[-1].split()) if "Reference:" in message else ""
    brief = str(error.getShortMessage())
    return f"{brief}: {detail}" if detail else brief or " ".join(message.split())
