"""Every page of the site as Markdown, and every file beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from osteon import sbml
from osteon.evidence.claims import Evidence
from osteon.exporters.bundle import bundle
from osteon.pages.matrices import matrices
from osteon.pages.rendering import environment, style
from osteon.pages.report import apart, conflicts, counts
from osteon.pages.summaries import sizes, summaries
from osteon.simulation import copasi
from osteon.simulation.model import Model
from osteon.site import documents, downloads, shipped
from osteon.site.expression import computed, expression
from osteon.site.results import SiteResults
from osteon.site.texts import escaped, raw
from osteon.verification.scorecard import Scorecard

if TYPE_CHECKING:
    from jinja2 import Environment

_WIDE = "---\nhtml_theme.sidebar_secondary.remove: true\n---\n"
"""Front matter of a page without a table of contents at its side."""


@dataclass
class SiteContent:
    """Pages by name, without ending, and files by path; all of it lies below the site's root."""

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def content(found: SiteResults, wheel: str | None, step: Callable[[], None]) -> SiteContent:
    """Lay out the whole site.

    Args:
        found: what it tells.
        wheel: file name of COPASI for the browser; ``None`` for a site without it.
        step: called after each model, to show progress.
    """
    made = SiteContent()
    for model in found.models:
        _add_model(made, found, model, wheel)
        step()
    for evidence in found.sources:
        made.pages[f"sources/{evidence.source.id}"] = _source(found, evidence)
    made.pages["index"] = _home(found)
    made.pages["scorecard"] = f"{_WIDE}# Scorecard\n\n{_filled('scorecard.html', found=found)}\n"
    if found.landmarks:
        made.pages["landmarks"] = f"{_WIDE}# Landmarks\n\n{_filled('landmarks.html', found=found)}\n"
    for folder, title, listed in _indexes(found):
        names = [name for name in made.pages if name.startswith(f"{folder}/")]
        made.pages[folder] = f"{_WIDE}# {title}\n\n{listed}\n\n{_tree(names)}"
    documents.add(made.pages, made.files, found.project.root)
    for asset in ("try.mjs", "worker.mjs"):
        made.files[f"try/{asset}"] = _asset(asset).encode()
    if wheel is not None:
        name, archive = shipped.archive()
        made.files[f"try/{name}"] = archive
    made.files["_static/icon.svg"] = _asset("icon.svg").encode()
    made.files["_static/site.css"] = (_scoped(style()) + _asset("site.css")).encode()
    return made


def _indexes(found: SiteResults) -> Iterator[tuple[str, str, str]]:
    """Yield the page of each folder: its name, its title, and what it lists, as HTML."""
    lists = {
        "models": ("Models", [(m.name, m.binding.title, found.portraits[m.name].prose[:1]) for m in found.models]),
        "sources": ("Sources", [(e.source.id, e.source.title, (e.source.summary,)) for e in found.sources]),
        "try": ("Try it", [(m.name, m.binding.title, (_extent(m),)) for m in found.models]),
    }
    for folder, (title, entries) in lists.items():
        yield folder, title, _filled("index.html", folder=folder, entries=entries)


def _extent(model: Model) -> str:
    binding = model.binding
    counts = f"{len(binding.interventions)} interventions to combine, {len(binding.observables)} observables to watch"
    return f"{counts}, in {' or '.join(one.replace('_', ' ') for one in binding.settings)}."


def _add_model(made: SiteContent, found: SiteResults, model: Model, wheel: str | None) -> None:
    name = model.name
    one = bundle(found.project, name)
    offered = list(downloads.downloads(one))
    made.files.update({f"downloads/{name}/{file.path}": file.content for file, _ in offered})
    modules = None if wheel is None else shipped.archive()[0]
    known = expression(model, {e.source.id: e for e in one.sources}, one.provenance, wheel, modules)
    made.files[f"try/{name}/expression.json"] = _json(known)
    text = sbml.with_observables(model.sbml, model.formulas, model.shown)
    made.files[f"try/{name}/{name}.cps"] = copasi.saved(text, name).encode()
    made.files.update({f"try/{name}/{path}": _json(answer) for path, answer in computed(model, known)})
    title = escaped(model.binding.title)
    made.pages[f"try/{name}"] = f"{_WIDE}# Try it: {title}\n\n{_filled('try.html', model=model, found=found)}\n"
    shown = found.portraits[name]
    own = Scorecard(tuple(result for result in found.card.results if result.model == name))
    sections = {
        "": _filled("model.html", part="opening", shown=shown, picture=found.pictures[name]),
        "Network": _filled("model.html", part="network", shown=shown) if shown.diagram else "",
        "Downloads": _filled("model.html", part="downloads", shown=shown, files=offered),
        "Agreement with the evidence": _filled(
            "model.html",
            part="verdicts",
            matrices=matrices(found.sources, own),
            counts=counts(own),
            summary=summaries(own)[0],
            sizes=sizes(own),
            landmarks=bool(own.landmarks.results),
        ),
        "Model contents": _filled("model.html", part="inside", shown=shown),
    }
    parts = (f"## {heading}\n\n{text}" if heading else text for heading, text in sections.items() if text)
    made.pages[f"models/{name}"] = "\n\n".join([f"# {title}", *parts])


def _source(found: SiteResults, evidence: Evidence) -> str:
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


def _home(found: SiteResults) -> str:
    told = [(one.source, found.pictures.get(one.source.id)) for one in found.sources]
    body = _filled("home.html", found=found, told=told)
    trees = _tree(["scorecard", *["landmarks"] * bool(found.landmarks), "models", "sources", "try", "docs/index"])
    return f"{_WIDE}# Osteon\n\n{body}\n\n{trees}"


def _tree(names: Sequence[str]) -> str:
    lines = "\n".join(f"/{name}" for name in names)
    return f"```{{toctree}}\n:hidden:\n\n{lines}\n```\n"


def _filled(template: str, **values: Any) -> str:
    return raw(_templates().get_template(template).render(**values))


@cache
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
