"""Optional packages: what a command needs beyond a plain installation, asked for before it begins."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from osteon.errors import OsteonError

_PACKAGES = {
    "basico": "copasi-basico",
    "COPASI": "python-copasi",
    "myst_parser": "myst-parser",
    "pydata_sphinx_theme": "pydata-sphinx-theme",
}
"""Packages that have another name than the module that they bring."""


def require(what: str, extra: str, modules: Sequence[str]) -> None:
    """Refuse to begin what would end halfway for want of a package.

    Args:
        what: what needs the packages, as the beginning of a sentence in the singular.
        extra: the extra of this package that brings all of them.
        modules: their modules.

    Raises:
        OsteonError: if one is not installed; the message names all that are not, and the extra.
    """
    missing = [repr(_PACKAGES.get(name, name)) for name in modules if not _is_there(name)]
    if missing:
        are = "package {}, which is not installed" if len(missing) == 1 else "packages {}, which are not installed"
        brings = "brings it" if len(missing) == 1 else "brings them"
        told = are.format(", ".join(missing))
        raise OsteonError(f"{what} needs the {told}; `pip install 'osteon[{extra}]'` {brings}")


def _is_there(name: str) -> bool:
    return sys.modules[name] is not None if name in sys.modules else find_spec(name) is not None
