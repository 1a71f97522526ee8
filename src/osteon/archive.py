"""COMBINE archives of others, read with suspicion: what is dangerous is refused before anything is written or run.

An archive is read into memory once and engines see only what was read, so that nothing can change in between. XML parts
are parsed by defusedxml, which refuses document types and entities; no engine's own parser ever sees one.
"""

from __future__ import annotations

import io
import posixpath
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from osteon.errors import ArchiveError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MEGABYTE = 2**20
MOST_BYTES = 128 * MEGABYTE
"""Of the archive file itself, and of one file unpacked."""
MOST_UNPACKED = 256 * MEGABYTE
"""Of all files unpacked."""
MOST_FILES = 1000
MOST_RATIO = 200
"""Of unpacked to packed size, for a file of more than a megabyte; plain text reaches about 20."""
MOST_DEPTH = 1000
"""Of elements in elements; parsers that call themselves for each level would overflow their stack."""

MANIFEST = "manifest.xml"
MANIFEST_NAMESPACE = "http://identifiers.org/combine.specifications/omex-manifest"
_XML_FORMAT = re.compile(r"sbml|sed-?ml|omex-manifest|omex-metadata|copasi|cellml|numl|/xml$|rdf\+xml")
_XML_SUFFIXES = {".xml", ".sbml", ".sedml", ".rdf", ".cps", ".copasi", ".cellml", ".numl"}
_ROOTS = {"sedML": "sed-ml", "sbml": "sbml", "COPASI": "copasi"}
"""What a file is by its first element, whatever the manifest calls it."""
_JUNK = re.compile(r"(^|.*/)(__MACOSX/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)", re.IGNORECASE)
"""What systems put into archives beside anybody's content."""
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_PKWARE_UNIX = 0x000D  # the extra field of a zip entry that may carry the target of a link
_DRIVE = re.compile(r"^[A-Za-z]:")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Entry:
    """One line of the manifest: the file's path in the archive, its format, and whether it is to be opened first."""

    path: str
    format: str
    master: bool


@dataclass(frozen=True)
class Archive:
    """A COMBINE archive that was found harmless: its files by path, and what its manifest says of them."""

    shown: str
    files: Mapping[str, bytes]
    contents: tuple[Entry, ...]

    def of_format(self, word: str) -> tuple[Entry, ...]:
        """Return the contents of a format such as ``sed-ml``, by the manifest or by their first element; masters first.

        Media types spell formats in many ways (``sed-ml``, ``sedml+xml``, or only ``xml``).
        """
        spelled = re.escape(word).replace(r"\-", "-?")
        pattern = re.compile(rf"[/.-]{spelled}([./_+-]|$)", flags=re.IGNORECASE)
        found = (c for c in self.contents if pattern.search(c.format) or self.kinds.get(c.path) == word)
        return tuple(sorted(found, key=lambda content: not content.master))

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each XML file is by its first element, where that is one of SED-ML, SBML and COPASI."""
        roots = {path: self.element(path).tag.rpartition("}")[2] for path in _xml_parts(self)}
        return {path: _ROOTS[root] for path, root in roots.items() if root in _ROOTS}

    def resolve(self, source: str, origin: str) -> str:
        """Return the path of a file that another one points to.

        Args:
            source: the reference, a URI relative to the folder of ``origin``.
            origin: path in the archive of the file it stands in.

        Raises:
            ArchiveError: if it points out of the archive or to a file that is not there.
        """
        for spelled in (source, unquote(source)):
            if _SCHEME.match(spelled) or spelled.startswith(("/", "\\")) or re.search(r"[\\'\"\x00-\x1f]", spelled):
                raise ArchiveError(self.shown, origin, f"points to {source!r}; only files inside the archive are used")
        path = _found(posixpath.join(posixpath.dirname(origin), source), self.files)
        if path is None:
            raise ArchiveError(self.shown, origin, f"points to {source!r}, which is not in the archive")
        return path

    def element(self, path: str) -> Element:
        """Parse one file as XML; see `parse_xml`."""
        return parse_xml(self.files[path], path, self.shown)

    def extract(self, folder: Path) -> None:
        """Write every file below an empty folder."""
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    @cached_property
    def packed(self) -> bytes:
        """A zip file with exactly the files that were read."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for path, data in self.files.items():
                file.writestr(path, data)
        return buffer.getvalue()


def read(path: Path) -> Archive:
    """Read a COMBINE archive and refuse a dangerous or damaged one.

    Raises:
        ArchiveError: naming the file in it and what is wrong: names that leave it, links, duplicates, encryption, sizes
            beyond the limits of this module, damage, a manifest that does not fit, document types in XML.
    """
    shown = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ArchiveError(shown, None, f"larger than {MOST_BYTES // MEGABYTE} MB")
        data = path.read_bytes()
    except OSError as error:
        raise ArchiveError(shown, None, f"cannot be read: {error.strerror}") from None
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise ArchiveError(shown, None, "an XML file and no archive; `osteon score` judges a model of its own")
    files = unpacked(data, shown)
    if MANIFEST not in files:
        raise ArchiveError(shown, None, f"no {MANIFEST} in it; a COMBINE archive lists its files there")
    archive = Archive(shown, files, tuple(contents(files, shown)))
    for xml in _xml_parts(archive):
        _refuse_foreign_parts(archive, xml)
    return archive


def parse_xml(data: bytes, path: str, shown: str) -> Element:
    """Parse XML that may be hostile.

    Raises:
        ArchiveError: if it is not XML, is nested beyond `MOST_DEPTH`, or declares a document type or an entity.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    depth, deepest = 0, 0
    try:
        events = iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True)
        for event, _ in events:
            depth += 1 if event == "start" else -1
            deepest = max(deepest, depth)
            if deepest > MOST_DEPTH:
                raise ArchiveError(shown, path, f"elements nested more than {MOST_DEPTH} deep")
    except DefusedXmlException:
        raise ArchiveError(shown, path, "declares a document type (DTD) or an entity, which is refused") from None
    except (ParseError, ValueError, LookupError) as error:
        raise ArchiveError(shown, path, f"not readable as XML: {error}") from None
    root: Element = events.root
    return root


def unpacked(data: bytes, shown: str) -> dict[str, bytes]:
    """Return the files in a zip file by path, without what systems leave in archives.

    Raises:
        ArchiveError: if it is damaged or dangerous; see `read`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            entries = file.infolist()
            _refuse_entries(entries, shown)
            plain = (entry for entry in entries if not entry.is_dir() and not _JUNK.fullmatch(_name(entry)))
            return {_name(entry): _content(file, entry, shown) for entry in plain}
    except (zipfile.BadZipFile, NotImplementedError, struct.error, ValueError) as error:
        raise ArchiveError(shown, None, f"not a sound zip file: {error}") from None


def _refuse_entries(entries: list[zipfile.ZipInfo], shown: str) -> None:
    """Refuse by what the zip file says of its entries, before any is unpacked."""
    if len(entries) > MOST_FILES:
        raise ArchiveError(shown, None, f"holds {len(entries)} files; at most {MOST_FILES} are read")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise ArchiveError(shown, None, f"unpacks to more than {MOST_UNPACKED // MEGABYTE} MB")
    seen: set[str] = set()
    for entry in entries:
        fault = _fault(entry)
        name = _name(entry)
        # Some file systems do not tell upper case from lower case, and none has a file that is also a folder.
        key = name.rstrip("/").casefold()
        if fault is None and key in seen:
            fault = "stands in the archive twice"
        if fault is not None:
            raise ArchiveError(shown, name, fault)
        seen.add(key)
    files = {_name(entry).casefold() for entry in entries if not entry.is_dir()}
    for name in sorted(files):
        if any(str(folder) in files for folder in Path(name).parents):
            raise ArchiveError(shown, name, "lies in a folder that is also a file")


def _name(entry: zipfile.ZipInfo) -> str:
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        # Many programs write UTF-8 without saying so, and Python then takes it for the code page of DOS.
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name.removeprefix("./")


def _found(location: str, files: Mapping[str, bytes]) -> str | None:
    """Return the file that a relative URI means: escapes written out, and accents composed or not."""
    for spelled in (unquote(location), location):
        path = posixpath.normpath(spelled)
        if path in files:
            return path
    wanted = unicodedata.normalize("NFC", posixpath.normpath(unquote(location)))
    return next((path for path in files if unicodedata.normalize("NFC", path) == wanted), None)


def _fault(entry: zipfile.ZipInfo) -> str | None:
    """Return why an entry of a zip file is refused, or nothing."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    parts = name.rstrip("/").split("/")
    faults = (
        ("the name is absolute", name.startswith(("/", "\\")) or bool(_DRIVE.match(name))),
        ("the name has a backslash or a control character", re.search(r"[\\\x00-\x1f\x7f]", name) is not None),
        ("the name leaves the archive", ".." in parts),
        ("the name has an empty part", "" in parts or "." in parts[1:] or not _name(entry)),
        ("a link, not a file", stat.S_ISLNK(mode) or _links(entry)),
        ("not a plain file", stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)),
        ("encrypted", bool(entry.flag_bits & _ENCRYPTED)),
        (f"larger than {MOST_BYTES // MEGABYTE} MB", entry.file_size > MOST_BYTES),
        (
            f"unpacks to more than {MOST_RATIO} times its size",
            entry.file_size > max(MEGABYTE, MOST_RATIO * entry.compress_size),
        ),
    )
    return next((fault for fault, holds in faults if holds), None)


def _links(entry: zipfile.ZipInfo) -> bool:
    """Say whether an entry carries the target of a hard or symbolic link in PKWARE's Unix field."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == _PKWARE_UNIX and size > 12:
            return True
        extra = extra[4 + size :]
    return False


def _content(file: zipfile.ZipFile, entry: zipfile.ZipInfo, shown: str) -> bytes:
    try:
        with file.open(entry) as stream:
            data = stream.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise ArchiveError(shown, _name(entry), f"damaged: {error}") from None
    if len(data) != entry.file_size:
        raise ArchiveError(shown, _name(entry), "damaged: its size is not the one on record")
    return data


def contents(files: Mapping[str, bytes], shown: str) -> Iterator[Entry]:
    """Yield what the manifest among the files of an archive lists.

    Raises:
        ArchiveError: if the manifest is no manifest, or lists what is not there.
    """
    root = parse_xml(files[MANIFEST], MANIFEST, shown)
    if root.tag != f"{{{MANIFEST_NAMESPACE}}}omexManifest":
        raise ArchiveError(shown, MANIFEST, f"an <omexManifest> of {MANIFEST_NAMESPACE} was expected, not {root.tag}")
    for line in root.findall(f"{{{MANIFEST_NAMESPACE}}}content"):
        location, kind = line.get("location"), line.get("format")
        if not location or not kind:
            raise ArchiveError(shown, MANIFEST, "a <content> lacks its location or its format")
        folder = posixpath.normpath(unquote(location))
        if folder == "." or any(name.startswith(f"{folder}/") for name in files) or _JUNK.fullmatch(folder):
            continue
        path = _found(location, files)
        if path is None:
            raise ArchiveError(shown, MANIFEST, f"lists {location!r}, which is not in the archive")
        yield Entry(path, kind, line.get("master", "").lower() in ("true", "1"))


def _xml_parts(archive: Archive) -> Iterable[str]:
    """Return every file that an engine may read as XML: by its format in the manifest, or by its name."""
    by_format = {content.path for content in archive.contents if _XML_FORMAT.search(content.format.lower())}
    return sorted(by_format | {path for path in archive.files if Path(path).suffix.lower() in _XML_SUFFIXES})


def _refuse_foreign_parts(archive: Archive, path: str) -> None:
    """Refuse models composed of parts that lie elsewhere; the SBML library would open any path."""
    for element in archive.element(path).iter():
        if element.tag.rpartition("}")[2] == "externalModelDefinition":
            for name, value in element.attrib.items():
                if name.rpartition("}")[2] == "source":
                    archive.resolve(value, path)
