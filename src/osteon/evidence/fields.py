"""Fields of the files that people write: texts that are refused when they are not what they should be.

They are apart from `conditions` and `durations`, which also run where there is no pydantic: in the page "Try it".
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from osteon.errors import listing
from osteon.evidence import conditions, durations
from osteon.evidence.features import FEATURES

Curie = Annotated[str, Field(pattern=r"^[A-Za-z.]+:[A-Za-z0-9_.:/()-]+$")]
"""An ontology term or identifier, prefix and local part, as identifiers.org resolves it."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


def _condition(text: str) -> str:
    conditions.parse(text)
    return text


def _duration(text: str) -> str:
    durations.parse(text)
    return text


def _instant(text: str) -> str:
    if text not in FEATURES:
        try:
            durations.parse(text)
        except ValueError as error:
            raise ValueError(f"{error}; or {listing(tuple(FEATURES))}") from None
    return text


def _period(text: str) -> str:
    if durations.parse(text)[0] <= 0.0:
        raise ValueError(f"{text!r} is no period; write a duration above zero, such as '1 d'")
    return text


Condition = Annotated[str, AfterValidator(_condition)]
"""A condition as written."""

Duration = Annotated[str, AfterValidator(_duration)]
"""A duration as written."""

Period = Annotated[str, AfterValidator(_period)]
"""A duration above zero as written."""

Instant = Annotated[str, AfterValidator(_instant)]
"""When an observable is read: a duration after t = 0, or a feature of the whole time course."""
