"""Comparing the unit that a binding writes with the unit that an SBML model declares."""

from __future__ import annotations

from functools import cache
from typing import Any

import libsbml
import pint


@cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the one registry of units."""
    return pint.UnitRegistry()


def of_model(unit: str, model: Any) -> pint.Quantity[Any]:
    """Return a unit that an SBML model declares, or one of SBML's own, as a quantity.

    Args:
        unit: id of a unit definition, or a base unit such as ``second``.
        model: the libsbml model.
    """
    definition = model.getUnitDefinition(unit)
    if definition is None:
        return registry().Quantity(1.0, "" if unit == "dimensionless" else unit)
    product = registry().Quantity(1.0)
    for number in range(definition.getNumUnits()):
        part = definition.getUnit(number)
        kind = libsbml.UnitKind_toString(part.getKind())
        base = registry().Quantity(
            part.getMultiplier() * 10.0 ** part.getScale(), "" if kind == "dimensionless" else kind
        )
        product = product * base ** part.getExponentAsDouble()
    return product


def same(written: str, unit: str, model: Any) -> bool:
    """Say whether a unit as a binding writes it, such as ``1/h``, is the unit that a model declares.

    Raises:
        ValueError: if ``written`` is not a unit.
    """
    try:
        own = registry().Quantity(1.0, "" if written == "dimensionless" else written)
    except (pint.PintError, AttributeError, TypeError, ValueError):
        raise ValueError(f"{written!r} is not a unit") from None
    declared = of_model(unit, model)
    if own.dimensionality != declared.dimensionality:
        return False
    ratio = (own / declared).to_base_units().magnitude
    return bool(abs(ratio - 1.0) < 1e-9)
