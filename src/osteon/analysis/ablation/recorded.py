"""Results on record, and whether they are of the model and the claims as they are now."""

from __future__ import annotations

from osteon.analysis.ablation.result import Ablation
from osteon.errors import Finding, ProjectError
from osteon.evidence.project import Project
from osteon.simulation.model import Model
from osteon.verification.fingerprint import behaviour


def ablation(project: Project, model: Model) -> tuple[Ablation | None, bool]:
    """Return the ablation on record of a model, if any, and whether it is of the model and claims as they are now.

    Raises:
        ProjectError: if the file is not one that `osteon ablate` wrote.
    """
    result = project.recorded(model.name, "ablation")
    if result is None:
        return None, False
    try:
        needs = Ablation.from_dict(result)
    except ValueError as error:
        files = project.files(model.name)
        raise ProjectError([Finding(files.shown(files.result("ablation")), str(error))]) from None
    return needs, needs.digest == behaviour(model, project.claims(model.binding))
