"""Jobs: many small computations with one result, cut into chunks in the same way whatever does them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[Any]]
"""What a chunk gives back: named arrays, whose first axis is the items of the chunk."""


class Context(Protocol):
    """What the items of a job share, such as a model and its claims. It can be pickled."""

    def prepare(self) -> None:
        """Do what is done once for all chunks, such as compiling; forked workers inherit it."""


@dataclass(frozen=True)
class Chunk:
    """Some items of a job: its number among the chunks, the numbers of its items, and a seed of its own."""

    number: int
    items: range
    seed: int


@dataclass(frozen=True)
class Job:
    """A computation to be done in chunks.

    Attributes:
        name: what it is, such as ``robustness``; a word.
        function: a function of a module, pure: given the context and a chunk, it returns the columns of the chunk.
        context: what all items share.
        size: number of items.
        chunk_size: items in a chunk; it must not depend on how many workers there are.
        seed: of the whole job.
        key: everything else that determines the result, as plain values: a fingerprint, options, versions.
    """

    name: str
    function: Callable[[Any, Chunk], Columns]
    context: Context
    size: int
    chunk_size: int
    seed: int
    key: Mapping[str, Any]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that determines the result."""
        whole = {
            "name": self.name,
            "function": f"{self.function.__module__}.{self.function.__qualname__}",
            "size": self.size,
            "chunk_size": self.chunk_size,
            "seed": self.seed,
            "key": self.key,
        }
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks, in order."""
        return tuple(
            Chunk(number, range(start, min(start + self.chunk_size, self.size)), self._seed(number))
            for number, start in enumerate(range(0, self.size, self.chunk_size))
        )

    def _seed(self, number: int) -> int:
        return int(np.random.SeedSequence([self.seed, number]).generate_state(1, np.uint64)[0])
