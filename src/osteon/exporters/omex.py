"""COMBINE archives: everything of one model in one file, which COPASI, tellurium and others open as it is.

COPASI opens the master, which is its own ready-made file; programs of SED-ML run that instead. The archive is a plain
zip file with fixed dates, so that it is the same bytes each time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from osteon.archive import MANIFEST, MANIFEST_NAMESPACE
from osteon.experiments.experiment import ExperimentSet
from osteon.exporters import copasi, metadata, sedml
from osteon.exporters.bundle import Bundle, File

_SPECIFICATIONS = "http://identifiers.org/combine.specifications/"
_MEDIA = "http://purl.org/NET/mediatypes/"
_FORMATS = {
    ".cps": f"{_MEDIA}application/x-copasi",
    ".xml": f"{_SPECIFICATIONS}sbml.level-3.version-2",
    # No level or version here, or COPASI imports nothing.
    ".sedml": f"{_SPECIFICATIONS}sed-ml",
    ".rdf": f"{_SPECIFICATIONS}omex-metadata",
    ".ant": f"{_MEDIA}text/plain",
    ".toml": f"{_MEDIA}application/toml",
    ".md": f"{_MEDIA}text/markdown",
}
_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16
_README = """# {title}

A mechanistic model of bone biology with every experiment of the evidence that it answers to.

{sources}

| file | what it is |
|---|---|
| `{name}.cps` | for COPASI: each experiment is a parameter set; *Parameter Scan* runs them all |
| `{name}.sedml` | for tellurium and other programs of SED-ML: each experiment is a task with a report, and plots |
| `{name}_experiments.xml` | the SBML that the SED-ML runs: the model, with parameters by which experiments differ |
| `{name}.xml` | the model itself, in SBML |
| `antimony/` | the model as it was written, with comments and sources |
| `models/bindings/` | what the words of the evidence mean in the model, and where each of its numbers comes from |
| `evidence/` | every claim of the sources, and the vocabulary in which they are written |
| `metadata.rdf` | title, creators, licence, citations, organisms |

In the `.cps` and the SED-ML every run first comes to rest. Treatments begin at the engine's own time {lead:.17g}
{unit}; the parameter `clock` counts from there, and plots and reports are drawn over it. Choose experiments by their
parameters only as a whole: a parameter set, or a model of the SED-ML.

To the extent possible under law, the authors have waived all rights to these files (CC0 1.0).
"""


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the archive of a model."""
    yield File(f"{bundle.name}.omex", content(bundle))


def content(bundle: Bundle) -> bytes:
    """Return the archive of a model; the same bytes each time."""
    name, run = bundle.name, f"{bundle.name}_experiments.xml"
    laid_out = bundle.design
    inside = [
        File(f"{name}.cps", copasi.content(bundle)),
        File.text(f"{name}.sedml", sedml.document(bundle, run)),
        File.text(run, laid_out.sbml),
        File.text(f"{name}.xml", bundle.model.sbml),
        File.text("metadata.rdf", metadata.document(bundle)),
        File.text("README.md", _readme(bundle, laid_out)),
        *(File.text(f"antimony/{path}", text) for path, text in sorted(bundle.antimony.items())),
        *(File.text(path, text) for path, text in sorted(bundle.documents.items())),
    ]
    return _packed([File.text(MANIFEST, _manifest(inside, master=f"{name}.cps")), *inside])


def _packed(files: Iterable[File]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            entry = zipfile.ZipInfo(file.path, _DATE)
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _PLAIN_FILE, zipfile.ZIP_DEFLATED
            archive.writestr(entry, file.content)
    return buffer.getvalue()


def _manifest(files: Iterable[File], master: str) -> str:
    root = Element("omexManifest", xmlns=MANIFEST_NAMESPACE)
    SubElement(root, "content", location=".", format=f"{_SPECIFICATIONS}omex")
    SubElement(root, "content", location=f"./{MANIFEST}", format=f"{_SPECIFICATIONS}omex-manifest")
    for file in files:
        kind = _FORMATS[file.path[file.path.rindex(".") :]]
        first = {"master": "true"} if file.path == master else {}
        SubElement(root, "content", {"location": f"./{file.path}", "format": kind, **first})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _readme(bundle: Bundle, laid_out: ExperimentSet) -> str:
    sources = (one.source for one in bundle.sources)
    return _README.format(
        title=bundle.model.binding.title,
        sources="\n".join(f"- {one.tag}: {one.title}. {one.citation}" for one in sources),
        name=bundle.name,
        lead=laid_out.lead,
        unit=laid_out.time_unit,
    )
