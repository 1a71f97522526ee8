"""Every page of the site as Markdown, and every file beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from osteon.evidence import Evidence
from osteon.export.subject import subject
from osteon.library import Library
from osteon.model import Model
from osteon.pages.cards import Card, cards
from osteon.pages.courses import Courses
from osteon.pages.matrices import Matrix, matrices
from osteon.pages.rendering import environment, style
from osteon.report import Portrait, apart, conflicts, counts, portrait
from osteon.scorecard import ClaimResult, Scorecard
from osteon.site import copasi, documents, downloads
from osteon.site.expression import courses as reported_courses
from osteon.site.expression import expression
from osteon.site.texts import escaped, raw
from osteon.verification import verify

if TYPE_CHECKING:
    from jinja2 import Environment

_WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"
"""Front matter of a page without a table of contents at its side."""


@dataclass
class Content:
    """Pages by name, without ending, and files by path; all of it lies below the site's root."""

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Findings:
    """What the whole site tells: every source, model and verdict."""

    library: Library
    models: tuple[Model, ...]
    sources: tuple[Evidence, ...]
    card: Scorecard
    cards: tuple[Card, ...]
    portraits: Mapping[str, Portrait]

    @property
    def matrices(self) -> list[Matrix]:
        """The scorecard, a section for each source."""
        return matrices(self.sources, self.card)


def findings(library: Library, models: Sequence[Model], step: Callable[[], None]) -> Findings:
    """Judge models and gather what pages tell of them; ``step`` is called after each model."""
    # A mechanism of one source comes before the one that joins it with others.
    models = tuple(sorted(models, key=lambda model: len(model.binding.sources)))
    named = dict.fromkeys(source for model in models for source in model.binding.sources)
    sources = tuple(sorted((library.evidence(name) for name in named), key=lambda one: one.source.tag))
    results: list[ClaimResult] = []
    portraits = {}
    for model in models:
        results += verify(model, library.claims(model.binding)).results
        portraits[model.name] = portrait(library, model)
        step()
    laid_out = cards(sources, results, {model.name: Courses(model) for model in models}, library.vocabulary)
    return Findings(library, models, sources, Scorecard(tuple(results)), tuple(laid_out), portraits)


def content(found: Findings, wheel: str | None, step: Callable[[], None]) -> Content:
    """Lay out the whole site.

    Args:
        found: what it tells.
        wheel: file name of COPASI for the browser; ``None`` for a site without it.
        step: called after each model, to show progress.
    """
    made = Content()
    for model in found.models:
        _add_model(made, found, model, wheel)
        step()
    for evidence in found.sources:
        made.pages[f"sources/{evidence.source.id}"] = _source(found, evidence)
    made.pages["index"] = _home(found, made)
    made.pages["scorecard"] = f"{_WIDE}# Scorecard\n\n{_filled('scorecard.html', found=found)}\n"
    for folder, title, text in _INDEXES:
        names = [name for name in made.pages if name.startswith(f"{folder}/")]
        made.pages[folder] = f"# {title}\n\n{text}\n\n{_tree(names)}"
    documents.add(made.pages, made.files, found.library.root)
    for asset in ("try.mjs", "schedule.mjs", "worker.mjs", "engine.py"):
        made.files[f"try/{asset}"] = _asset(asset).encode()
    made.files["_static/icon.svg"] = _asset("icon.svg").encode()
    made.files["_static/site.css"] = (_scoped(style()) + _asset("site.css")).encode()
    return made


_INDEXES = (
    ("models", "Models", "Each model with its verdicts, parameters, equations, and files for other programs."),
    ("sources", "Sources", "What each source reports, claim by claim, and what the models make of it."),
    ("try", "Try it", "Choose what to do to a model and watch it: COPASI runs in the page."),
)


def _add_model(made: Content, found: Findings, model: Model, wheel: str | None) -> None:
    name = model.name
    one = subject(found.library, name)
    offered = list(downloads.downloads(one))
    made.files.update({f"downloads/{name}/{file.path}": file.content for file, _ in offered})
    picture = downloads.picture(model)
    if picture is not None:
        made.files[f"pictures/{name}.svg"] = picture
    known = expression(model, {e.source.id: e for e in one.sources}, one.provenance, wheel)
    made.files[f"try/{name}/expression.json"] = _json(known)
    made.files[f"try/{name}/{name}.cps"] = copasi.file(model).encode()
    made.files.update({f"try/{name}/{path}": _json(course) for path, course in reported_courses(model, known)})
    title = escaped(model.binding.title)
    made.pages[f"try/{name}"] = f"{_WIDE}# Try it: {title}\n\n{_filled('try.html', model=model, found=found)}\n"
    counted = [row for row in counts(found.card) if row.model == name]
    shown = found.portraits[name]
    own = _of_model(found, name)
    made.pages[f"models/{name}"] = "\n\n".join(
        [
            f"# {title}",
            _filled("model.html", part="opening", shown=shown, picture=picture, files=offered, counts=counted),
            "## What it makes of the evidence",
            _filled("model.html", part="verdicts", matrices=own, counts=counted),
            "## What it is made of",
            _filled("model.html", part="inside", shown=shown),
        ]
    )


def _of_model(found: Findings, name: str) -> list[Matrix]:
    return matrices(found.sources, Scorecard(tuple(r for r in found.card.results if r.model == name)))


def _source(found: Findings, evidence: Evidence) -> str:
    source = evidence.source
    parts = [
        f"# {escaped(source.title)}",
        _filled("source.html", part="opening", evidence=evidence),
        "## Scorecard",
        _filled("source.html", part="scorecard", found=found, evidence=evidence),
    ]
    sides = [group for group in conflicts(found.cards) if any(card.evidence is evidence for card in group)]
    if sides:
        parts += ["## Where sources disagree", _filled("source.html", part="conflicts", groups=sides)]
    for heading, chosen in apart(evidence, found.cards):
        if chosen:
            parts += [f"## {heading} ({len(chosen)})", _filled("source.html", part="claims", cards=chosen)]
    return "\n\n".join(parts)


def _home(found: Findings, made: Content) -> str:
    stems = {model.name for model in found.models}
    pictured = [(one.source, f"pictures/{one.source.id}.svg") for one in found.sources if one.source.id in stems]
    told = [(source, path if path in made.files else None) for source, path in pictured]
    body = _filled("home.html", found=found, counts=counts(found.card), told=told)
    trees = _tree(["scorecard", "models", "sources", "try", "docs/index"], hidden=True)
    return f"{_WIDE}# Osteon\n\n{body}\n\n{trees}"


def _tree(names: Sequence[str], hidden: bool = False) -> str:
    lines = "\n".join(f"/{name}" for name in names)
    return f"```{{toctree}}\n:maxdepth: 1\n{':hidden:' if hidden else ''}\n\n{lines}\n```\n"


def _filled(template: str, **values: Any) -> str:
    return raw(_templates().get_template(template).render(**values))


def _templates() -> Environment:
    from jinja2 import ChoiceLoader, PackageLoader

    loader = ChoiceLoader([PackageLoader("osteon.site"), PackageLoader("osteon.pages")])
    return environment().overlay(loader=loader)


def _asset(name: str) -> str:
    return files("osteon.site").joinpath("assets", name).read_text(encoding="utf-8")


def _scoped(css: str) -> str:
    """Return the report's style for the parts of a page that are made as in the report; the theme styles the rest."""
    colours, mark, rest = css.partition("* { box-sizing")
    rest, _, _ = rest.partition("@page")
    return f"{colours}\n.osteon {{\n{mark}{rest}\n}}\n"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
