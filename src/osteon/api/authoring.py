"""Files of those who write models: ``new``, ``build`` and ``check``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from osteon.api.arguments import Place, opened
from osteon.errors import OsteonError

if TYPE_CHECKING:
    from osteon.errors import Finding


def new(name: str, *, project: str | Path | None = None) -> list[str]:
    """Start a mechanism: a small model, binding and evidence that already run, to be replaced by your own.

    Args:
        name: id of the new mechanism: lower-case letters, digits and underscores.
        project: folder of a project, made if it does not exist yet; the one around the current folder if not given.

    Returns:
        The files written, relative to the project.

    Raises:
        OsteonError: if the name does not serve, a file exists already, or there is no project to write to.
    """
    from osteon.curation.new import start

    return start(None if project is None else Path(project), Path.cwd(), name)


def build(*models: str, check: bool = False, project: Place = None) -> list[Path]:
    """Compile Antimony to SBML, and write the other generated files of a project.

    Args:
        models: ids of models to compile; all of them, the JSON Schemas and the tables of the documents, if none.
        check: whether to write nothing, and to raise an error if a file is stale.
        project: as in `models`.

    Returns:
        Every generated file.

    Raises:
        OsteonError: with every fault in the files that people write, so that nothing half-right is written.
    """
    from osteon.curation.build import built
    from osteon.files import write_file

    opened_ = opened(project)
    if not check:
        opened_.require_own("build")
    files = built(opened_, models or None)
    if check:
        stale = [shown for shown, path, text in files if not path.is_file() or path.read_bytes() != text.encode()]
        if stale:
            raise OsteonError("\n".join(f"{shown}: stale; `osteon build` writes it anew" for shown in stale))
    else:
        for _, path, text in files:
            write_file(path, text)
    return [path for _, path, _ in files]


def check(name: str, *, project: Place = None) -> list[Finding]:
    """Find faults in the files of a mechanism: model, binding and evidence.

    Args:
        name: id of a mechanism.
        project: as in `models`.

    Returns:
        Every fault, with ``where`` it is and ``what`` it is. If there is none, every warning: a value outside the range
        of its class, whose ``severity`` is ``warning``.

    Raises:
        OsteonError: if there is no such mechanism.
    """
    from osteon.curation.build import mechanism_findings, mechanism_warnings

    opened_ = opened(project)
    return mechanism_findings(opened_, name) or mechanism_warnings(opened_, name)
