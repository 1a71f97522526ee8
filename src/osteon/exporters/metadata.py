"""The metadata of a COMBINE archive, as BioSimulations reads it: what it is, who made it, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

import libsbml

from osteon import sbml
from osteon.exporters.bundle import Bundle
from osteon.sbml.antimony import LICENSE

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "bqbiol": "http://biomodels.net/biology-qualifiers/",
    "bqmodel": "http://biomodels.net/model-qualifiers/",
}
_RESOLVER = "https://identifiers.org/"
_LICENSE = "CC0-1.0"
_TAXA = {"taxonomy:10090": "Mus musculus", "taxonomy:9606": "Homo sapiens"}


def document(bundle: Bundle) -> str:
    """Return the RDF of a model's archive; creators, date and taxa are those of its SBML."""
    model = sbml.read(bundle.model.sbml, bundle.model.shown).getModel()
    root = Element("rdf:RDF", {f"xmlns:{prefix}": space for prefix, space in _NAMESPACES.items()})
    archive = SubElement(root, "rdf:Description", {"rdf:about": f"http://omex-library.org/{bundle.name}.omex"})
    SubElement(archive, "dc:title").text = bundle.model.binding.title
    SubElement(archive, "dcterms:abstract").text = " ".join(one.source.summary for one in bundle.sources)
    for resource in _taxa(model):
        _add(archive, "bqbiol:hasTaxon", _TAXA.get(resource.removeprefix(_RESOLVER), resource), resource)
    for name in _creators(model):
        SubElement(_add(archive, "dc:creator", name), "foaf:name").text = name
    for one in (evidence.source for evidence in bundle.sources):
        _add(archive, "bqmodel:isDescribedBy", one.citation, one.identifier and _RESOLVER + one.identifier)
    _add(archive, "dcterms:license", _LICENSE, LICENSE)
    created = SubElement(SubElement(archive, "dcterms:created"), "rdf:Description")
    SubElement(created, "dcterms:W3CDTF").text = model.getModelHistory().getCreatedDate().getDateAsString()
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add(parent: Element, kind: str, label: str, resource: str | None = None) -> Element:
    described = SubElement(SubElement(parent, kind), "rdf:Description")
    if resource:
        SubElement(described, "dc:identifier", {"rdf:resource": resource})
    SubElement(described, "rdfs:label").text = label
    return described


def _creators(model: Any) -> Iterator[str]:
    history = model.getModelHistory()
    for creator in (history.getCreator(number) for number in range(history.getNumCreators())):
        yield f"{creator.getGivenName()} {creator.getFamilyName()}".strip() or creator.getOrganization()


def _taxa(model: Any) -> Iterator[str]:
    for term in (model.getCVTerm(number) for number in range(model.getNumCVTerms())):
        if term.getQualifierType() == libsbml.BIOLOGICAL_QUALIFIER and "taxonomy" in term.getResourceURI(0):
            yield from (term.getResourceURI(number) for number in range(term.getNumResources()))
