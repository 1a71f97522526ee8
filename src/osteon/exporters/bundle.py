"""What an exporter is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from osteon.evidence.bindings import ParameterBinding
from osteon.evidence.claims import Claim, Evidence
from osteon.evidence.project import Project
from osteon.experiments import experiment as experiments
from osteon.simulation.model import Model, load, read_text


@dataclass(frozen=True)
class File:
    """One file to be written: its path below the folder of the export, with ``/``, and its content."""

    path: str
    content: bytes

    @classmethod
    def text(cls, path: str, text: str) -> File:
        """Return a file of text, in UTF-8."""
        return cls(path, text.encode())


@dataclass(frozen=True)
class Bundle:
    """One model with all that its files for other tools tell of it.

    ``provenance`` holds the range and the source of every parameter, those of its parts included; ``antimony`` the text
    of its own Antimony file and of those that it imports, by file name; ``documents`` that of its binding, those of its
    parts, the evidence and the vocabulary, by path in the project. ``titles`` are those of its parts, by the prefix of
    their symbols; ``layout`` is the text of the layout of its diagram, where there is one.
    """

    model: Model
    sources: tuple[Evidence, ...]
    provenance: Mapping[str, ParameterBinding]
    antimony: Mapping[str, str]
    documents: Mapping[str, str]
    titles: Mapping[str, str]
    layout: str | None

    @property
    def name(self) -> str:
        """The model's id, and the stem of its files."""
        return self.model.name

    @property
    def claims(self) -> tuple[tuple[str, Claim], ...]:
        """Every claim that the model answers to, with the id of its source."""
        return tuple((evidence.source.id, claim) for evidence in self.sources for claim in evidence.claims)

    @cached_property
    def design(self) -> experiments.ExperimentSet:
        """Every experiment of its claims, for programs that know no schedules; the same for every exporter."""
        return experiments.design(self.model, (claim for _, claim in self.claims))


def bundle(project: Project, name: str) -> Bundle:
    """Gather one model of a project for export.

    Raises:
        UnknownIdError: if there is no such model.
        ProjectError: if one of its files is wrong.
    """
    model = load(project, name)
    files = [project.files(stem) for stem in (name, *model.binding.parts.values())]
    words = project.root / "evidence" / "vocabulary.toml"
    evidence = [project.files(source).evidence for source in model.binding.sources]
    themes = [words.parent / "landmarks" / f"{theme}.toml" for theme in model.binding.landmarks]
    documents = [*(path.binding for path in files), *evidence, *themes, words]
    return Bundle(
        model=model,
        sources=tuple(project.evidence(source) for source in model.binding.sources),
        provenance=model.parameters,
        antimony={path.antimony.name: read_text(path.antimony, path.shown(path.antimony)) for path in files},
        documents={files[0].shown(path): read_text(path, files[0].shown(path)) for path in documents},
        titles={prefix: project.binding(part).title for prefix, part in model.binding.parts.items()},
        layout=read_text(files[0].layout, files[0].shown(files[0].layout)) if files[0].layout.is_file() else None,
    )
