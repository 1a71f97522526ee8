"""Starting a mechanism: a small model, binding and evidence that already run."""

from __future__ import annotations

import datetime
import re
from itertools import count
from pathlib import Path

from osteon.errors import OsteonError
from osteon.evidence.project import Files, Project, find_project, shipped
from osteon.files import write_file

_TEMPLATES = Path(__file__).parent / "template"
_TAG = re.compile(r"""\btag\s*=\s*["']([A-Za-z0-9]+)["']""")


def start(project: Path | None, folder: Path, name: str) -> list[str]:
    """Write the three hand-written files of a new mechanism.

    Args:
        project: folder of a project; made, with the shipped vocabulary, if it is none yet.
        folder: where the user stands; its project is used if none is named.
        name: id of the mechanism.

    Returns:
        The files written, as the user knows them.

    Raises:
        OsteonError: if the name does not serve, a file exists already, or there is no project to write to.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise OsteonError(f"{name!r} is not a mechanism's name: lower-case letters, digits and underscores, no path")
    root = _root(project, folder, name)
    files = Files(root, name)
    texts = {files.antimony: "model.ant", files.binding: "binding.toml", files.evidence: "evidence.toml"}
    for path in (*texts, files.sbml):
        if path.exists():
            raise OsteonError(f"{files.shown(path)}: exists already; choose another name")
    written = []
    for path, template in texts.items():
        write_file(path, _filled(template, name, root))
        written.append(files.shown(path))
    return written


def _root(project: Path | None, folder: Path, name: str) -> Path:
    if project is None:
        root = find_project(folder)
        if root == shipped() and not folder.is_relative_to(root):
            raise OsteonError(f"{folder}: no project here; `osteon new {name} --project FOLDER` starts one in FOLDER")
        return root
    vocabulary = Path("evidence", "vocabulary.toml")
    if not (project / vocabulary).is_file():
        write_file(project / vocabulary, (shipped() / vocabulary).read_text(encoding="utf-8"))
    return project.resolve()


def _filled(template: str, name: str, root: Path) -> str:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    created = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT00:00:00Z")
    return text.replace("NAME", name).replace("TAG", _free_tag(root)).replace("CREATED", created)


def _free_tag(root: Path) -> str:
    """Return a tag that no source of the project has, not even one whose file has faults."""
    texts = (
        Files(root, name).evidence.read_text(encoding="utf-8", errors="replace") for name in Project(root).source_names
    )
    taken = {tag for text in texts for tag in _TAG.findall(text)}
    return next(tag for tag in map("N{}".format, count()) if tag not in taken)
