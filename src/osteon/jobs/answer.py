"""Answers: what a function returned or raised in another process, as bytes that can always be read here."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from osteon.errors import OsteonError


def answered(function: Callable[..., Any], *arguments: object) -> bytes:
    """Call a function and return what became of it, for `value_of` in another process."""
    try:
        return pickle.dumps((False, function(*arguments)))
    except Exception as error:
        return pickle.dumps((True, portable(error)))


def value_of(answer: bytes) -> Any:
    """Return what a function returned.

    Raises:
        Exception: what the function raised; see `portable`.
    """
    raised, value = pickle.loads(answer)
    if raised:
        raise value
    return value


def portable(error: Exception) -> Exception:
    """Return an exception itself where it can be pickled and read again, else an `OsteonError` that tells of it."""
    try:
        copy = pickle.loads(pickle.dumps(error))
        if type(copy) is type(error) and str(copy) == str(error):
            return error
    except Exception:  # a class may define how it is pickled, and fail in any way
        pass
    kind = type(error)
    return OsteonError(f"{kind.__module__}.{kind.__qualname__}: {error}")
