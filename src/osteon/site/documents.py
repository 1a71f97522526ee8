"""The project's own documents as pages: README, CONTRIBUTING, everything in ``docs/``, and the Python API."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from osteon.site.texts import notebook, relinked

_GROUPS = {
    "First steps": ("getting_started", "evidence", "tutorial", "add_a_mechanism", "scoring"),
    "Does it hold?": ("models", "robustness", "ablation", "sensitivity", "performance", "cluster"),
    "Other programs": ("api", "reference", "interoperability", "json", "site"),
    "The project": ("decisions", "changelog"),
}
"""Documents by what people look for, in their order; one that is named nowhere joins the last group."""
_PAGES = {
    "README.md": "docs/getting_started",
    "CONTRIBUTING.md": "docs/add_a_mechanism",
    "CHANGELOG.md": "docs/changelog",
}
_TITLES = {"README.md": "Getting started", "CONTRIBUTING.md": "Add a mechanism"}
_REFERENCE = """# Python reference

What the docstrings say of every public function and type; the page *Python API* has an example of each.

```{eval-rst}
.. automodule:: osteon
   :members:
   :imported-members:

.. autoclass:: osteon.verification.results.ClaimResult
   :members:

.. autoclass:: osteon.verification.results.CheckResult
   :members:

.. autoclass:: osteon.simulation.timecourse.TimeCourse
   :members:

.. automodule:: osteon.evidence.criteria
   :members: holds, threshold

.. automodule:: osteon.errors
```
"""


def add(pages: dict[str, str], files: dict[str, bytes], root: Path) -> None:
    """Add the documents of a project to the pages, and their pictures to the files."""
    documents = {path: page for path, page in _PAGES.items() if (root / path).is_file()}
    documents |= {f"docs/{path.name}": f"docs/{path.stem}" for path in sorted((root / "docs").glob("*.md"))}
    notebooks = {f"docs/{path.name}": f"docs/{path.stem}" for path in sorted((root / "docs").glob("*.ipynb"))}
    known = documents | notebooks
    added = {}
    for path, page in documents.items():
        text = _titled((root / path).read_text(encoding="utf-8"), _TITLES.get(path))
        added[page] = relinked(text, path, known, page)
    for path, page in notebooks.items():
        text, pictures = notebook(root / path)
        added[page] = text
        files.update({f"docs/{name}": content for name, content in pictures.items()})
    for picture in sorted((root / "docs").rglob("*.svg")):
        files[picture.relative_to(root).as_posix()] = picture.read_bytes()
    added["docs/reference"] = _REFERENCE
    pages |= added
    pages["docs/index"] = "# Documentation\n\n" + "".join(_contents(added))


def _contents(added: Iterable[str]) -> Iterator[str]:
    """Yield a table of contents for each group that has documents."""
    rest = {page.rpartition("/")[2]: page for page in sorted(added)}
    groups = {title: [rest.pop(stem) for stem in stems if stem in rest] for title, stems in _GROUPS.items()}
    groups[next(reversed(groups))] += rest.values()
    for title, listed in groups.items():
        if listed:
            lines = "\n".join(f"/{page}" for page in listed)
            yield f"```{{toctree}}\n:maxdepth: 1\n:caption: {title}\n\n{lines}\n```\n\n"


def _titled(text: str, title: str | None) -> str:
    first, newline, rest = text.partition("\n")
    return f"# {title}{newline}{rest}" if title and first.startswith("# ") else text
