"""Starting a mechanism: a small model, binding and evidence that already run."""

from __future__ import annotations

import datetime
import os
import re
from itertools import count
from pathlib import Path

from osteon.errors import CompilationError, OsteonError
from osteon.evidence.project import Files, Project, find_project, shipped
from osteon.files import write_file
from osteon.sbml.antimony import compile_antimony, reserved

_TEMPLATES = Path(__file__).parent / "template"
_SHIPPED = (Path("evidence", "vocabulary.toml"), Path("models", "priors.toml"))
_LONGEST = 100
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""What Windows takes for a device, whatever the ending."""
_TAG = re.compile(r"""\btag\s*=\s*["']([A-Za-z0-9]+)["']""")


def start(project: Path | None, folder: Path, name: str) -> list[str]:
    """Write the three hand-written files of a new mechanism.

    Args:
        project: folder of a project; made, with the shipped vocabulary and classes of quantities, if it is none yet.
        folder: where the user stands; its project is used if none is named.
        name: id of the mechanism.

    Returns:
        The files written, as the user knows them.

    Raises:
        OsteonError: if the name does not serve, a file exists already, or there is no project to write to.
    """
    _refuse_name(name)
    root = _root(project, folder, name)
    files = Files(root, name)
    texts = {files.antimony: "model.ant", files.binding: "binding.toml", files.evidence: "evidence.toml"}
    for path in (*texts, files.sbml):
        if path.exists():
            raise OsteonError(f"{files.shown(path)}: exists already; choose another name")
    written = []
    for path, template in texts.items():
        write_file(path, _filled(template, name, _free_tag(root)))
        written.append(files.shown(path))
    return written


def _refuse_name(name: str) -> None:
    """Refuse a name that is none, or has a meaning already where it would stand."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise OsteonError(f"{name!r} is not a mechanism's name: lower-case letters, digits and underscores, no path")
    if len(name) > _LONGEST:
        raise OsteonError(f"{name[:20] + '...'!r} is too long for a mechanism's name; at most {_LONGEST} characters")
    language = reserved(name) or ("Windows" if _DEVICE.fullmatch(name) else None)
    try:
        compile_antimony(_filled("model.ant", name, ""), title=name, shown=name)
    except CompilationError:
        language = language or "Antimony, or in the files that this command writes"
    if language is not None:
        raise OsteonError(f"{name!r} has a meaning of its own in {language}; choose another name")


def _root(project: Path | None, folder: Path, name: str) -> Path:
    if project is None:
        root = find_project(folder)
        if root == shipped() and not folder.is_relative_to(root):
            raise OsteonError(f"{folder}: no project here; `osteon new {name} --project FOLDER` starts one in FOLDER")
        return root
    if not (project / "evidence" / "vocabulary.toml").is_file():
        for path in _SHIPPED:
            write_file(project / path, (shipped() / path).read_text(encoding="utf-8"))
    return project.resolve()


def _filled(template: str, name: str, tag: str) -> str:
    text = (_TEMPLATES / template).read_text(encoding="utf-8")
    created = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT00:00:00Z")
    return text.replace("NAME", name).replace("TAG", tag).replace("CREATED", created)


def _free_tag(root: Path) -> str:
    """Return a tag that no source of the project has, not even one whose file has faults."""
    paths = (Files(root, name).evidence for name in Project(root).source_names)
    texts = (path.read_bytes().decode(errors="replace") for path in paths if os.access(path, os.R_OK))
    taken = {tag for text in texts for tag in _TAG.findall(text)}
    return next(tag for tag in map("N{}".format, count()) if tag not in taken)
