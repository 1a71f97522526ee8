"""Reading SBML: documents, formulas, and the parts of a model, through libsbml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libsbml

from osteon.errors import CompilationError, suggestion

_PREFIXES = ("observable_", "osteon_observable_", "osteon_observable_of_")
"""What stands before the id of an observable: the first that no symbol of the model begins with."""
_INITIAL = "osteon_initial_"
_INITIAL_RULE = re.compile(rf'<assignmentRule[^>]*variable="{_INITIAL}(\w+)"')
_TIME = "http://www.sbml.org/sbml/symbols/time"
_CSYMBOL = re.compile(rf'<csymbol[^>]*"{re.escape(_TIME)}"[^>]*>.*?</csymbol>', re.DOTALL)
_CATEGORIES = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
)


def read(text: str, shown: str) -> Any:
    """Parse SBML text into a libsbml document that holds a model.

    Args:
        text: the file's text.
        shown: the file as the user knows it, for messages.

    Raises:
        CompilationError: if it is empty, not XML, not SBML, or holds no model.
    """
    if not text.strip():
        raise CompilationError(f"{shown}: the file is empty; an SBML model was expected")
    document = libsbml.readSBMLFromString(text)
    if document.getNumErrors(libsbml.LIBSBML_SEV_FATAL) or document.getNumErrors(libsbml.LIBSBML_SEV_ERROR):
        error = next(_problems(document, libsbml.LIBSBML_SEV_ERROR))
        raise CompilationError(f"{shown}: not readable as SBML: {error}")
    if document.getModel() is None:
        raise CompilationError(f"{shown}: no model in it; an SBML <model> was expected")
    return document


def flattened(document: Any) -> Any:
    """Return a copy of a document with function definitions written out and local parameters made global."""
    copy = unfolded(document)
    _convert(copy, "promoteLocalParameters")
    return copy


def unfolded(document: Any) -> Any:
    """Return a copy of a document with function definitions written out."""
    copy = document.clone()
    _convert(copy, "expandFunctionDefinitions")
    return copy


def _convert(document: Any, step: str) -> None:
    properties = libsbml.ConversionProperties()
    properties.addOption(step, True)
    document.convert(properties)


def problems(document: Any) -> list[str]:
    """Return every error and warning of libsbml's consistency checks, in all seven categories."""
    for category in _CATEGORIES:
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    return list(_problems(document, libsbml.LIBSBML_SEV_WARNING))


def _problems(document: Any, least: int) -> Iterator[str]:
    for number in range(document.getNumErrors()):
        error = document.getError(number)
        if error.getSeverity() >= least:
            message = " ".join(error.getMessage().split())
            yield f"line {error.getLine()}: {error.getSeverityAsString().lower()} {error.getErrorId()}: {message}"


def parse_formula(formula: str, known: Any, shown: str) -> Any:
    """Parse an infix formula in SBML's mathematics and see that a model has all its symbols.

    Args:
        formula: such as ``LaminAC + LaminB``.
        known: the libsbml model whose symbols it may use.
        shown: where the formula stands, for messages.

    Raises:
        CompilationError: if it is not a formula, or names a symbol that the model lacks.
    """
    # What the model calls `time`, `pi` or `avogadro` is its own symbol.
    tree = libsbml.parseL3FormulaWithModel(formula, known)
    if tree is None:
        reason = " ".join(libsbml.getLastParseL3Error().split())
        raise CompilationError(f"{shown}: {formula!r} is not a formula: {reason}")
    for name in sorted(names_in(tree)):
        if not _has(known, name):
            raise CompilationError(f"{shown}: the model has no symbol {name!r}{suggestion(name, _symbol_ids(known))}")
    return tree


def evaluate(formula: str, known: Any, shown: str) -> float:
    """Return the value of a formula over a model's own parameter values; see `parse_formula`."""
    return value_of(parse_formula(formula, known, shown), known)


def value_of(tree: Any, model: Any) -> float:
    """Return the value of mathematics over a model's values as they are now."""
    # libsbml remembers the values of a model, by its address, from the first evaluation on.
    libsbml.SBMLTransforms.clearComponentValues(model)
    return float(libsbml.SBMLTransforms.evaluateASTNode(tree, model))


def names_in(tree: Any) -> frozenset[str]:
    """Return every symbol that a tree of mathematics uses, time and constants aside."""
    names = {tree.getName()} if is_symbol(tree) else set()
    return frozenset(names).union(*(names_in(tree.getChild(i)) for i in range(tree.getNumChildren())))


def is_symbol(tree: Any) -> bool:
    """Say whether a tree is a symbol of the model, and not time or Avogadro's number.

    `ASTNode.getType` is not to be used anywhere: once libsedml is imported, as tellurium does, it no longer returns a
    number in Python.
    """
    return bool(tree.isName()) and not tree.getDefinitionURLString()


def is_reserved(name: str) -> bool:
    """Say whether SBML's mathematics or its units give a name a meaning."""
    symbol, call = libsbml.parseL3Formula(name), libsbml.parseL3Formula(f"{name}(1)")
    plain = symbol is not None and is_symbol(symbol) and not symbol.isConstant()
    unit = libsbml.UnitKind_forName(name) != libsbml.UNIT_KIND_INVALID or libsbml.Unit.isBuiltIn(name, 2)
    return unit or not plain or call is None or not call.isUserFunction()


def _has(model: Any, name: str) -> bool:
    finders = (model.getSpecies, model.getParameter, model.getCompartment, model.getReaction)
    return any(find(name) is not None for find in finders)


def _symbol_ids(model: Any) -> list[str]:
    lists = (model.getListOfSpecies(), model.getListOfParameters(), model.getListOfCompartments())
    return [item.getId() for items in lists for item in items] + [r.getId() for r in model.getListOfReactions()]


def with_observables(text: str, formulas: Mapping[str, str], shown: str) -> str:
    """Return SBML text with one assignment rule more for each observable; `observable_ids` names them.

    What the file computes at the start by initial assignments gets a rule as well (`initial_rules`), from which it can
    be computed anew when a parameter has changed.

    Raises:
        CompilationError: if the text is not SBML or a formula does not fit the model.
    """
    document = read(text, shown)
    model = document.getModel()
    taken = _symbol_ids(model)
    prefix = next(one for one in _PREFIXES if one == _PREFIXES[-1] or not any(id_.startswith(one) for id_ in taken))
    for name, formula in formulas.items():
        tree = parse_formula(formula, model, f"observable {name!r}")
        _make_bare_numbers_dimensionless(tree)
        _add_rule(model, prefix + name, tree)
    for assignment in model.getListOfInitialAssignments():
        if assignment.isSetMath() and _has(model, assignment.getSymbol()):
            _add_rule(model, _INITIAL + assignment.getSymbol(), assignment.getMath())
    model.populateListFormulaUnitsData()
    for name in formulas:
        rule = model.getAssignmentRuleByVariable(prefix + name)
        if not rule.containsUndeclaredUnits():
            model.getParameter(prefix + name).setUnits(unit_id(rule.getDerivedUnitDefinition(), model))
    return str(libsbml.writeSBMLToString(document))


def parameter_values(model: Any) -> dict[str, float]:
    """Return the value of each parameter of an SBML model that has one, by its id; ``model`` is the libsbml model."""
    return {one.getId(): one.getValue() for one in model.getListOfParameters() if one.isSetValue()}


def _add_rule(model: Any, name: str, tree: Any) -> None:
    parameter = model.createParameter()
    parameter.setId(name)
    parameter.setConstant(False)
    rule = model.createAssignmentRule()
    rule.setVariable(name)
    rule.setMath(tree)


def observable_ids(text: str, names: Iterable[str]) -> dict[str, str]:
    """Return the id of each observable in SBML text that `with_observables` wrote."""
    names = tuple(names)
    prefix = next((one for one in reversed(_PREFIXES) if all(f'"{one}{name}"' in text for name in names)), _PREFIXES[0])
    return {name: prefix + name for name in names}


def initial_rules(text: str) -> dict[str, str]:
    """Return what is computed at the start, each with the id of the rule that `with_observables` wrote for it."""
    return {name: _INITIAL + name for name in dict.fromkeys(_INITIAL_RULE.findall(text))}


def in_order(text: str) -> str:
    """Return SBML text in which events of one instant happen in the order of the file, where it says nothing of that.

    SBML leaves the order open then, and libroadrunner draws it by lot, so that no run would be like another.
    """
    if text.count("<event ") + text.count("<event>") < 2 or "<priority" in text:
        return text
    document = libsbml.readSBMLFromString(text)
    events = document.getModel().getListOfEvents()
    if document.getLevel() < 3:
        return text
    for place, event in enumerate(events):
        event.createPriority().setMath(libsbml.parseL3Formula(str(events.size() - place)))
    return str(libsbml.writeSBMLToString(document))


def with_event_ids(text: str) -> str:
    """Return SBML text in which every event has an id."""
    document = libsbml.readSBMLFromString(text)
    for place, event in enumerate(document.getModel().getListOfEvents()):
        if not event.isSetIdAttribute():
            event.setIdAttribute(f"osteon_event_{place}")
    return str(libsbml.writeSBMLToString(document))


def standing_still(text: str) -> str | None:
    """Return SBML text without its events, in which time is zero; nothing where that changes nothing."""
    if _TIME not in text and "<event " not in text and "<event>" not in text:
        return None
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    while model.getNumEvents():
        model.removeEvent(0)
    return _CSYMBOL.sub('<cn type="integer"> 0 </cn>', str(libsbml.writeSBMLToString(document)))


def depends_on_time(text: str, shown: str) -> bool:
    """Say whether the rate of anything depends on time itself, directly or through rules of assignment."""
    if _TIME not in text:
        return False
    model = flattened(read(text, shown)).getModel()
    rules = {rule.getVariable(): rule.getMath() for rule in model.getListOfRules() if rule.isAssignment()}
    laws = [r.getKineticLaw().getMath() for r in model.getListOfReactions() if r.isSetKineticLaw()]
    seen: set[str] = set()
    front = [*laws, *(rule.getMath() for rule in model.getListOfRules() if rule.isRate())]
    while front:
        tree = front.pop()
        if tree is None:
            continue
        if _reads_time(tree):
            return True
        fresh = names_in(tree) & rules.keys() - seen
        seen |= fresh
        front += [rules[name] for name in fresh]
    return False


def _reads_time(tree: Any) -> bool:
    if tree.isName() and _TIME in (tree.getDefinitionURLString() or ""):
        return True
    return any(_reads_time(tree.getChild(place)) for place in range(tree.getNumChildren()))


def _make_bare_numbers_dimensionless(tree: Any) -> None:
    """Give the literal numbers of a formula a unit, as compilation gives it to those of a model."""
    if tree.isNumber() and not tree.getUnits():
        tree.setUnits("dimensionless")
    for index in range(tree.getNumChildren()):
        _make_bare_numbers_dimensionless(tree.getChild(index))


def unit_id(definition: Any, model: Any) -> str:
    """Return the id of a derived unit in a libsbml model: dimensionless, one it has, or a new one."""
    plain = definition.clone()
    libsbml.UnitDefinition.simplify(plain)
    if all(part.isDimensionless() and part.getMultiplier() == 1 and part.getScale() == 0 for part in _parts(plain)):
        return "dimensionless"
    known = model.getListOfUnitDefinitions()
    for other in known:
        if libsbml.UnitDefinition.areIdentical(definition, other):
            return str(other.getId())
    new = model.createUnitDefinition()
    new.setId(f"unit__{len(known)}")
    for part in _parts(plain):
        unit = new.createUnit()
        unit.setKind(part.getKind())
        unit.setExponent(part.getExponentAsDouble())
        unit.setScale(part.getScale())
        unit.setMultiplier(part.getMultiplier())
    return str(new.getId())


def _parts(definition: Any) -> list[Any]:
    return [definition.getUnit(number) for number in range(definition.getNumUnits())]


@dataclass(frozen=True)
class Symbol:
    """A compartment, species or parameter: its value or initial value (``None`` if a rule gives it) and its unit.

    It is ``constant`` where nothing in the model changes it, whatever the file declares.
    """

    id: str
    name: str
    kind: str
    value: float | None
    unit: str
    constant: bool
    rule: str | None = None


@dataclass(frozen=True)
class Reaction:
    """A reaction: its equation and its rate law, in infix mathematics."""

    id: str
    name: str
    equation: str
    rate: str


def symbols(model: Any) -> list[Symbol]:
    """Return every compartment, species and parameter of a libsbml model, in the order of the file."""
    rules = {rule.getVariable(): _infix(rule.getMath()) for rule in model.getListOfRules()}
    reset = changed_by_events(model)
    found = []
    for kind, items in (
        ("compartment", model.getListOfCompartments()),
        ("species", model.getListOfSpecies()),
        ("parameter", model.getListOfParameters()),
    ):
        for item in items:
            rule = rules.get(item.getId())
            found.append(
                Symbol(
                    id=item.getId(),
                    name=item.getName(),
                    kind=kind,
                    value=None if rule else value(item, kind),
                    unit=item.getSubstanceUnits() if kind == "species" else item.getUnits(),
                    constant=rule is None and item.getId() not in reset,
                    rule=rule,
                )
            )
    return found


def changed_by_events(model: Any) -> frozenset[str]:
    """Return the ids of all that events of a libsbml model give new values."""
    changes = (change for event in model.getListOfEvents() for change in event.getListOfEventAssignments())
    return frozenset(change.getVariable() for change in changes)


def _infix(tree: Any) -> str:
    settings = libsbml.L3ParserSettings()
    settings.setParseUnits(libsbml.L3P_NO_UNITS)
    return str(libsbml.formulaToL3StringWithSettings(tree, settings))


def value(item: Any, kind: str) -> float | None:
    """Return the value or initial value of a compartment, species or parameter, or ``None`` where it has none."""
    if kind == "species":
        if item.isSetInitialAmount():
            return float(item.getInitialAmount())
        return float(item.getInitialConcentration()) if item.isSetInitialConcentration() else None
    if kind == "compartment":
        return float(item.getSize()) if item.isSetSize() else None
    return float(item.getValue()) if item.isSetValue() else None


def reactions(model: Any) -> list[Reaction]:
    """Return every reaction of a libsbml model, in the order of the file."""
    return [
        Reaction(
            id=reaction.getId(),
            name=reaction.getName(),
            equation=f"{_side(reaction.getListOfReactants())} -> {_side(reaction.getListOfProducts())}".strip(),
            rate=_infix(reaction.getKineticLaw().getMath()),
        )
        for reaction in model.getListOfReactions()
    ]


def _side(references: Any) -> str:
    return " + ".join(reference.getSpecies() for reference in references)


def unfix_ones(model: Any) -> None:
    """Let no parameter of value 1 be declared a constant of a libsbml model, although nothing in the model changes it.

    COPASI divides amounts by the number of particles in a unit of substance. Where that is 1, as with dimensionless
    substance, its importer silently takes constant parameters within a thousandth of 1 for this number, and whoever
    changes one of them in COPASI changes amounts elsewhere (SBMLImporter, COPASI 4.48).
    """
    for parameter in model.getListOfParameters():
        if parameter.getConstant() and abs(parameter.getValue() - 1.0) < 2e-3:
            parameter.setConstant(False)


def with_values(text: str, values: Mapping[str, float], shown: str) -> str:
    """Return SBML text with other values of its parameters; symbols that are no parameters are left as they are."""
    document = read(text, shown)
    for name, value in values.items():
        parameter = document.getModel().getParameter(name)
        if parameter is not None:
            parameter.setValue(value)
    return str(libsbml.writeSBMLToString(document))


def with_rules(text: str, formulas: Mapping[str, str], shown: str) -> str:
    """Return SBML text in which parameters are computed by formulas over others, so that they follow them.

    By rules, not by initial assignments: libroadrunner does not evaluate those of parameters again when others are set.

    Raises:
        CompilationError: if the text is not SBML or a formula does not fit the model.
    """
    document = read(text, shown)
    model = document.getModel()
    for name, formula in formulas.items():
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        tree = parse_formula(formula, model, f"parameter {name!r}")
        _make_bare_numbers_dimensionless(tree)
        rule.setMath(tree)
        model.getParameter(name).setConstant(False)
        model.getParameter(name).unsetValue()
    return str(libsbml.writeSBMLToString(document))
