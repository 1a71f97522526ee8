"""Where the files are: finding a project, reading its evidence and bindings, and checking that their words agree.

A project is a folder with ``evidence/vocabulary.toml``. Commands use the one they are run in, and outside of any
project the one that the package carries. Only this module and the command line know paths.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from osteon.errors import Finding, ProjectError, UnknownIdError, listing, suggestion
from osteon.evidence import toml
from osteon.evidence.bindings import Binding, ParameterBinding
from osteon.evidence.claims import Claim, Evidence, Vocabulary
from osteon.evidence.conditions import parse
from osteon.evidence.landmarks import Landmarks
from osteon.evidence.priors import Priors
from osteon.evidence.references import (
    shown_evidence,
    shown_theme,
    tag_findings,
    unknown_in_binding,
    unknown_in_evidence,
    unknown_in_theme,
)
from osteon.files import read_file

_MARK = Path("evidence", "vocabulary.toml")
_PRIORS = Path("models", "priors.toml")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PACKAGED = Path(__file__).parents[1] / "data"
_CHECKOUT = Path(__file__).parents[3]

T = TypeVar("T")


def shipped() -> Path:
    """Return the project that comes with the package: inside a wheel, or the checkout of an editable install."""
    return _PACKAGED if (_PACKAGED / _MARK).is_file() else _CHECKOUT


def find_project(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` that is a project, else the shipped one."""
    for folder in (start, *start.parents):
        if (folder / _MARK).is_file():
            return folder
    return shipped()


@dataclass(frozen=True)
class Files:
    """The files of one mechanism; they share a stem."""

    root: Path
    name: str

    @property
    def antimony(self) -> Path:
        """The model as a modeller writes it."""
        return self.root / "antimony" / f"{self.name}.ant"

    @property
    def sbml(self) -> Path:
        """The compiled model."""
        return self.root / "models" / "sbml" / f"{self.name}.xml"

    @property
    def binding(self) -> Path:
        """What the words mean in this model."""
        return self.root / "models" / "bindings" / f"{self.name}.toml"

    @property
    def layout(self) -> Path:
        """Where everything of its diagram lies."""
        return self.root / "models" / "layout" / f"{self.name}.json"

    @property
    def evidence(self) -> Path:
        """The source of the same name."""
        return self.root / "evidence" / f"{self.name}.toml"

    def result(self, kind: str) -> Path:
        """Return where a result that took long to compute is on record, such as that of ``ablation``."""
        return self.root / "models" / "results" / f"{self.name}.{kind}.json"

    def shown(self, path: Path) -> str:
        """Return a path as the user knows it: relative to the project where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


class Project:
    """A project's vocabulary, sources, bindings and results on record, as they are when first asked for.

    Each file is read and checked once. A new `Project` sees what has changed since.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self._contents: dict[Path, Any] = {}
        if not (self.root / _MARK).is_file():
            raise ProjectError([Finding(str(root), f"not an Osteon project: it has no {_MARK.as_posix()}")])

    def __repr__(self) -> str:
        return f"<Project {self.root}: {len(self.model_names)} models, {len(self.source_names)} sources>"

    def require_own(self, command: str) -> None:
        """Refuse to write into the project inside an installed package, which belongs to nobody who uses it.

        Raises:
            ProjectError: if this is that project.
        """
        if self.root == _PACKAGED.resolve():
            hint = "run it in a project, or name one with --project; `osteon new NAME --project FOLDER` starts one"
            raise ProjectError([Finding(f"osteon {command}", f"does not write into the installed package; {hint}")])

    def _once(self, path: Path, read: Callable[[Path], T]) -> T:
        """Return what a file holds, or raise its findings, as they were at the first reading."""
        if path not in self._contents:
            try:
                self._contents[path] = read(path)
            except ProjectError as error:
                self._contents[path] = error
        found: T | ProjectError = self._contents[path]
        if isinstance(found, ProjectError):
            raise ProjectError(found.findings)
        return found

    @property
    def vocabulary(self) -> Vocabulary:
        """The words."""
        return self._once(self.root / _MARK, lambda path: toml.read(path, Vocabulary, _MARK.as_posix()))

    @property
    def priors(self) -> Priors:
        """The classes of quantities, with the range of each; none where the project has no such file."""
        path = self.root / _PRIORS
        if not path.is_file():
            return Priors()
        return self._once(path, lambda path: toml.read(path, Priors, _PRIORS.as_posix()))

    @cached_property
    def model_names(self) -> tuple[str, ...]:
        """Every model of the project: one binding each."""
        return _names(self.root / "models" / "bindings")

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """Every source of the project: one evidence file each."""
        return tuple(name for name in _names(self.root / "evidence") if name != _MARK.stem)

    @cached_property
    def theme_names(self) -> tuple[str, ...]:
        """Every theme of landmarks: one file each."""
        return tuple(sorted(path.stem for path in (self.root / "evidence" / "landmarks").glob("*.toml")))

    def files(self, name: str) -> Files:
        """Return the files of a model, whether or not they exist.

        Raises:
            UnknownIdError: if the name is not a plain name, so that its files would lie elsewhere.
        """
        if not name.isidentifier():
            raise UnknownIdError(f"{name!r} is not a model's name: letters, digits and underscores only, no path")
        return Files(self.root, name)

    def known_files(self, name: str) -> Files:
        """Return the files of a model of this project.

        Raises:
            UnknownIdError: if there is no such model; suggests the nearest one.
        """
        if name not in self.model_names:
            if Files(self.root, name).binding.is_file():
                raise UnknownIdError(f"{name!r} is not a model's name: lower-case letters, digits and underscores")
            hint = suggestion(name, self.model_names) or f"; there are {listing(self.model_names) or 'none'}"
            raise UnknownIdError(f"unknown model {name!r}{hint}")
        return self.files(name)

    def evidence(self, name: str) -> Evidence:
        """Return one source, checked to speak only in words of the vocabulary.

        Raises:
            ProjectError: with every fault found.
        """

        def read(path: Path) -> Evidence:
            evidence = toml.read(path, Evidence, shown_evidence(name))
            _refuse(unknown_in_evidence(evidence, self.vocabulary, name))
            return evidence

        return self._once(self.root / "evidence" / f"{name}.toml", read)

    def theme(self, name: str) -> Landmarks:
        """Return the landmarks of one theme, checked to speak only in words of the vocabulary.

        Raises:
            ProjectError: with every fault found.
        """

        def read(path: Path) -> Landmarks:
            found = toml.read(path, Landmarks, shown_theme(name))
            _refuse(unknown_in_theme(found, self.vocabulary, name))
            return found

        return self._once(self.root / "evidence" / "landmarks" / f"{name}.toml", read)

    def binding(self, name: str) -> Binding:
        """Return the binding of one of the project's own models; see `read_binding`."""
        files = self.known_files(name)
        binding = self.read_binding(files.binding)
        if binding.id != name:
            raise ProjectError([Finding(files.shown(files.binding), f"id: {binding.id!r} is not the file's name")])
        return binding

    def read_binding(self, path: Path) -> Binding:
        """Return the binding in any file, with its words checked.

        Raises:
            ProjectError: with every fault found.
        """

        def read(path: Path) -> Binding:
            shown = Files(self.root, path.stem).shown(path)
            binding = toml.read(path, Binding, shown)
            _refuse(unknown_in_binding(binding, self.vocabulary, self.source_names, self.theme_names, shown))
            return binding

        return self._once(path.resolve(), read)

    def inherited(self, binding: Binding) -> dict[str, ParameterBinding]:
        """Return the provenance that a composed model takes over from its parts, by the names of its own symbols."""
        entries: dict[str, ParameterBinding] = {}
        for prefix, part in binding.parts.items():
            parameters = self.binding(part).parameters
            for name, entry in parameters.items():
                entries[f"{prefix}_{name}"] = _renamed(entry, prefix, parameters)
        return {name: entry for name, entry in entries.items() if name not in binding.parameters}

    def parameters(self, binding: Binding) -> dict[str, ParameterBinding]:
        """Return class or range, and source, of every parameter of a model, those of its parts included.

        `osteon.evidence.priors.ranged` puts the range of its class in place of each class.
        """
        return {**self.inherited(binding), **binding.parameters}

    def recorded(self, name: str, kind: str) -> dict[str, Any] | None:
        """Return a result on record, or ``None`` where there is none; see `Files.result`.

        Raises:
            ProjectError: if the file is not one that a command of this program wrote.
        """
        files = self.known_files(name)
        path = files.result(kind)
        result = self._result(path)
        if result is not None and result.get("model") != name:
            raise ProjectError([Finding(files.shown(path), f"not a result of model {name!r}; compute it anew")])
        return result

    @cached_property
    def shares(self) -> dict[str, dict[str, Any]]:
        """The robustness on record, by model: each as under ``models`` in the JSON of ``osteon robustness``.

        Raises:
            ProjectError: if the file is not one that this program wrote.
        """
        path = self.root / "docs" / "results" / "robustness.json"
        result = self._result(path)
        if result is None:
            return {}
        try:
            return {one["model"]: one for one in result["models"]}
        except (KeyError, TypeError):
            shown = path.relative_to(self.root).as_posix()
            raise ProjectError([Finding(shown, "not a result of `osteon robustness`; compute it anew")]) from None

    def _result(self, path: Path) -> dict[str, Any] | None:
        return self._once(path, self._read_result) if path.is_file() else None

    def _read_result(self, path: Path) -> dict[str, Any]:
        shown = path.relative_to(self.root).as_posix()
        try:
            result = json.loads(read_file(path))
        except (OSError, ValueError) as error:
            raise ProjectError([Finding(shown, f"not readable as JSON: {error}")]) from None
        if not isinstance(result, dict):
            raise ProjectError([Finding(shown, "not a result of this program; compute it anew")])
        return result

    def claims(self, binding: Binding) -> Iterator[tuple[str, Claim]]:
        """Yield every claim that a model answers to, with the id of its source.

        Raises:
            ProjectError: if two of the sources have one tag, so that results of one claim could pass for another's.
        """
        sources = [self.evidence(name) for name in binding.sources]
        _refuse(tag_findings(sources))
        for evidence in sources:
            for claim in evidence.claims:
                yield evidence.source.id, claim

    def answers(self, binding: Binding) -> Iterator[tuple[str, Claim]]:
        """Yield every claim and every landmark that a model is judged by; see `claims` and `landmarks`."""
        yield from self.claims(binding)
        yield from self.landmarks(binding)

    def landmarks(self, binding: Binding) -> Iterator[tuple[str, Claim]]:
        """Yield every landmark that a model is compared with, with the id of its theme."""
        for name in binding.landmarks:
            for claim in self.theme(name).claims:
                yield name, claim


def _names(folder: Path) -> tuple[str, ...]:
    """Return the stems of a folder's TOML files; what editors and systems leave beside them has other names."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml") if _NAME.fullmatch(path.stem) and path.is_file()))


def readable(read: Callable[[str], T], names: Iterable[str]) -> tuple[list[T], list[Finding]]:
    """Read all files that can be read, such as every binding by `Project.binding`.

    Returns:
        What was read, and each fault of the other files once.
    """
    found, findings = [], dict[Finding, None]()
    for name in names:
        try:
            found.append(read(name))
        except ProjectError as error:
            findings |= dict.fromkeys(error.findings)
    return found, list(findings)


def _refuse(findings: Iterable[Finding]) -> None:
    found = tuple(findings)
    if found:
        raise ProjectError(found)


def _renamed(entry: ParameterBinding, prefix: str, names: Iterable[str]) -> ParameterBinding:
    """Return an entry whose formula names the symbols of a part as the whole does."""
    if entry.formula is None:
        return entry
    pattern = r"\b(" + "|".join(map(re.escape, names)) + r")\b"
    return entry.model_copy(update={"formula": re.sub(pattern, rf"{prefix}_\1", entry.formula)})


def canonical_condition(text: str, binding: Binding, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Parse a condition that a user typed and see that the model can express it.

    Raises:
        UnknownIdError: if an intervention is unknown or not bound; suggests the nearest one that is.
    """
    try:
        names = parse(text)
    except ValueError as error:
        raise UnknownIdError(str(error)) from None
    for name in names:
        if name not in binding.interventions:
            fault = "is not bound by model" if name in vocabulary.interventions else "is unknown to model"
            hint = suggestion(name, binding.interventions) or f"; it has {listing(tuple(binding.interventions), 40)}"
            raise UnknownIdError(f"intervention {name!r} {fault} {binding.id!r}{hint}")
    return names
