"""Results on record, and what has changed in the model and the claims since."""

from __future__ import annotations

from osteon.analysis.ablation.result import Ablation
from osteon.errors import Finding, ProjectError
from osteon.evidence.project import Project
from osteon.simulation.model import Model
from osteon.verification.fingerprint import changes, fingerprint


def ablation(project: Project, model: Model) -> tuple[Ablation | None, str | None]:
    """Return the ablation on record of a model, if any, and what has changed since, if anything.

    Raises:
        ProjectError: if the file is not one that `osteon ablate` wrote.
    """
    result = project.recorded(model.name, "ablation")
    if result is None:
        return None, None
    try:
        needs = Ablation.from_dict(result)
    except ValueError as error:
        files = project.files(model.name)
        raise ProjectError([Finding(files.shown(files.result("ablation")), str(error))]) from None
    now = fingerprint("ablation", model, claims=project.claims(model.binding))
    return needs, changes(needs.fingerprint, now)
