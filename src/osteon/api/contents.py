"""What a project holds: ``models``, ``sources``, ``load`` and ``show``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, opened, overriding

if TYPE_CHECKING:
    from osteon.curation.describe import Description
    from osteon.simulation.model import Model


def models(project: Place = None) -> list[str]:
    """Return the ids of the models of a project.

    Args:
        project: a `Project` or its folder; the one around the current folder, else the shipped one, if not given.
    """
    return list(opened(project).model_names)


def sources(project: Place = None) -> list[str]:
    """Return the ids of the sources of a project; each is a file of claims.

    Args:
        project: as in `models`.
    """
    return list(opened(project).source_names)


def load(
    model: str,
    *,
    overrides: Mapping[str, float] | None = None,
    scale: Mapping[str, float] | None = None,
    project: Place = None,
) -> Model:
    """Load a model, ready to simulate.

    Args:
        model: id of a model, such as ``"mitochondrial_lamin"``.
        overrides: other values of parameters, by name.
        scale: factors by which parameters are multiplied, by name.
        project: as in `models`.

    Raises:
        OsteonError: if there is no such model or parameter, or a file is wrong; the message says what to mend.
    """
    from osteon.simulation.model import load as loaded

    return loaded(opened(project), model, overriding(overrides, scale))


def show(model: str, *, project: Place = None) -> Description:
    """Describe a model: its parts, equations, parameters with provenance and range, words, and claims.

    Args:
        model: id of a model.
        project: as in `models`.

    Returns:
        A description with ``title``, ``prose``, ``sections()`` (tables) and ``as_dict()``.

    Raises:
        OsteonError: as in `load`.
    """
    from osteon.curation.describe import describe

    return describe(opened(project), model)
