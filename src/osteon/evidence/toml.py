"""Reading TOML into strict typed models, with every fault reported by file and field."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from osteon.errors import Finding, ProjectError, suggestion
from osteon.files import read_file


class Document(BaseModel):
    """Base of everything read from TOML: unknown keys are errors, values never change.

    The docstring of a field is its description in the JSON Schema, which editors show to those who write the file.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a changed copy; pydantic would hand it what the original has worked out from its own values."""
        copy = super().model_copy(update=update, deep=deep)
        for name in set(vars(copy)) - set(type(copy).model_fields):
            del vars(copy)[name]
        return copy


D = TypeVar("D", bound=Document)


def read(path: Path, kind: type[D], shown: str) -> D:
    """Read one TOML file as a document.

    Args:
        path: the file.
        kind: the document's class.
        shown: the path as the user knows it, for messages.

    Raises:
        ProjectError: with one finding per fault.
    """
    try:
        text = read_file(path)
    except FileNotFoundError:
        raise ProjectError([Finding(shown, "no such file")]) from None
    except ValueError as error:
        raise ProjectError([Finding(shown, f"cannot be read: {error}")]) from None
    return parse(text, kind, shown)


def parse(text: str, kind: type[D], shown: str) -> D:
    """Parse TOML text as a document; see `read`."""
    if not text.strip():
        raise ProjectError([Finding(shown, "the file is empty; `osteon new NAME` writes a template")])
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProjectError([Finding(shown, f"not TOML: {error}")]) from None
    try:
        # Through JSON, whose strict mode takes an array for a tuple; TOML dates and times become text and are refused.
        return kind.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        raise ProjectError(_finding(detail, kind, shown) for detail in error.errors()) from None


def _finding(detail: Any, kind: type[Document], shown: str) -> Finding:
    place = [part for part in detail["loc"] if not (isinstance(part, str) and part.endswith("Check"))]
    where = f"{shown}: {_dotted(place)}" if place else shown
    match detail["type"]:
        case "extra_forbidden":
            return Finding(where, f"unknown key{suggestion(str(place[-1]), _keys(kind, place[:-1]))}")
        case "missing":
            return Finding(where, "missing; every entry of this kind needs it")
        case "literal_error" | "union_tag_invalid":
            expected = re.findall(r"'([^']*)'", str(detail["ctx"].get("expected", detail["ctx"].get("expected_tags"))))
            given = detail["ctx"].get("tag", detail["input"])
            return Finding(where, f"unknown {given!r}{_expected(str(given), expected)}")
        case "value_error":
            return Finding(where, str(detail["ctx"]["error"]))
        case _:
            return Finding(where, f"{detail['msg']}, not {detail['input']!r}")


def _expected(given: str, known: list[str]) -> str:
    return suggestion(given, known) or f"; expected one of {', '.join(known)}"


def _dotted(place: list[Any]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")


def _keys(kind: type[Document], place: list[Any]) -> list[str]:
    """Return the keys allowed at a place inside a document, found by walking the JSON Schema."""
    schema = kind.model_json_schema()
    nodes = [schema]
    for part in place:
        nodes = [child for node in nodes for child in _children(_resolved(node, schema), part)]
    return [key for node in nodes for option in _options(node, schema) for key in option.get("properties", {})]


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref", "")
    return schema["$defs"][reference.rsplit("/", 1)[1]] if reference else node


def _options(node: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    node = _resolved(node, schema)
    branches = node.get("anyOf", []) + node.get("oneOf", [])
    return [leaf for branch in branches for leaf in _options(branch, schema)] or [node]


def _children(node: dict[str, Any], part: Any) -> list[dict[str, Any]]:
    if isinstance(part, int):
        return [node["items"]] if "items" in node else []
    if part in node.get("properties", {}):
        return [node["properties"][part]]
    extra = node.get("additionalProperties")
    return [extra] if isinstance(extra, dict) else []
