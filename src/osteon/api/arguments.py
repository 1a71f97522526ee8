"""Arguments that several functions take: checked, and refused in the same sentences as at the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from math import isfinite
from operator import index
from pathlib import Path
from typing import Any, Protocol

from osteon.errors import OsteonError
from osteon.evidence.bindings import Act
from osteon.evidence.project import Project, find_project

Place = str | Path | Project | None
"""A project or its folder; the one around the current folder, else the shipped one, where it is ``None``."""

MOST_DRAWS = 1_000_000
"""More than any computer does in a day, and few enough to hold in memory."""


class Progress(Protocol):
    """What shows the progress of a long computation."""

    def __call__(self, label: str, total: int, done: int = 0) -> AbstractContextManager[Callable[[], None]]:
        """Begin to show progress.

        Args:
            label: what is computed.
            total: number of steps to do.
            done: number of steps that an earlier run did.

        Returns:
            A context that gives a function, which is called after each step.
        """


@contextmanager
def silent(label: str, total: int, done: int = 0) -> Iterator[Callable[[], None]]:
    """Show nothing; see `Progress`."""
    yield lambda: None


def opened(project: Place) -> Project:
    """Return a project that is given itself or by its folder, or the one the user stands in, or the shipped one."""
    if isinstance(project, Project):
        return project
    return Project(find_project(Path.cwd()) if project is None else Path(project))


def named(project: Project, models: Sequence[str]) -> list[str]:
    """Return the models asked for, each once, or all of the project.

    Raises:
        OsteonError: if there are none.
    """
    names = list(dict.fromkeys(models or project.model_names))
    if not names:
        raise OsteonError(f"{project.root}: the project has no models; `osteon new NAME` starts one")
    return names


def overriding(values: Mapping[str, float] | None, factors: Mapping[str, float] | None) -> Act | None:
    """Return other values of parameters, and factors, as an act that holds throughout.

    Raises:
        OsteonError: if one of them is not a finite number, or its name is none.
    """
    if not values and not factors:
        return None
    return Act(set=_numbers(values or {}), scale=_numbers(factors or {}))


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for name, value in values.items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError, OverflowError):
            raise no_assignment(f"{name}={value}") from None
        if not (isfinite(found[name]) and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)):
            raise no_assignment(f"{name}={value}")
    return found


def no_assignment(shown: str) -> OsteonError:
    """Return the error for what should give a parameter a number, as the user wrote it."""
    return OsteonError(f"{shown!r} is not NAME=NUMBER, such as lamin_threshold=0.75")


def spans(vary: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """Return the lowest and the highest value of everything that is varied.

    Raises:
        OsteonError: if one of them is not a pair of numbers.
    """
    found = {}
    for name, ends in vary.items():
        try:
            low, high = ends
            found[name] = float(low), float(high)
        except (TypeError, ValueError):
            raise no_span(f"{name}={ends}") from None
    return found


def no_span(shown: str) -> OsteonError:
    """Return the error for what should be a name with two bounds, as the user wrote it."""
    return OsteonError(f"--vary {shown!r} is not NAME=FROM..TO, such as anti_rankl=0..2 or lamin_threshold=0.5..1.5")


def whole(name: str, value: int, least: int, most: int | None = None) -> int:
    """Return a whole number within bounds, as Python's own; that of another library serves too.

    Raises:
        OsteonError: if it is none; the message names the option.
    """
    try:
        number = index(value)
    except TypeError:
        number = least - 1
    if number < least or (most is not None and number > most):
        bounds = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise OsteonError(f"--{name} {value!r}: expected a whole number {bounds}")
    return number
