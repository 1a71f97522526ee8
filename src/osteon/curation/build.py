"""Building: from a project's hand-written files to its generated ones, with every fault found on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from osteon import sbml
from osteon.analysis.ablation.recorded import ablation
from osteon.analysis.ablation.tables import ablation_tables
from osteon.curation import classes, evidence_page, overview
from osteon.curation.lint import binding_findings, claim_findings, reason_findings
from osteon.errors import CompilationError, Finding, ProjectError
from osteon.evidence.bindings import Binding, ParameterBinding
from osteon.evidence.claims import Evidence, Vocabulary
from osteon.evidence.landmarks import Landmarks
from osteon.evidence.priors import Priors, class_findings, outside
from osteon.evidence.project import Files, Project, readable
from osteon.evidence.references import claims_of, conflict_findings, held_out_findings, landmark_findings, tag_findings
from osteon.evidence.toml import Document
from osteon.sbml.antimony import compile_antimony, model_findings
from osteon.sbml.antimony_text import antimony_findings, read_antimony
from osteon.simulation.model import Model, ranged_parameters, read_text
from osteon.verification.scorecard import Scorecard
from osteon.verification.verify import verify

_EVIDENCE, _SUMMARY = "docs/evidence.md", "<!-- summary:"
"""The document on evidence, and the mark before its summary."""

SCHEMAS: dict[str, type[Document]] = {
    "binding": Binding,
    "evidence": Evidence,
    "landmarks": Landmarks,
    "priors": Priors,
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
    cards = _cards(project, models)
    return [
        *files,
        *_schemas(project),
        *_readme(project, models, cards),
        *_evidence(project, cards),
        *_losses(project, models),
        *_ranges(project, models),
    ]


def _model(project: Project, name: str) -> Model:
    text, binding = compiled(project, name), project.binding(name)
    parameters = ranged_parameters(project, binding, sbml.read(text, name))
    return Model(text, binding, project.vocabulary, shown=name, parameters=parameters, foreign=False)


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


def mechanism_warnings(project: Project, name: str) -> list[Finding]:
    """Return what is worth knowing of a mechanism without faults: each value outside the range of its class.

    Raises:
        UnknownIdError: if there is no such mechanism.
        ProjectError: if its files have faults.
    """
    files, binding = project.known_files(name), project.binding(name)
    document = sbml.read(compiled(project, name), files.shown(files.antimony))
    values = sbml.parameter_values(document.getModel())
    parameters = ranged_parameters(project, binding, document)
    return [
        Finding(
            f"{files.shown(files.binding)}: parameters.{one}",
            f"the model's value {values[one]:g} lies outside {_class_range(parameters[one])}",
            "warning",
        )
        for one in outside(parameters, values)
    ]


def _class_range(entry: ParameterBinding) -> str:
    low, high = entry.range or (0.0, 0.0)
    return f"the range of its class {entry.prior!r}, {low:.3g} to {high:.3g} {entry.unit}"


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
        inherited, priors = project.inherited(binding), project.priors
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
        *reason_findings(binding.parameters, _claim_ids(project), f"{where}: parameters"),
        *reason_findings(priors.classes, _claim_ids(project), "models/priors.toml: classes"),
        *class_findings(binding.parameters, priors, sbml.parameter_values(document.getModel()), where),
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


def _cards(project: Project, models: Iterable[Model]) -> list[Scorecard]:
    """Judge every model, where a document of the project shows what becomes of the claims."""
    if not any(mark in _text(project, path) for path, mark in (("README.md", overview.START), (_EVIDENCE, _SUMMARY))):
        return []
    return [verify(model, project.answers(model.binding), record=project.shares.get(model.name)) for model in models]


def _text(project: Project, path: str) -> str:
    """Return the text of a document; empty where the project has none of this name."""
    found = project.root / path
    return read_text(found, path) if found.is_file() else ""


def _readme(project: Project, models: Iterable[Model], cards: Iterable[Scorecard]) -> list[tuple[str, Path, str]]:
    """Return the README with its table of models, where the project's README has a place for one."""
    text = _text(project, "README.md")
    if overview.START not in text:
        return []
    rows = []
    for model, card in zip(models, cards, strict=True):
        document = sbml.read(model.sbml, model.shown)
        size = (document.getModel().getNumSpecies(), document.getModel().getNumReactions())
        rows.append((model.binding, [project.evidence(source) for source in model.binding.sources], *size, card))
    return [("README.md", project.root / "README.md", overview.inserted(text, overview.table(rows)))]


def _evidence(project: Project, cards: Iterable[Scorecard]) -> list[tuple[str, Path, str]]:
    """Return the document on evidence with its numbers, where the project has one."""
    text = _text(project, _EVIDENCE)
    if _SUMMARY not in text:
        return []
    claims = [claim for name in project.source_names for claim in project.evidence(name).claims]
    landmarks = [claim for name in project.theme_names for claim in project.theme(name).claims]
    text = overview.inserted(text, evidence_page.kinds(claims, landmarks, project.vocabulary), "kinds")
    text = overview.inserted(text, evidence_page.statements(cards), "summary")
    return [(_EVIDENCE, project.root / _EVIDENCE, text)]


def _losses(project: Project, models: Iterable[Model]) -> list[tuple[str, Path, str]]:
    """Return the document on ablation with its tables, where the project has one and results on record."""
    path = project.root / "docs" / "ablation.md"
    text = _text(project, "docs/ablation.md")
    if "<!-- ablation:" not in text:
        return []
    recorded = [ablation(project, model) for model in models]
    found = [(result, changes) for result, changes in recorded if result is not None]
    claims = (claim for name in project.source_names for claim in project.evidence(name).claims)
    block = ablation_tables(found, {claim.id: claim.statement for claim in claims})
    return [("docs/ablation.md", path, overview.inserted(text, block, "ablation"))]


def _ranges(project: Project, models: Sequence[Model]) -> list[tuple[str, Path, str]]:
    """Return the documents that have a place for tables of the classes of quantities and of what lies outside them."""
    parameters, values = {}, {}
    for model in models:
        document = sbml.read(model.sbml, model.shown)
        values[model.name] = sbml.parameter_values(document.getModel())
        found = ranged_parameters(project, model.binding, document)
        parameters[model.name] = {name: entry for name, entry in found.items() if name in values[model.name]}
    beyond = {name: outside(entries, values[name]) for name, entries in parameters.items()}
    blocks = {
        "classes": classes.class_table(project.priors, (model.binding.parameters for model in models)),
        "ranges": classes.range_table(parameters, beyond),
        "outside": classes.outside_table(parameters, values, beyond),
    }
    return [
        (f"docs/{path.name}", path, _with_blocks(path.read_text(encoding="utf-8"), blocks))
        for path in sorted((project.root / "docs").glob("*.md"))
        if any(f"<!-- {block}:" in path.read_text(encoding="utf-8") for block in blocks)
    ]


def _with_blocks(text: str, blocks: Mapping[str, str]) -> str:
    for name, block in blocks.items():
        text = overview.inserted(text, block, name) if f"<!-- {name}:" in text else text
    return text
