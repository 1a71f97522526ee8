"""Building: from a project's hand-written files to its generated ones, with every fault found on the way."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from osteon.authoring import losses, overview
from osteon.authoring.curation import binding_findings, claim_findings
from osteon.dynamics.model import Model, read_text
from osteon.ensembles.recorded import necessity
from osteon.errors import CompilationError, Finding, OsteonError, ProjectError
from osteon.inputs.bindings import Binding
from osteon.inputs.documents import Document
from osteon.inputs.evidence import Evidence, Vocabulary
from osteon.inputs.library import Files, Library
from osteon.mechanisms import sbml
from osteon.mechanisms.compilation import antimony_findings, compile_antimony, model_findings
from osteon.verdicts.verification import verify

SCHEMAS: dict[str, type[Document]] = {"binding": Binding, "evidence": Evidence, "vocabulary": Vocabulary}
"""The documents that have a JSON Schema, by the schema's stem."""


def built(library: Library, names: Sequence[str] | None) -> list[tuple[str, Path, str]]:
    """Return every generated file as (path as the user knows it, path, text).

    Args:
        library: of the project.
        names: models to compile; all of them, and the schemas, if not given.

    Raises:
        ProjectError: with every fault in the hand-written files, so that nothing half-right is written.
    """
    findings: list[Finding] = []
    files: list[tuple[str, Path, str]] = []
    for name in names or library.model_names:
        paths = library.known_files(name)
        found = _model_findings(library, name)
        findings += found
        if not found:
            files.append((paths.shown(paths.sbml), paths.sbml, compiled(library, name)))
    if findings:
        raise ProjectError(findings)
    if names:
        return files
    models = [_model(library, name) for name in library.model_names]
    return files + _schemas(library) + _readme(library, models) + _losses(library, models)


def _model(library: Library, name: str) -> Model:
    return Model(compiled(library, name), library.binding(name), library.vocabulary, shown=name)


def compiled(library: Library, name: str) -> str:
    """Return the SBML text of one model, compiled from its Antimony; see `compile_antimony`."""
    files = library.known_files(name)
    shown = files.shown(files.antimony)
    text = read_text(files.antimony, shown)
    title = library.binding(name).title
    return compile_antimony(text, title=title, shown=shown, folder=files.antimony.parent)


def mechanism_findings(library: Library, name: str) -> list[Finding]:
    """Return every fault in the files of one mechanism, a stale SBML file included.

    Raises:
        UnknownIdError: if there is no such mechanism.
    """
    files = library.known_files(name)
    findings = _model_findings(library, name)
    if not findings:
        text = read_text(files.sbml, files.shown(files.sbml)) if files.sbml.is_file() else ""
        if text != compiled(library, name):
            findings.append(Finding(files.shown(files.sbml), f"stale; `osteon build {name}` writes it anew"))
    return findings


def _model_findings(library: Library, name: str) -> list[Finding]:
    """Return the faults of the first stage that has any: a later stage would only repeat them in other words."""
    files = library.known_files(name)
    shown = files.shown(files.antimony)
    try:
        binding = library.binding(name)
        claims = list(library.claims(binding))
        inherited = library.inherited(binding)
        findings = list(antimony_findings(read_text(files.antimony, shown), shown))
        document = None if findings else sbml.read(compiled(library, name), shown)
    except ProjectError as error:
        return list(error.findings)
    except CompilationError as error:
        where, _, what = str(error).partition(": ")
        return [Finding(where, what)]
    if document is None:
        return findings
    where = files.shown(files.binding)
    return list(model_findings(document, shown)) or [
        *binding_findings(binding, document, where, inherited=inherited),
        *claim_findings(binding, claims, where),
    ]


def _schemas(library: Library) -> list[tuple[str, Path, str]]:
    files = []
    for stem, kind in SCHEMAS.items():
        path = library.root / "schemas" / f"{stem}.schema.json"
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        files.append((Files(library.root, stem).shown(path), path, text))
    return files


def _readme(library: Library, models: Iterable[Model]) -> list[tuple[str, Path, str]]:
    """Return the README with its table of models, where the project's README has a place for one."""
    path = library.root / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if overview.START not in text:
        return []
    rows = []
    for model in models:
        document = sbml.read(model.sbml, model.shown)
        size = (document.getModel().getNumSpecies(), document.getModel().getNumReactions())
        card = verify(model, library.claims(model.binding))
        rows.append((model.name, [library.evidence(source) for source in model.binding.sources], *size, card))
    return [("README.md", path, overview.inserted(text, overview.table(rows)))]


def _losses(library: Library, models: Iterable[Model]) -> list[tuple[str, Path, str]]:
    """Return the document on ablation with its tables, where the project has one and results on record."""
    path = library.root / "docs" / "ablation.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if "<!-- ablation:" not in text:
        return []
    recorded = [necessity(library, model) for model in models]
    found = [(result, current) for result, current in recorded if result is not None]
    claims = (claim for name in library.source_names for claim in library.evidence(name).claims)
    block = losses.tables(found, {claim.id: claim.statement for claim in claims})
    return [("docs/ablation.md", path, overview.inserted(text, block, "ablation"))]


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8, with line ends as they are.

    Raises:
        OsteonError: if the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        raise OsteonError(f"{path}: cannot be written: {error.strerror}") from None
