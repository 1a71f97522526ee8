"""The parameters of a model as a table: what each is worth, in which range it is plausible, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import nan
from typing import TYPE_CHECKING

from osteon import sbml
from osteon.evidence.bindings import ParameterBinding
from osteon.simulation.schedule import Change, Changes

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ("value", "unit", "low", "high", "prior", "provenance", "basis", "meaning")


def parameter_table(
    symbols: Iterable[sbml.Symbol], parameters: Mapping[str, ParameterBinding], changes: Changes
) -> pd.DataFrame:
    """Return one row for each parameter of a model that its binding describes; see `Model.to_frame`.

    Args:
        symbols: of the model's file.
        parameters: what the binding says of each.
        changes: what tells the model's own values from those of its file.
    """
    import pandas as pd

    rows = {}
    for symbol in symbols:
        entry = parameters.get(symbol.id)
        if entry is not None and symbol.kind == "parameter":
            own = nan if symbol.value is None else symbol.value
            value = changes.get(symbol.id, Change()).applied(own)
            basis = entry.citation or entry.formula or entry.reason
            bounds = entry.range or (nan, nan)
            rows[symbol.id] = (value, entry.unit, *bounds, entry.prior, entry.provenance, basis, entry.meaning)
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(_COLUMNS))
    return frame.rename_axis("parameter")
