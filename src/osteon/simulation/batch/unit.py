"""One compiled unit: integration and resting states of some states of a model, many draws at once."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osteon.sbml.mechanism import Mechanism
from osteon.simulation.batch.compiler import library
from osteon.simulation.batch.generator import source, used
from osteon.simulation.vector import Vector

_ROUNDS = 200


@dataclass(frozen=True)
class Rest:
    """Where some draws rest: states and rates (states, draws), observables, entries of the Jacobian, and which do."""

    states: Vector
    rates: Vector
    observables: Vector
    entries: Vector
    found: NDArray[np.bool_]


class Unit:
    """A compiled unit; see `osteon.simulation.batch.generator.source`.

    Args:
        model: the equations.
        states: what is integrated; what else the equations name stands still, and is in ``constants``.
        observables: names of rules of the model, to be read.
        cached: whether the user's cache may be used.
    """

    def __init__(
        self,
        model: Mechanism,
        states: Sequence[str],
        observables: Sequence[str],
        *,
        cached: bool = True,
    ) -> None:
        self.states, self.observables = tuple(states), tuple(observables)
        nodes = [model.rules[name] for name in observables]
        self.constants = tuple(used(model, self.states, nodes))
        text = source(model, self.states, self.constants, nodes)
        self._library = library(text, cached=cached)
        self._library.integrate.argtypes = [
            ctypes.c_long,
            *[ctypes.c_void_p] * 2,
            ctypes.c_long,
            ctypes.c_void_p,
            ctypes.c_double,
            *[ctypes.c_void_p] * 4,
        ]
        self._library.rest.argtypes = [
            ctypes.c_long,
            *[ctypes.c_void_p] * 2,
            ctypes.c_int,
            ctypes.c_double,
            *[ctypes.c_void_p] * 6,
        ]
        found = (ctypes.c_int * 5)()
        self._library.dimensions(found)
        self.lanes, _, _, self._seen, entries = found
        rows, columns = (ctypes.c_int * max(1, entries))(), (ctypes.c_int * max(1, entries))()
        self._library.entries(rows, columns)
        self.rows, self.columns = np.array(rows[:entries], dtype=int), np.array(columns[:entries], dtype=int)

    def integrate(
        self,
        states: Vector,
        constants: Vector,
        times: Sequence[float],
        *,
        relative: float,
        absolute: Vector,
        least: Vector,
    ) -> tuple[Vector, Vector, NDArray[np.bool_]]:
        """Integrate some draws from the first time to the last.

        Args:
            states: where they start, of shape (states, draws).
            constants: of shape (constants, draws).
            times: in order; all draws share them.
            relative: tolerance.
            absolute: tolerance of each state.
            least: the least value that each state may have at these times.

        Returns:
            The last states, the observables of shape (times, observables, draws), and which draws came through.
        """
        draws = states.shape[1]
        y, p = self._packed(states), self._packed(constants)
        moments = np.array(times, dtype=np.float64)
        seen = np.full((len(y), len(moments), self._seen, self.lanes), np.nan)
        ok = np.zeros((len(y), self.lanes))
        given = [np.ascontiguousarray(one, dtype=np.float64) for one in (absolute, least)]
        self._library.integrate(
            len(y), _at(y), _at(p), len(moments), _at(moments), relative, *map(_at, given), _at(seen), _at(ok)
        )
        read = seen[:, :, : len(self.observables)].transpose(1, 2, 0, 3)
        read = read.reshape(len(moments), len(self.observables), len(y) * self.lanes)
        return self._unpacked(y, draws), read[..., :draws], ok.ravel()[:draws] > 0.0

    def rest(
        self, states: Vector, constants: Vector, *, settle: float, sizes: Vector, least: Vector, rounds: int = _ROUNDS
    ) -> Rest:
        """Look for the resting states of some draws; see `integrate` for the arguments.

        Args:
            states: where the search starts.
            constants: of shape (constants, draws).
            settle: the time in which the model comes to rest.
            sizes: the size of each state.
            least: minus infinity for states that may be negative.
            rounds: how many the search may take; with none of them, only rates and the like are worked out.
        """
        draws = states.shape[1]
        y, p = self._packed(states), self._packed(constants)
        seen, speed, slope, ok = (
            _aligned((len(y), rows, self.lanes)) for rows in (self._seen, len(self.states), len(self.rows), 1)
        )
        given = [np.ascontiguousarray(one, dtype=np.float64) for one in (sizes, least)]
        self._library.rest(
            len(y), _at(y), _at(p), rounds, settle, *map(_at, given), _at(seen), _at(speed), _at(slope), _at(ok)
        )
        return Rest(
            states=self._unpacked(y, draws),
            rates=self._unpacked(speed, draws),
            observables=self._unpacked(seen, draws)[: len(self.observables)],
            entries=self._unpacked(slope, draws),
            found=self._unpacked(ok, draws)[0] > 0.0,
        )

    def _packed(self, numbers: Vector) -> Vector:
        """Return (rows, draws) as blocks of lanes; the last block is filled up with the last draw."""
        rows, draws = numbers.shape
        blocks = -(-draws // self.lanes)
        place = np.minimum(np.arange(blocks * self.lanes), draws - 1)
        packed = _aligned((blocks, rows, self.lanes))
        packed[:] = numbers[:, place].reshape(rows, blocks, self.lanes).transpose(1, 0, 2)
        return packed

    @staticmethod
    def _unpacked(packed: Vector, draws: int) -> Vector:
        blocks, rows, lanes = packed.shape
        return packed.transpose(1, 0, 2).reshape(rows, blocks * lanes)[:, :draws].copy()


def _aligned(shape: tuple[int, ...]) -> Vector:
    """Return an array of zeros that begins where a vector of any processor may."""
    size = int(np.prod(shape))
    whole = np.zeros(size + 8)
    start = -(whole.ctypes.data // 8) % 8
    return whole[start : start + size].reshape(shape)


def _at(array: Vector) -> int:
    return int(array.ctypes.data)
