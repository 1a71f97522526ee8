"""The limit: a model as generated C with SUNDIALS' CVODE, dense direct solver and analytic Jacobian.

Parameters of the model are an array, so that a draw needs no new compilation. The resting state is found by Newton's
method with the same Jacobian, and by integration where that fails, as libroadrunner's user would.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import libsbml
import numpy as np
import sympy

SOURCE = Path(__file__).with_name("generated_c.c.in")
_FUNCTIONS = {"abs": sympy.Abs, "exp": sympy.exp, "ln": sympy.log, "log": sympy.log}


def available() -> str | None:
    """Return why this contestant cannot take part, or None."""
    if shutil.which("cc") is None:
        return "no C compiler"
    if not any(Path(folder, "cvode/cvode.h").is_file() for folder in ("/usr/include", "/usr/local/include")):
        return "no SUNDIALS headers"
    return None


class Equations:
    """The right-hand side and its Jacobian of an SBML model without events, as SymPy expressions."""

    def __init__(self, sbml: str, observables: tuple[str, ...]) -> None:
        self._document = libsbml.readSBMLFromString(sbml)
        model = self._document.getModel()
        rules = [rule for rule in model.getListOfRules() if rule.isAssignment()]
        ruled = {rule.getVariable() for rule in rules}
        self.species = [item.getId() for item in model.getListOfSpecies() if item.getId() not in ruled]
        items = [*model.getListOfParameters(), *model.getListOfCompartments()]
        self.parameters = [item.getId() for item in items if item.getId() not in ruled]
        self.time = _symbol("t")
        self._rules = {rule.getVariable(): self._parsed(rule.getMath()) for rule in rules}
        rates = {name: sympy.Integer(0) for name in self.species}
        for reaction in model.getListOfReactions():
            rate = self._parsed(reaction.getKineticLaw().getMath())
            for sign, side in ((-1, reaction.getListOfReactants()), (1, reaction.getListOfProducts())):
                for reference in side:
                    fixed = model.getSpecies(reference.getSpecies()).getBoundaryCondition()
                    if not fixed and reference.getSpecies() in rates:
                        rates[reference.getSpecies()] += sign * sympy.Float(reference.getStoichiometry()) * rate
        self.rates = [self._expanded(rates[name]) for name in self.species]
        self.observables = [self._expanded(_symbol(name)) for name in observables]

    def jacobian(self) -> dict[tuple[int, int], Any]:
        """Return the entries of the Jacobian that are not zero."""
        entries = {}
        for row, rate in enumerate(self.rates):
            for column, name in enumerate(self.species):
                if _symbol(name) in rate.free_symbols:
                    entries[row, column] = sympy.diff(rate, _symbol(name))
        return entries

    def _parsed(self, tree: Any) -> Any:
        settings = libsbml.L3ParserSettings()
        settings.setParseUnits(libsbml.L3P_NO_UNITS)
        text = libsbml.formulaToL3StringWithSettings(tree, settings).replace("^", "**")
        names = {name: _symbol(name) for name in self._names(tree)}
        return sympy.sympify(text, locals={**names, **_FUNCTIONS, "time": self.time}, rational=False)

    def _names(self, tree: Any) -> set[str]:
        own = {tree.getName()} if tree.isName() and not tree.getDefinitionURLString() else set()
        return own.union(*(self._names(tree.getChild(number)) for number in range(tree.getNumChildren())))

    def _expanded(self, expression: Any) -> Any:
        """Return an expression with every assignment rule written out."""
        while hit := {s for s in expression.free_symbols if s.name in self._rules}:
            expression = expression.xreplace({symbol: self._rules[symbol.name] for symbol in hit})
        return expression


def _symbol(name: str) -> Any:
    return sympy.Symbol(name, real=True)


def statements(
    expressions: list[Any], target: str, places: list[str], equations: Equations, printer: Callable[[Any], str]
) -> list[str]:
    """Return statements that compute expressions over arrays ``y`` and ``p``, shared terms first.

    Args:
        expressions: what to compute.
        target: how a shared term is declared, such as ``const double``.
        places: the left-hand side of each expression.
        equations: of the model.
        printer: of the language, such as ``sympy.ccode``.
    """
    symbols = {_symbol(name): sympy.Symbol(f"y[{i}]", real=True) for i, name in enumerate(equations.species)}
    symbols |= {_symbol(name): sympy.Symbol(f"p[{i}]", real=True) for i, name in enumerate(equations.parameters)}
    shared, reduced = sympy.cse(expressions, symbols=sympy.numbered_symbols("shared_"))
    lines = [f"{target} {name} = {printer(value.xreplace(symbols))}" for name, value in shared]
    found = zip(places, reduced, strict=True)
    return lines + [f"{place} = {printer(value.xreplace(symbols))}" for place, value in found]


def _c(expressions: list[Any], places: list[str], equations: Equations) -> str:
    lines = statements(expressions, "const double", places, equations, sympy.ccode)
    return "\n  ".join(f"{line};" for line in lines)


class Model:
    """A compiled model: ``integrate`` a stretch of time, or bring it to ``rest``."""

    def __init__(self, sbml: str, observables: tuple[str, ...]) -> None:
        self.equations = equations = Equations(sbml, observables)
        jacobian = equations.jacobian()
        size = len(equations.species)
        parts = {
            "SIZE": str(size),
            "RATES": _c(equations.rates, [f"rate[{i}]" for i in range(size)], equations),
            "JACOBIAN": _c(list(jacobian.values()), [f"column[{c}][{r}]" for r, c in jacobian], equations),
            "OBSERVED": _c(equations.observables, [f"seen[{i}]" for i in range(len(observables))], equations),
        }
        text = SOURCE.read_text(encoding="utf-8")
        for mark, code in parts.items():
            text = text.replace(f"@{mark}@", code)
        self._library = _compiled(text)
        self._seen = len(observables)

    def integrate(self, y: Any, p: Any, times: Any, *, rtol: float, atol: float) -> Any:
        """Integrate from ``times[0]``, leave the last state in ``y``, and return the observables at ``times``."""
        seen = np.empty((len(times), self._seen))
        code = self._library.integrate(_at(y), _at(p), _at(times), len(times), rtol, atol, _at(seen), self._seen)
        if code:
            raise RuntimeError(f"CVODE returned {code}")
        return seen

    def rest(self, y: Any, p: Any) -> bool:
        """Bring ``y`` to rest by Newton's method; say whether that worked, and leave it alone otherwise."""
        return bool(self._library.rest(_at(y), _at(p)))

    def observe(self, y: Any, p: Any, time: float) -> Any:
        """Return the observables of one state."""
        seen = np.empty(self._seen)
        self._library.observe(ctypes.c_double(time), _at(y), _at(p), _at(seen))
        return seen


def _at(array: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_double))


@cache
def _compiled(text: str) -> Any:
    folder = Path(tempfile.mkdtemp(prefix="osteon-benchmark-"))
    (folder / "model.c").write_text(text, encoding="utf-8")
    links = ["-lsundials_cvode", "-lsundials_sunmatrixdense", "-lsundials_sunlinsoldense", "-lsundials_nvecserial"]
    command = ["cc", "-O3", "-march=native", "-shared", "-fPIC", "model.c"]
    subprocess.run([*command, "-o", "model.so", *links, "-lm"], cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "model.so"))
    pointer = ctypes.POINTER(ctypes.c_double)
    library.integrate.argtypes = [pointer] * 3 + [ctypes.c_int, ctypes.c_double, ctypes.c_double, pointer, ctypes.c_int]
    library.rest.argtypes = [pointer] * 2
    library.observe.argtypes = [ctypes.c_double] + [pointer] * 3
    return library
