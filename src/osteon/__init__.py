"""Osteon: an executable evidence base for bone biology.

>>> import osteon
>>> model = osteon.load("mitochondrial_lamin")
>>> model.predict("cccp + oe_lmna", reference="cccp")  # doctest: +SKIP

What is listed in ``__all__`` is the public interface: a function for each command, the types that they return, and the
errors. Everything else may change without notice. Names are imported when they are first used, so that importing Osteon
takes no time.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from osteon.errors import (
    ArchiveError,
    CompilationError,
    Finding,
    OsteonError,
    PluginError,
    ProjectError,
    SimulationError,
    StoppedError,
    UnknownIdError,
)
from osteon.version import __version__

if TYPE_CHECKING:
    from osteon.analysis.ablation.result import Ablation
    from osteon.analysis.inference import Ensemble
    from osteon.analysis.robustness.result import Robustness
    from osteon.api.ablation import ablate
    from osteon.api.authoring import build, check, new
    from osteon.api.contents import load, models, show, sources
    from osteon.api.effects import predict, simulate
    from osteon.api.plotting import plot
    from osteon.api.publishing import build_site, export, report, run
    from osteon.api.uncertainty import infer, robustness
    from osteon.api.variation import scan, sensitivity
    from osteon.api.verdicts import score, verify
    from osteon.curation.describe import Description
    from osteon.engines.table import Results
    from osteon.evidence.project import Project
    from osteon.simulation.model import Model
    from osteon.verification.scorecard import Scorecard
else:

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module 'osteon' has no attribute {name!r}")
        value = getattr(importlib.import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


_HOMES = {
    **dict.fromkeys(("load", "models", "show", "sources", "words"), "osteon.api.contents"),
    **dict.fromkeys(("score", "verify"), "osteon.api.verdicts"),
    **dict.fromkeys(("predict", "simulate"), "osteon.api.effects"),
    **dict.fromkeys(("scan", "sensitivity"), "osteon.api.variation"),
    **dict.fromkeys(("infer", "robustness"), "osteon.api.uncertainty"),
    "ablate": "osteon.api.ablation",
    "plot": "osteon.api.plotting",
    **dict.fromkeys(("build_site", "export", "report", "run"), "osteon.api.publishing"),
    **dict.fromkeys(("build", "check", "new"), "osteon.api.authoring"),
    "Ablation": "osteon.analysis.ablation.result",
    "Description": "osteon.curation.describe",
    "Ensemble": "osteon.analysis.inference",
    "Model": "osteon.simulation.model",
    "Project": "osteon.evidence.project",
    "Results": "osteon.engines.table",
    "Robustness": "osteon.analysis.robustness.result",
    "Scorecard": "osteon.verification.scorecard",
}
"""The module of each public name that is imported when it is first used."""

__all__ = [
    "Ablation",
    "ArchiveError",
    "CompilationError",
    "Description",
    "Ensemble",
    "Finding",
    "Model",
    "OsteonError",
    "PluginError",
    "Project",
    "ProjectError",
    "Results",
    "Robustness",
    "Scorecard",
    "SimulationError",
    "StoppedError",
    "UnknownIdError",
    "__version__",
    "ablate",
    "build",
    "build_site",
    "check",
    "export",
    "infer",
    "load",
    "models",
    "new",
    "plot",
    "predict",
    "report",
    "robustness",
    "run",
    "scan",
    "score",
    "sensitivity",
    "show",
    "simulate",
    "sources",
    "verify",
    "words",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
