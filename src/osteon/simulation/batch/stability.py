"""The stability of many resting states at once, with the thresholds of `osteon.simulation.simulator`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from osteon.simulation.vector import Vector

Blocks = Sequence[NDArray[np.int_]]


def blocks(size: int, rows: NDArray[np.int_], columns: NDArray[np.int_]) -> list[NDArray[np.int_]]:
    """Return the strongly connected parts of a sparse matrix; its eigenvalues are those of the parts together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    number, label = connected_components(graph, directed=True, connection="strong")
    return [np.flatnonzero(label == one) for one in range(number)]


def stable(
    parts: Blocks,
    matrices: Vector,
    *,
    neutral: float,
    greatest: float,
    conserved: int,
) -> NDArray[np.bool_]:
    """Say which of some Jacobians belong to a stable rest.

    Most are cleared without eigenvalues: where ``-J - s`` with the signs of its other entries turned to minus is an
    M-matrix, no eigenvalue of J has a real part above ``-s``; it is one if it has a positive solution for a positive
    right side (Berman and Plemmons 1994, condition I27 of theorem 6.2.3).

    Args:
        parts: of the pattern; see `blocks`.
        matrices: of shape (draws, states, states).
        neutral: share of the largest eigenvalue below which one counts as zero.
        greatest: greatest real part, as a share of the largest eigenvalue.
        conserved: how many eigenvalues may be zero.
    """
    draws = len(matrices)
    bound = np.maximum(1.0, np.abs(matrices).sum(axis=2).max(axis=1, initial=0.0))
    clear = np.ones(draws, dtype=bool)
    for part in parts:
        inner = matrices[:, part[:, np.newaxis], part]
        clear &= _decays(inner, 2.0 * neutral * bound)
    unclear = np.flatnonzero(~clear)
    clear[unclear] = _are_stable(parts, matrices[unclear], neutral, greatest, conserved)
    return clear


def _decays(matrices: Vector, least: Vector) -> NDArray[np.bool_]:
    """Say of which matrices the comparison shows that every eigenvalue lies left of ``-least``."""
    size = matrices.shape[1]
    diagonal = np.arange(size)
    compared = -np.abs(matrices)
    compared[:, diagonal, diagonal] = -matrices[:, diagonal, diagonal] - least[:, np.newaxis]
    if size == 1:
        return np.asarray(compared[:, 0, 0] > 0.0)
    try:
        solution = np.linalg.solve(compared, np.ones((len(matrices), size, 1)))
    except np.linalg.LinAlgError:
        return np.zeros(len(matrices), dtype=bool)
    residual = np.einsum("dij,djk->dik", compared, solution)
    return np.asarray((solution > 0.0).all(axis=(1, 2)) & (residual > 0.5).all(axis=(1, 2)))


def _are_stable(parts: Blocks, matrices: Vector, neutral: float, greatest: float, conserved: int) -> NDArray[np.bool_]:
    """Say the same by eigenvalues."""
    found = [
        matrices[:, part, part] + 0j if len(part) == 1 else np.linalg.eigvals(matrices[:, part[:, np.newaxis], part])
        for part in parts
    ]
    eigenvalues = np.concatenate(found, axis=1) if found else np.zeros((len(matrices), 0))
    largest = np.maximum(1.0, np.abs(eigenvalues).max(axis=1, initial=0.0))[:, np.newaxis]
    neutrals = (np.abs(eigenvalues) <= neutral * largest).sum(axis=1)
    return np.asarray((neutrals <= conserved) & (eigenvalues.real <= greatest * largest).all(axis=1))
