"""What a project holds: ``models``, ``sources``, ``words``, ``load`` and ``show``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, opened, overriding

if TYPE_CHECKING:
    import pandas as pd

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


def words(*models: str, wanted: bool = False, project: Place = None) -> pd.DataFrame:
    """List the words in which evidence is written, with what they mean and the models that have them.

    Args:
        models: ids of models; all of the project if none.
        wanted: whether to rank the words that the models lack by how many claims each would open.
        project: as in `models`.

    Returns:
        One row a word (index), with its ``kind``, ``meaning``, ``term`` and ``models``, the ids of the models that bind
        it. If ``wanted``, with its ``kind``, ``opens``, the ids of the claims that lack no other word, and ``needed``,
        how many claims lack it.

    Raises:
        OsteonError: as in `load`.
    """
    import pandas as pd

    from osteon.curation import vocabulary

    found = (vocabulary.wanted if wanted else vocabulary.listed)(opened(project), models)
    kind = vocabulary.WantedWord if wanted else vocabulary.ListedWord
    columns = [field.name for field in fields(kind)]
    return pd.DataFrame([word.as_dict() for word in found], columns=columns).set_index("word")


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
