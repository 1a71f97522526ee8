"""Figures of whatever the other functions return: ``plot``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from osteon.errors import OsteonError
from osteon.evidence.conditions import CONTROL

if TYPE_CHECKING:
    import pandas as pd

    from osteon.analysis.ablation.result import Ablation
    from osteon.analysis.robustness.result import Robustness
    from osteon.pictures.figure import Figure
    from osteon.simulation.model import Model
    from osteon.verification.scorecard import Scorecard

_EXPECTED = (
    "expected a model, a scorecard, its table of sizes, what robustness, ablate, simulate, scan or sensitivity "
    "returned, or time courses by condition"
)


def plot(
    what: Model | Scorecard | Robustness | Sequence[Robustness] | Ablation | pd.DataFrame | Mapping[str, pd.DataFrame],
    condition: str | None = None,
    *,
    until: str | None = None,
    setting: str | None = None,
    observables: Sequence[str] | None = None,
) -> Figure:
    """Draw a model, or what another function returned.

    Args:
        what: a model; a scorecard, or the table of its sizes; what `robustness` (one or several), `ablate`, `simulate`,
            `scan` or `sensitivity` returned; or several time courses of `simulate`, by name.
        condition: of a model: drawn against control; the figure that its binding describes if not given.
        until: with a condition, as in `simulate`, like the two that follow.
        setting: such as ``"mouse"``.
        observables: which ones; all if not given.

    Returns:
        A figure of matplotlib, which shows itself in a notebook; ``savefig(path)`` writes it.

    Raises:
        OsteonError: if it is none of these, or the model cannot be simulated so.
    """
    from osteon.simulation.model import Model

    if isinstance(what, Model):
        return _plot_model(what, condition, until, setting, observables)
    if condition is not None or until is not None or setting is not None or observables is not None:
        raise OsteonError("condition, until, setting and observables are for a model; what is computed has its own")
    return _plot_result(what)


def _plot_model(
    model: Model, condition: str | None, until: str | None, setting: str | None, observables: Sequence[str] | None
) -> Figure:
    from osteon.pictures.plotting import plot_model, plot_time_courses

    if condition is None:
        return plot_model(model)
    names = model.chosen(observables)
    courses = {
        one: model.simulate(one, until=until, setting=setting)[names] for one in dict.fromkeys((CONTROL, condition))
    }
    return plot_time_courses(courses, title=model.binding.title)


def _plot_result(what: Any) -> Figure:
    import pandas as pd

    from osteon.analysis.ablation.result import Ablation
    from osteon.analysis.robustness.result import Robustness
    from osteon.pictures import charts, plotting, robustness, scorecard
    from osteon.verification.scorecard import Scorecard

    if isinstance(what, Scorecard):
        return scorecard.plot_scorecard(what)
    if isinstance(what, Robustness):
        return robustness.plot_robustness([what.as_dict()])
    if isinstance(what, Ablation):
        return charts.plot_ablation(what)
    if isinstance(what, pd.DataFrame):
        return _plot_table(what)
    if what and isinstance(what, Mapping):
        return plotting.plot_time_courses(what, title="")
    if what and isinstance(what, Sequence) and all(isinstance(one, Robustness) for one in what):
        return robustness.plot_robustness([one.as_dict() for one in what])
    raise OsteonError(f"cannot draw a {type(what).__name__}; {_EXPECTED}")


def _plot_table(table: pd.DataFrame) -> Figure:
    from osteon.pictures import charts, plotting, sizes

    if "sizes" in table.attrs:
        return sizes.plot_sizes(table)
    if "axes" in table.attrs:
        return charts.plot_response(table)
    if "method" in table.attrs:
        return charts.plot_tornado(table)
    if "time_unit" in table.attrs:
        return plotting.plot_time_courses({table.attrs["condition"]: table}, title=table.attrs["condition"])
    raise OsteonError(f"cannot draw this table; {_EXPECTED}")
