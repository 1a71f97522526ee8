"""Markdown from text that is not ours, from HTML, and from the project's own documents and notebooks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>(?:`[^`]*`|[^\]`])*)\]\((?P<target>[^)\s]+)\)")


def escaped(text: str) -> str:
    """Return text as Markdown that shows it as it is: CommonMark lets every ASCII punctuation be escaped."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def raw(html: str) -> str:
    """Return Markdown that passes HTML on; no run of backticks inside can end it."""
    longest = max((len(run) for run in re.findall(r"`+", html)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{{raw}} html\n{html.strip()}\n{fence}"


def relinked(markdown: str, here: str, pages: Mapping[str, str], there: str) -> str:
    """Return a document whose links lead to pages of the site; a link to a file that is no page becomes plain text.

    Args:
        markdown: the document.
        here: its path in the project.
        pages: for each document of the project, by path, the page that shows it.
        there: the page that shows this one; pages lie in folders of their own.
    """
    folder, up = PurePosixPath(here).parent, "../" * there.count("/")

    def replaced(match: re.Match[str]) -> str:
        target, _, anchor = match["target"].partition("#")
        if not target or ":" in target:
            return match[0]
        path = _normal(folder / target)
        if match["image"]:
            return f"![{match['text']}]({up}{path})"
        if path not in pages:
            return match["text"]
        return f"[{match['text']}]({up}{pages[path]}.md{'#' + anchor if anchor else ''})"

    return _LINK.sub(replaced, markdown)


def _normal(path: PurePosixPath) -> str:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


def notebook(path: Path) -> tuple[str, dict[str, bytes]]:
    """Return a notebook with everything that it shows as Markdown, and its pictures by file name."""
    from nbconvert import MarkdownExporter

    exporter: Any = MarkdownExporter  # it has no types
    text, resources = exporter().from_filename(str(path), {"unique_key": path.stem, "output_files_dir": ""})
    return str(text), dict(resources["outputs"])
