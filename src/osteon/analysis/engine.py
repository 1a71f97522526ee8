"""What draws are simulated in: the batch core, where that pays and can be done, or libroadrunner."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from osteon.errors import OsteonError
from osteon.evidence.reading import Reading
from osteon.sbml.mathematics import NotSupportedError
from osteon.simulation.batch.compiler import NoCompilerError
from osteon.simulation.batch.core import Core
from osteon.simulation.model import Model
from osteon.simulation.readings import Key, keys, runs

FEWEST = 200
"""Draws below which compiling takes longer than it saves."""
CORE = "OSTEON_CORE"
"""The variable of the environment that asks for the batch core; libroadrunner simulates without it."""
MOST_DIFFERING = 10_000
"""One verdict in so many may differ between the batch core and libroadrunner."""


@dataclass(frozen=True)
class NoCore:
    """Why libroadrunner works alone; ``hint`` is said to the user, who may do something about it."""

    reason: str
    hint: str = ""


def core_for(
    model: Model, readings: Iterable[tuple[str, Reading]], drawn: frozenset[str], number: int
) -> Core | NoCore:
    """Return the core for some draws, or the reason why there is none: there is no need, or no way.

    Args:
        model: to be simulated.
        readings: each with its setting and its instant.
        drawn: the parameters that have values of their own in each draw.
        number: of draws.
    """
    if number < FEWEST:
        return NoCore(f"there are fewer than {FEWEST} draws")
    if not os.environ.get(CORE):
        return NoCore(f"{CORE} is not set")
    if model.engine != "roadrunner":
        return NoCore(f"the model is run in {model.engine}")
    made = tuple(readings)
    read: dict[Key, set[str]] = {}
    for setting, reading in made:
        for key in keys(setting, reading):
            read.setdefault(key, set()).add(reading.observable)
    try:
        return Core(model, runs(model.binding, made), {key: frozenset(names) for key, names in read.items()}, drawn)
    except NotSupportedError as error:
        return NoCore(f"the model has {error}")
    except NoCompilerError as error:
        return NoCore(str(error), f"the batch core is many times faster, and {error}")


def refuse_differing(model: Model, differ: int, again: int, told: str) -> None:
    """Refuse what the core gave if libroadrunner, asked again, differs in more than one of `MOST_DIFFERING`.

    Args:
        model: that was simulated.
        differ: in how many libroadrunner differs.
        again: how many it was asked again.
        told: what libroadrunner does, after its name.

    Raises:
        OsteonError: if too many differ.
    """
    if differ * MOST_DIFFERING > again:
        way_out = f"without {CORE} in the environment libroadrunner simulates all draws"
        raise OsteonError(f"model {model.name!r}: libroadrunner {told}; {way_out}")
