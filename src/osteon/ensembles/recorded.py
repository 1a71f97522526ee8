"""Results on record, and whether they are of the model and the claims as they are now."""

from __future__ import annotations

from osteon.dynamics.model import Model
from osteon.ensembles.necessity import Necessity
from osteon.errors import Finding, ProjectError
from osteon.inputs.library import Library
from osteon.verdicts.behaviour import digest


def necessity(library: Library, model: Model) -> tuple[Necessity | None, bool]:
    """Return the ablation on record of a model, if any, and whether it is of the model and claims as they are now.

    Raises:
        ProjectError: if the file is not one that `osteon ablate` wrote.
    """
    result = library.recorded(model.name, "ablation")
    if result is None:
        return None, False
    try:
        needs = Necessity.from_dict(result)
    except ValueError as error:
        files = library.files(model.name)
        raise ProjectError([Finding(files.shown(files.result("ablation")), str(error))]) from None
    return needs, needs.digest == digest(model, library.claims(model.binding))
