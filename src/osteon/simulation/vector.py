"""Vectors: what most of the program computes with. What runs in the page "Try it" names them in annotations only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
