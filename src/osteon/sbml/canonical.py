"""Canonical SBML: one text for all files that say the same, whatever their labels, notes, annotations and layout."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

from osteon.errors import CompilationError

_NAMESPACE = re.compile(r"^\{(.*)\}")
_LABELS = ("name", "sboTerm")
"""Attributes that no number follows from."""


@lru_cache(maxsize=32)
def canonical(text: str, shown: str) -> str:
    """Return SBML in canonical XML, without comments, notes, annotations, names and SBO terms.

    Units are kept. In Level 1 a name is what an id is in later levels, and stays. A metaid is what annotations refer
    to, and goes, unless a replacement of the package ``comp`` refers to one.

    Args:
        text: the model's SBML text.
        shown: the file as the user knows it, for messages.

    Raises:
        CompilationError: if the text is not XML.
    """
    try:
        root = ElementTree.fromstring(text)
        found = _NAMESPACE.match(root.tag)
        namespace = found[1] if found else ""
        labels = set() if namespace.startswith("http://www.sbml.org/sbml/level1") else set(_LABELS)
        if "metaIdRef" not in text:
            labels.add("metaid")
        return ElementTree.canonicalize(
            text,
            strip_text=True,
            rewrite_prefixes=True,
            exclude_attrs=labels,
            exclude_tags={f"{{{namespace}}}{tag}" for tag in ("notes", "annotation")},
        )
    except ElementTree.ParseError as error:
        raise CompilationError(f"{shown}: not readable as XML: {error}") from None
