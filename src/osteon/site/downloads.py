"""What can be taken away from a model's page: the model itself, and its files for other programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence

from osteon import exporters
from osteon.exporters.bundle import Bundle, File

_EPOCH = (1980, 1, 1, 0, 0, 0)


def downloads(bundle: Bundle) -> Iterator[tuple[File, str]]:
    """Yield every file to be offered, with what it is; a format of many files comes as one archive."""
    name = bundle.name
    yield File.text(f"{name}.xml", bundle.model.sbml), "SBML Level 3 Version 2"
    sources = [File.text(path, text) for path, text in bundle.antimony.items()]
    yield _one(sources, f"{name}_antimony"), "Antimony, as a modeller writes it"
    for exporter in exporters.FORMATS.values():
        yield _one(list(exporters.export(bundle, [exporter.name])), f"{name}_{exporter.name}"), exporter.about


def _one(files: Sequence[File], stem: str) -> File:
    if len(files) == 1:
        return File(files[0].path.rpartition("/")[2], files[0].content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            # A fixed date: an unchanged model is an unchanged archive.
            archive.writestr(zipfile.ZipInfo(file.path, _EPOCH), file.content, zipfile.ZIP_DEFLATED)
    return File(f"{stem}.zip", buffer.getvalue())
