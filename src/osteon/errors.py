"""What can go wrong, and how it is said.

Every error that Osteon raises on purpose is an `OsteonError`::

    OsteonError             its text is meant for the user
    ├── ProjectError        files of the project are wrong; ``findings`` lists every fault
    ├── UnknownIdError      a model, a word, a format or an option is not known; suggests the nearest
    ├── CompilationError    Antimony refused a model, or its SBML cannot be read
    ├── SimulationError     a simulation broke; ``model``, ``condition``, ``time`` and ``reason``
    ├── PluginError         what another package adds to Osteon is broken
    ├── ArchiveError        a COMBINE archive is damaged, dangerous or not understood
    └── StoppedError        the user stopped a long computation; says what is kept of it

Two ways: a *finding* is one fault in a file that a user wrote, and all findings of a run are shown together; an
*error* is raised when the program cannot go on. Every message names where, what, what was expected and a likely mend.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one file: ``where`` is a path, then the place inside it; ``what`` is a plain sentence.

    A ``warning`` is no fault: it says what a reader of the file should know.
    """

    where: str
    what: str
    severity: Literal["fault", "warning"] = "fault"

    def __str__(self) -> str:
        return f"{'warning: ' if self.severity == 'warning' else ''}{self.where}: {self.what}"


class OsteonError(Exception):
    """Base of every error that Osteon raises on purpose; its text is meant for the user.

    Errors cross processes whole, whatever their classes take to be made.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self.args, vars(self))


def _remade(kind: type[OsteonError], args: tuple[Any, ...], state: dict[str, Any]) -> OsteonError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ProjectError(OsteonError):
    """Files of the project are wrong; carries every finding."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class UnknownIdError(OsteonError):
    """A name that the user gave is not in the vocabulary, the registry or the model."""


class CompilationError(OsteonError):
    """Antimony refused a model, or the SBML made from it cannot be read."""


class SimulationError(OsteonError):
    """A simulation broke; names the model, the condition, the time and the reason.

    Args:
        model: id of the model.
        condition: the condition that was simulated, as written, e.g. ``cccp+si_atf4``.
        time: model time at which it broke, in the model's time unit; ``None`` while equilibrating.
        reason: a plain sentence.
    """

    def __init__(self, model: str, condition: str, time: float | None, reason: str) -> None:
        self.model, self.condition, self.time, self.reason = model, condition, time, reason
        when = "while equilibrating" if time is None else f"at t = {time:.3g}"
        super().__init__(f"{model}, condition {condition!r}, {when}: {reason}")


class StoppedError(OsteonError):
    """The user stopped a long computation; says what is kept of it."""


class PluginError(OsteonError):
    """What another package adds to Osteon is broken; names it and the package.

    ``names`` are those of several formats that could not be written, where all others were.
    """

    def __init__(self, message: str, names: Iterable[str] = ()) -> None:
        self.names = tuple(names)
        super().__init__(message)


class ArchiveError(OsteonError):
    """A COMBINE archive is damaged, dangerous or not understood; names the archive and the file in it."""

    def __init__(self, archive: str, entry: str | None, what: str) -> None:
        self.archive, self.entry, self.what = archive, entry, what
        super().__init__(f"{archive}: {what}" if entry is None else f"{archive}: {entry!r}: {what}")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the known word nearest to ``word``, or an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def listing(words: Sequence[str], most: int = 12) -> str:
    """Return the words as an English list, cut after ``most`` of them."""
    shown = ", ".join(words[:most])
    return f"{shown}, ... ({len(words)} in all)" if len(words) > most else shown
