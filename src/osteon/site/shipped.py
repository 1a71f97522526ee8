"""What of this package runs in the page "Try it": the very modules that run here, in one archive."""

from __future__ import annotations

import hashlib
import io
from importlib.resources import files
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MODULES = (
    "errors",
    "extras",
    "evidence/__init__",
    "evidence/conditions",
    "evidence/criteria",
    "evidence/durations",
    "evidence/features",
    "evidence/reading",
    "simulation/__init__",
    "simulation/bound",
    "simulation/contrast",
    "simulation/copasi",
    "simulation/engine",
    "simulation/paths",
    "simulation/readings",
    "simulation/schedule",
    "simulation/simulator",
    "simulation/timecourse",
    "site/__init__",
    "site/answers",
)
"""All that `osteon.site.answers` imports. The package's own ``__init__`` is the public interface and needs much more;
without it Python takes the folder for a package as well."""
_DATE = (1980, 1, 1, 0, 0, 0)


def archive() -> tuple[str, bytes]:
    """Return the name of the archive, which has its digest, and its content."""
    stream = io.BytesIO()
    with ZipFile(stream, "w") as made:
        for name in MODULES:
            source = files("osteon").joinpath(*f"{name}.py".split("/")).read_bytes()
            made.writestr(ZipInfo(f"osteon/{name}.py", _DATE), source, compress_type=ZIP_DEFLATED)
    content = stream.getvalue()
    return f"osteon-{hashlib.sha256(content).hexdigest()[:12]}.zip", content
