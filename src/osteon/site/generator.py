"""The site on disk: Sphinx run over the pages, and everything beside them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from osteon.errors import OsteonError
from osteon.evidence.project import Project
from osteon.files import folder_beside, replace_folder
from osteon.simulation.model import Model
from osteon.site import vendored
from osteon.site.content import SiteContent, content
from osteon.site.results import findings

_MARK = "searchindex.js"
"""A folder that has it is a site, and may be replaced."""


def generate(
    project: Project,
    models: list[Model],
    out: Path,
    *,
    engine: bool,
    cache: Path,
    step: Callable[[], None] = lambda: None,
) -> None:
    """Build the site of a project.

    Args:
        project: of the project.
        models: those to show.
        out: folder of the site; an earlier site there is replaced once the new one is whole.
        engine: whether COPASI for the browser lies beside the pages.
        cache: folder in which third-party files are kept.
        step: called twice for each model and once more, to show progress.

    Raises:
        OsteonError: if the folder holds something else, or third-party files cannot be had.
    """
    _refuse(out)
    beside = {f"try/vendored/{path}": data for path, data in vendored.plotting(cache).items()}
    wheel = None
    if engine:
        wheel, found = vendored.engine(cache)
        beside |= {f"try/vendored/{path}": data for path, data in found.items()}
    made = content(findings(project, models, step), wheel, step)
    made.files |= beside
    with folder_beside(out) as folder:
        _build(made, folder)
        replace_folder(out, folder / "html")
    step()


def _refuse(out: Path) -> None:
    if out.exists() and not (out / _MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise OsteonError(f"{out}: not an earlier site, so it is not replaced; name another folder, or an empty one")


def _build(made: SiteContent, folder: Path) -> None:
    source, html = folder / "source", folder / "html"
    for name, text in made.pages.items():
        _write(source / f"{name}.md", text.encode())
    for path, data in made.files.items():
        if path.startswith(("docs/", "_static/")):
            _write(source / path, data)
    _write(source / "conf.py", files("osteon.site").joinpath("assets", "conf.py").read_bytes())
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-d", str(folder / "trees")]
    done = subprocess.run([*command, str(source), str(html)], capture_output=True, text=True)
    if done.returncode:
        raise OsteonError(f"Sphinx cannot build the site: {done.stderr.replace(str(source), '').strip()[-2000:]}")
    for path, data in made.files.items():
        _write(html / path, data)
    # Without it some hosts leave out folders whose names begin with an underscore.
    _write(html / ".nojekyll", b"")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
