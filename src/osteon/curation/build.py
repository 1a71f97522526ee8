"""Building: from a project's hand-written files to its generated ones, with every fault found on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from osteon import sbml
from osteon.analysis.ablation.recorded import ablation
from osteon.analysis.ablation.tables import ablation_tables
from osteon.curation import overview
from osteon.curation.lint import binding_findings, claim_findings, reason_findings
from osteon.errors import CompilationError, Finding, ProjectError
from osteon.evidence.bindings import Binding
from osteon.evidence.claims import Evidence, Vocabulary
from osteon.evidence.landmarks import Landmarks
from osteon.evidence.project import Files, Project, readable
from osteon.evidence.references import claims_of, conflict_findings, held_out_findings, landmark_findings, tag_findings
from osteon.evidence.toml import Document
from osteon.sbml.antimony import compile_antimony, model_findings
from osteon.sbml.antimony_text import antimony_findings, read_antimony
from osteon.simulation.model import Model, read_text
from osteon.verification.verify import verify

SCHEMAS: dict[str, type[Document]] = {
    "binding": Binding,
    "evidence": Evidence,
    "landmarks": Landmarks,
    "vocabulary": Vocabulary,
}
"""The documents that have a JSON Schema, by the schema's stem."""


def built(project: Project, names: Sequence[str] | None) -> list[tuple[str, Path, str]]:
    """Return every generated file as (path as the user knows it, path, text).

    Args:
        project: of the project.
        names: models to compile; all of them, and the schemas, if not given.

    Raises:
        ProjectError: with every fault in the hand-written files, so that nothing half-right is written.
    """
    findings: list[Finding] = []
    files: list[tuple[str, Path, str]] = []
    for name in names or project.model_names:
        paths = project.known_files(name)
        found = _model_findings(project, name)
        findings += found
        if not found:
            files.append((paths.shown(paths.sbml), paths.sbml, compiled(project, name)))
    if findings:
        raise ProjectError(findings)
    if names:
        return files
    models = [_model(project, name) for name in project.model_names]
    return files + _schemas(project) + _readme(project, models) + _losses(project, models)


def _model(project: Project, name: str) -> Model:
    return Model(compiled(project, name), project.binding(name), project.vocabulary, shown=name, foreign=False)


def compiled(project: Project, name: str) -> str:
    """Return the SBML text of one model, compiled from its Antimony; see `compile_antimony`."""
    files = project.known_files(name)
    shown = files.shown(files.antimony)
    text = read_antimony(files.antimony, shown)
    title = project.binding(name).title
    return compile_antimony(text, title=title, shown=shown, folder=files.antimony.parent)


def mechanism_findings(project: Project, name: str) -> list[Finding]:
    """Return every fault in the files of one mechanism, a stale SBML file included.

    Raises:
        UnknownIdError: if there is no such mechanism.
    """
    files = project.known_files(name)
    findings = _model_findings(project, name)
    if not findings:
        text = read_text(files.sbml, files.shown(files.sbml)) if files.sbml.is_file() else ""
        if text != compiled(project, name):
            findings.append(Finding(files.shown(files.sbml), f"stale; `osteon build {name}` writes it anew"))
    return findings


def _model_findings(project: Project, name: str) -> list[Finding]:
    """Return the faults of the first stage that has any: a later stage would only repeat them in other words."""
    files = project.known_files(name)
    shown = files.shown(files.antimony)
    try:
        binding = project.binding(name)
        crossed = _source_findings(project, binding)
        if crossed:
            return crossed
        claims = list(project.claims(binding))
        inherited = project.inherited(binding)
        text = read_antimony(files.antimony, shown)
        findings = list(antimony_findings(text, shown, files.antimony.parent))
        document = None if findings else sbml.read(compiled(project, name), shown)
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
        *reason_findings(binding, _claim_ids(project), where),
    ]


def _source_findings(project: Project, binding: Binding) -> list[Finding]:
    """Return what is wrong between the sources of a model, the one of its name included, and all others.

    Raises:
        ProjectError: if one of its own sources has faults; those of others are no concern of this model.
    """
    own = {*binding.sources, *{binding.id}.intersection(project.source_names)}
    _, faults = readable(project.evidence, [name for name in project.source_names if name in own])
    if faults:
        raise ProjectError(faults)
    sources, foreign = readable(project.evidence, project.source_names)
    themes, broken = readable(project.theme, project.theme_names)
    _, faults = readable(project.theme, binding.landmarks)
    if faults:
        raise ProjectError(faults)
    complete = not (foreign or broken)
    return [
        *tag_findings(sources, own),
        *conflict_findings(sources, own, themes, complete=complete),
        *landmark_findings(themes, sources, binding.landmarks, complete=complete),
        *held_out_findings(sources, own, project.vocabulary),
    ]


def _claim_ids(project: Project) -> set[str]:
    """Return the ids of all claims of the project that can be read."""
    sources, _ = readable(project.evidence, project.source_names)
    themes, _ = readable(project.theme, project.theme_names)
    return {claim.id for claim in claims_of(sources, themes)}


def _schemas(project: Project) -> list[tuple[str, Path, str]]:
    files = []
    for stem, kind in SCHEMAS.items():
        path = project.root / "schemas" / f"{stem}.schema.json"
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        files.append((Files(project.root, stem).shown(path), path, text))
    return files


def _readme(project: Project, models: Iterable[Model]) -> list[tuple[str, Path, str]]:
    """Return the README with its table of models, where the project's README has a place for one."""
    path = project.root / "README.md"
    text = read_text(path, "README.md") if path.is_file() else ""
    if overview.START not in text:
        return []
    rows = []
    for model in models:
        document = sbml.read(model.sbml, model.shown)
        size = (document.getModel().getNumSpecies(), document.getModel().getNumReactions())
        card = verify(model, project.answers(model.binding))
        rows.append((model.binding, [project.evidence(source) for source in model.binding.sources], *size, card))
    return [("README.md", path, overview.inserted(text, overview.table(rows)))]


def _losses(project: Project, models: Iterable[Model]) -> list[tuple[str, Path, str]]:
    """Return the document on ablation with its tables, where the project has one and results on record."""
    path = project.root / "docs" / "ablation.md"
    text = read_text(path, "docs/ablation.md") if path.is_file() else ""
    if "<!-- ablation:" not in text:
        return []
    recorded = [ablation(project, model) for model in models]
    found = [(result, changes) for result, changes in recorded if result is not None]
    claims = (claim for name in project.source_names for claim in project.evidence(name).claims)
    block = ablation_tables(found, {claim.id: claim.statement for claim in claims})
    return [("docs/ablation.md", path, overview.inserted(text, block, "ablation"))]
