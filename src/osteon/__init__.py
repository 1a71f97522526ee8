"""Osteon: an executable evidence base for bone biology.

>>> import osteon
>>> model = osteon.load("mitochondrial_lamin")
>>> model.predict("cccp + oe_lmna", reference="cccp")  # doctest: +SKIP
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteon.version import __version__

if TYPE_CHECKING:
    from osteon.evidence.project import Project
    from osteon.simulation.model import Model
    from osteon.verification.scorecard import Scorecard

__all__ = ["__version__", "load", "models", "verify"]


def models(project: str | Path | None = None) -> list[str]:
    """Return the ids of the models of a project; see `load`."""
    return list(_project(project).model_names)


def load(name: str, project: str | Path | None = None) -> Model:
    """Load a model, ready to simulate.

    Args:
        name: id of a model, such as ``"mitochondrial_lamin"``.
        project: folder of a project; the one around the current folder, else the shipped one, if not given.

    Returns:
        A model with ``simulate``, ``predict`` and ``verify``-able claims.

    Raises:
        osteon.errors.OsteonError: if there is no such model, or a file is wrong; the message says what to mend.
    """
    from osteon.simulation.model import load as load_model

    return load_model(_project(project), name)


def verify(*names: str, project: str | Path | None = None) -> Scorecard:
    """Judge models by their evidence.

    Args:
        names: ids of models; all of the project if none.
        project: as in `load`.

    Returns:
        A scorecard, which draws itself in a notebook; ``.passed`` says whether nothing is contradicted or failed.

    Raises:
        osteon.errors.OsteonError: as in `load`.
    """
    from osteon.simulation.model import load as load_model
    from osteon.verification.scorecard import Scorecard
    from osteon.verification.verify import verify as verify_model

    opened = _project(project)
    loaded = [load_model(opened, name) for name in names or opened.model_names]
    cards = [verify_model(model, opened.claims(model.binding)) for model in loaded]
    return Scorecard(tuple(result for card in cards for result in card.results))


def _project(project: str | Path | None) -> Project:
    from osteon.evidence.project import Project, find_project

    return Project(find_project(Path.cwd()) if project is None else Path(project))
