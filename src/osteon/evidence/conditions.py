"""Conditions: sets of interventions, written ``cccp+si_atf4``; the empty one is ``control``."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from osteon.errors import listing

CONTROL = "control"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@cache
def parse(text: str) -> tuple[str, ...]:
    """Return the interventions of a condition, in the order written; ``control`` gives none.

    Raises:
        ValueError: if the text is not names joined by ``+``, or names one intervention twice.
    """
    names = tuple(part.strip() for part in text.split("+"))
    if names == (CONTROL,):
        return ()
    for name in names:
        if not _NAME.fullmatch(name) or name == CONTROL:
            raise ValueError(
                f"{text!r} is not a condition; write 'control' or interventions joined by +: 'cccp+si_atf4'"
            )
    if len(set(names)) < len(names):
        raise ValueError(f"{text!r} names an intervention twice")
    return names


@cache
def canonical(text: str) -> str:
    """Return one spelling for all spellings of a condition: names sorted, no blanks."""
    return "+".join(sorted(parse(text))) or CONTROL


def meaningless(name: str, settings: Collection[str] | None, setting: str) -> str | None:
    """Say in a sentence that an intervention means nothing in a setting; nothing where it means something there.

    Args:
        name: of the intervention.
        settings: those in which it means something; ``None`` for all.
        setting: where it is done.
    """
    if settings is None or setting in settings:
        return None
    return f"{name!r} means nothing in setting {setting!r}; it is for {listing(tuple(settings))}"
