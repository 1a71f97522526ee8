"""Characters for outputs whose encoding cannot carry every one: a readable substitute for each."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Any

_HANDLER = "osteon.readable"
_PLAIN = {
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-",
    "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "×": "x", "·": "*", "•": "*", "±": "+/-", "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "⊣": "-|",
    "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "∞": "infinity", "√": "sqrt", "°": " deg",
    "↑": "up", "↓": "down", "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "─": "-", "━": "-", "═": "=", "│": "|", "┃": "|", "║": "|", "µ": "u", "μ": "u",
}  # fmt: skip
_BOX = range(0x2500, 0x2580)


def prepare(stream: Any) -> None:
    """Let a stream write a substitute for what its encoding cannot carry, where it would fail."""
    if getattr(stream, "errors", None) != _HANDLER and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors=_HANDLER)


def substitute(character: str) -> str:
    """Return ASCII for a character: how it is written without it, its letter, its Greek name, or a question mark."""
    if character in _PLAIN:
        return _PLAIN[character]
    code = ord(character)
    if code in _BOX:
        return "+"
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file's name that is no text
        return f"\\x{code - 0xDC00:02x}"
    parts = unicodedata.normalize("NFKD", character)
    bare = "".join(_PLAIN.get(part, part) for part in parts).encode("ascii", "ignore").decode()
    if bare:
        return bare
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        name = words[words.index("LETTER") + 1].lower()
        return name.capitalize() if "CAPITAL" in words else name
    return "" if unicodedata.combining(character) else "?"


def _handle(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(substitute, error.object[error.start : error.end])), error.end


codecs.register_error(_HANDLER, _handle)
