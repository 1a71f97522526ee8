"""Antimony as text: faults that Antimony accepts without a word, or stops at without one that helps.

Antimony accepts a symbol set twice (the last wins) and numbers without units. It follows a file that imports itself
until no file can be opened any more, and cannot say what is wrong with a letter outside of ASCII.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from osteon.errors import CompilationError, Finding
from osteon.files import decoded

_SAID = re.compile(r'```.*?```|"[^"\n]*"|//[^\n]*|#[^\n]*|/\*.*?\*/', re.DOTALL)
_START = r"(?:^|[;,\n])\s*(?:(?:substanceOnly|const|var|species|compartment)\s+)*([A-Za-z_]\w*)\s*(?:in\s+\w+\s*)?"
_IMPORT = re.compile(r'\bimport\s*"([^"\n]*)"|' + _SAID.pattern, re.DOTALL)
_VALUE = re.compile(_START + r"=(?![=>])")
_BARE = re.compile(_START + r"=\s*[\d.][\d.eE+-]*[ \t]*(?=[;,\n]|$)")
_UNIT = re.compile(r"\b([A-Za-z_]\w*)\s+has\s+\w+")
_FOREIGN = re.compile(r"\w*[^\x00-\x7f]\w*")


def read_antimony(path: Path, shown: str) -> str:
    """Return the text of a file in Antimony.

    Raises:
        CompilationError: if it is not there, is not text, or begins with a byte order mark.
    """
    try:
        data = path.read_bytes()
        if data.startswith(codecs.BOM_UTF8):
            raise CompilationError(
                f"{shown}: begins with a byte order mark, which Antimony does not read; save it in UTF-8 without one"
            )
        return decoded(data)
    except FileNotFoundError:
        raise CompilationError(f"{shown}: no such file") from None
    except OSError as error:
        raise CompilationError(f"{shown}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CompilationError(f"{shown}: cannot be read: {error}") from None


def unreadable(text: str, shown: str, folder: Path | None) -> Iterator[Finding]:
    """Yield a finding for whatever in a text, and in the files it imports, would stop Antimony without a useful word.

    Args:
        text: a model in Antimony.
        shown: the file as the user knows it, for messages.
        folder: where files named by ``import`` are looked for; they are not, if not given.
    """
    yield from _foreign_letters(text, shown)
    if folder is not None:
        yield from _import_findings(text, shown, folder, (), set())


def antimony_findings(text: str, shown: str, folder: Path | None = None) -> Iterator[Finding]:
    """Yield what `unreadable` finds, or else what SBML no longer shows: twice-set symbols, missing units."""
    for path in _imports(text):
        if Path(path).is_absolute() or ".." in Path(path).parts:
            yield Finding(shown, f"import {path!r} leads out of the project; import files beside this one")
    faults = list(unreadable(text, shown, folder))
    yield from faults or _silent(text, shown)


def spoken(text: str) -> str:
    """Return a text without its comments and strings, line by line as it was."""
    return _SAID.sub(lambda match: "\n" * match[0].count("\n"), text)


def _silent(text: str, shown: str) -> Iterator[Finding]:
    for model in re.split(r"^\s*(?:model|module)\b", spoken(text), flags=re.MULTILINE):
        counts = Counter(_VALUE.findall(model))
        for name in sorted(name for name, count in counts.items() if count > 1):
            yield Finding(shown, f"{name!r} is given a value {counts[name]} times; Antimony keeps the last silently")
        declared = set(_UNIT.findall(model))
        for match in _BARE.finditer(model):
            if match[1] not in declared:
                yield Finding(shown, f"{match[1]!r} has no unit; write it after the number, or 'dimensionless'")


def _foreign_letters(text: str, shown: str) -> Iterator[Finding]:
    for number, line in enumerate(spoken(text).split("\n"), 1):
        for name in dict.fromkeys(_FOREIGN.findall(line)):
            what = "outside of comments and strings Antimony reads ASCII only: letters without accents, digits and _"
            yield Finding(shown, f"line {number}: {name!r}: {what}")


def _imports(text: str) -> list[str]:
    """Return every file that a text imports, in order."""
    return [match[1] for match in _IMPORT.finditer(text) if match[1] is not None]


def _import_findings(
    text: str, shown: str, folder: Path, trail: tuple[Path, ...], done: set[Path]
) -> Iterator[Finding]:
    """Yield the faults of imported files; ``trail`` leads to this text, ``done`` are files that were followed."""
    for name in _imports(text):
        path = (folder / name).resolve()
        if path in trail:
            circle = " imports ".join(one.name for one in (*trail[trail.index(path) :], path))
            yield Finding(shown, f"a file that imports itself: {circle}")
        elif path not in done and path.is_file() and path.suffix not in (".xml", ".sbml"):
            done.add(path)
            beside = (Path(shown).parent / name).as_posix()
            try:
                imported = read_antimony(path, beside)
            except CompilationError as error:
                where, _, what = str(error).partition(": ")
                yield Finding(where, what)
                continue
            yield from _foreign_letters(imported, beside)
            yield from _import_findings(imported, shown, folder, (*trail, path), done)
