"""The model as a COPASI file that runs in the page: the model itself, with its observables as global quantities."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from osteon import sbml
from osteon.errors import OsteonError
from osteon.simulation.model import Model


def file(model: Model) -> str:
    """Return the text of a ``.cps`` file of a model.

    Raises:
        OsteonError: if COPASI is not installed or cannot read the model.
    """
    try:
        import COPASI
    except ModuleNotFoundError:
        raise OsteonError(
            "the page 'Try it' needs the package 'python-copasi', which is not installed; "
            "`pip install 'osteon[export]'` brings it"
        ) from None
    text = sbml.with_observables(model.sbml, model.formulas, model.shown)
    data = COPASI.CRootContainer.addDatamodel()
    try:
        # COPASI keeps SBML ids only of what it reads from a file.
        with tempfile.TemporaryDirectory() as folder:
            source, path = Path(folder) / f"{model.name}.xml", Path(folder) / f"{model.name}.cps"
            source.write_text(text, encoding="utf-8")
            if not data.importSBML(str(source)):
                reason = " ".join(COPASI.CCopasiMessage.getAllMessageText().split())
                raise OsteonError(f"{model.shown}: COPASI cannot read it: {reason[:300] or 'it gives no reason'}")
            data.saveModel(str(path), True)
            # The second line is the time of writing, which would make every file new.
            return re.sub(r"<!-- generated with .*? -->\n", "", path.read_text(encoding="utf-8"), count=1)
    finally:
        COPASI.CRootContainer.removeDatamodel(data)
