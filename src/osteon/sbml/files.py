"""Models as they come: SBML in any encoding, Antimony, either of them compressed, or in an archive with other files."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from osteon import archive
from osteon.errors import ArchiveError, CompilationError, listing
from osteon.files import decoded
from osteon.sbml.antimony import compile_antimony
from osteon.sbml.canonical import canonical
from osteon.sbml.gate import admitted

_COMPRESSED: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),  # type: ignore[dict-item, return-value]
    b"BZh": bz2.open,  # type: ignore[dict-item]
    b"\xfd7zXZ\x00": lzma.open,  # type: ignore[dict-item]
}
"""How files are decompressed, by how they begin."""
_SUFFIXES = re.compile(r"\.(gz|bz2|xz)$", re.IGNORECASE)
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by byte order mark, longer marks first."""
_UNMARKED = {b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be", b"<\x00\x00\x00": "utf-32-le"}
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_ENCODING = re.compile(rb"""^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']""")
_ROOT = re.compile(r"^(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)*<(?:[\w.-]+:)?([A-Za-z]\w*)", re.DOTALL)
_OTHERS = {
    "COPASI": "a COPASI file; in COPASI, File > Export SBML writes the model in it",
    "sedML": "a SED-ML file, which describes simulations; name the model that it refers to",
    "omexManifest": "the manifest of a COMBINE archive; name the archive",
    "html": "a web page, not a model; save the file that the page offers",
}
_ANTIMONY = {".ant", ".antimony", ".txt", ""}


@dataclass(frozen=True)
class ModelFile:
    """A model that was opened: its SBML text, and the file as the user knows it, with its place in an archive."""

    text: str
    shown: str


def open_model(path: Path, shown: str | None = None) -> ModelFile:
    """Open a model in SBML or Antimony, whichever way it is encoded, compressed or packed.

    Args:
        path: a file; or a file inside of an archive, as ``archive.omex/model.xml``.
        shown: the file as the user knows it; the path if not given.

    Raises:
        CompilationError: if it is not there, is not a model, or is one of several; says which there are.
        ProjectError: if it is not what Osteon can simulate; see `gate`.
    """
    shown = str(path) if shown is None else shown
    packed = next((folder for folder in path.parents if folder.is_file()), None)
    inside = None if packed is None else path.relative_to(packed).as_posix()
    data = _content(path if packed is None else packed, shown)
    try:
        opened = _opened(data, shown, path.parent, path.name, inside)
    except ArchiveError as error:
        raise CompilationError(str(error)) from None
    folder = None if packed or _is_packed(data) else path.parent
    return ModelFile(admitted(opened.text, opened.shown, folder), opened.shown)


def _content(path: Path, shown: str) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > archive.MOST_BYTES:
            raise CompilationError(f"{shown}: larger than {archive.MOST_BYTES // archive.MEGABYTE} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise CompilationError(f"{shown}: no such file") from None
    except OSError as error:
        raise CompilationError(f"{shown}: cannot be read: {error.strerror}") from None


def _opened(data: bytes, shown: str, folder: Path, name: str, inside: str | None = None) -> ModelFile:
    if _is_packed(data):
        return _packed_model(archive.unpacked(data, shown), shown, inside)
    if inside is not None:
        raise CompilationError(f"{shown}: no such file; what should be a folder in it is no archive")
    for mark, decompress in _COMPRESSED.items():
        if data.startswith(mark):
            return _opened(_decompressed(data, decompress, shown), shown, folder, _SUFFIXES.sub("", name))
    return ModelFile(_sbml(data, shown, folder, name), shown)


def _is_packed(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04")


def _decompressed(data: bytes, decompress: Callable[[BinaryIO], BinaryIO], shown: str) -> bytes:
    try:
        with decompress(io.BytesIO(data)) as file:
            content = file.read(archive.MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise CompilationError(f"{shown}: damaged: {error}") from None
    if len(content) > archive.MOST_BYTES:
        raise CompilationError(f"{shown}: unpacks to more than {archive.MOST_BYTES // archive.MEGABYTE} MB")
    return content


def _packed_model(files: Mapping[str, bytes], shown: str, inside: str | None) -> ModelFile:
    """Return the model in an archive: the one that is named, the only one, or the only master."""
    if inside is not None:
        if inside not in files:
            raise CompilationError(f"{shown}: no such file in the archive; it holds {listing(sorted(files)) or 'none'}")
        return ModelFile(_sbml(files[inside], shown, None, inside), shown)
    models = {path: content for path, content in files.items() if _is_model(content, path)}
    listed = archive.contents(files, shown) if archive.MANIFEST in files else ()
    masters = {content.path for content in listed if content.master}
    chosen = sorted(masters & models.keys()) or sorted(models)
    if not chosen:
        raise CompilationError(f"{shown}: no model in it, neither in SBML nor in Antimony")
    texts = {path: _sbml(models[path], f"{shown}/{path}", None, path) for path in chosen}
    if len({canonical(text, path) for path, text in texts.items()}) > 1:
        named = ", ".join(f"{shown}/{path}" for path in chosen)
        raise CompilationError(f"{shown}: {len(chosen)} models in it; name the one that is meant: {named}")
    return ModelFile(texts[chosen[0]], f"{shown}/{chosen[0]}")


def _is_model(content: bytes, path: str) -> bool:
    root = _ROOT.match(content[:10_000].decode("latin-1").replace("\0", "").lstrip("\xef\xbb\xbf\xff\xfe"))
    return Path(path).suffix.lower() in (".ant", ".antimony") if root is None else root[1] == "sbml"


def _sbml(data: bytes, shown: str, folder: Path | None, name: str) -> str:
    """Return the SBML text of one file; Antimony is compiled."""
    if not data.strip():
        raise CompilationError(f"{shown}: the file is empty; an SBML model was expected")
    text = _text(data, shown)
    root = _ROOT.match(text)
    if root is None and not text.lstrip().startswith("<"):
        if Path(name).suffix.lower() not in _ANTIMONY:
            raise CompilationError(f"{shown}: neither SBML, which is XML, nor Antimony, whose files end in .ant")
        return compile_antimony(text, title=Path(name).stem, shown=shown, folder=folder)
    if root is not None and root[1].lower() in {known.lower() for known in _OTHERS}:
        what = next(what for known, what in _OTHERS.items() if known.lower() == root[1].lower())
        raise CompilationError(f"{shown}: {what}")
    if root is not None and root[1] == "model" and "cellml" in text[:2000].lower():
        raise CompilationError(f"{shown}: a CellML file; Osteon reads SBML and Antimony")
    # The text is UTF-8 from here on, whatever the file was.
    return _DECLARATION.sub('<?xml version="1.0" encoding="UTF-8"?>', text, count=1)


def _text(data: bytes, shown: str) -> str:
    """Return the text of XML by its byte order mark or its declaration, and that of anything else in UTF-8."""
    begins = {**_MARKS, **_UNMARKED}
    encoding = next((encoding for mark, encoding in begins.items() if data.startswith(mark)), None)
    declared = _ENCODING.match(data)
    if encoding is None and declared is not None:
        encoding = declared[1].decode("ascii")
    if encoding is None or encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        try:
            return decoded(data)
        except ValueError as error:
            raise CompilationError(f"{shown}: cannot be read: {error}, or declare its encoding") from None
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError:
        raise CompilationError(
            f"{shown}: declares the encoding {encoding!r}, which is not known; save it in UTF-8"
        ) from None
    except UnicodeError:
        raise CompilationError(
            f"{shown}: is not in the encoding that it declares, {encoding}; save it in UTF-8"
        ) from None
