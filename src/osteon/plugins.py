"""Plug-ins: exporters, engines and the like, our own and those that installed packages add as entry points.

Our own stand in a registry in the code, so that they are there whatever the metadata of the installation says. What
another package adds is imported only when it is asked for, or when all are listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, Protocol, TypeVar

from osteon.errors import OsteonError, PluginError, UnknownIdError, listing, suggestion


class Plugin(Protocol):
    """What can be added: it has a name and one line that says what it is."""

    @property
    def name(self) -> str:
        """The name by which it is asked for."""

    @property
    def about(self) -> str:
        """One line."""


Kind = TypeVar("Kind", bound=Plugin)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Plugins(Generic[Kind]):
    """Every plug-in of one kind.

    Attributes:
        noun: what one is called, such as ``format``.
        group: the entry points by which other packages add to them, such as ``osteon.exporters``.
        kind: the class that an entry point leads to an instance of.
        own: our own, by name; no package can take the place of one. Where two packages add the same name, the first in
            alphabetical order has it.
    """

    noun: str
    group: str
    kind: type[Kind]
    own: Mapping[str, Kind]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name: our own in the order of the registry, then those added; nothing is imported."""
        return (*self.own, *self._added())

    def __getitem__(self, name: str) -> Kind:
        """Return one by name.

        Raises:
            UnknownIdError: if there is none of that name.
            PluginError: if the package that adds it is broken.
        """
        self.require(name)
        return self.own[name] if name in self.own else self._loaded(self._added()[name])

    def require(self, name: str) -> None:
        """Refuse an unknown name; nothing is imported.

        Raises:
            UnknownIdError: if there is no plug-in of that name.
        """
        if name not in self.own and name not in self._added():
            hint = suggestion(name, self.names) or f"; there are {listing(self.names, 40)}"
            raise UnknownIdError(f"unknown {self.noun} {name!r}{hint}")

    def described(self) -> Iterator[tuple[str, str]]:
        """Yield every name with its line, or with what is wrong with it."""
        for name in self.names:
            try:
                yield name, self[name].about
            except PluginError as error:
                yield name, f"cannot be used: {error}"

    def guarded(self, name: str, act: Callable[[], Result]) -> Result:
        """Return what an act of a plug-in returns.

        Raises:
            OsteonError: as the plug-in raises it.
            PluginError: if it is not our own and raises anything else.
        """
        try:
            return act()
        except OsteonError:
            raise
        except Exception as error:
            if name in self.own:
                raise
            raise PluginError(f"{self._told(self._added()[name])} fails: {_sentence(error)}") from error

    def _added(self) -> dict[str, EntryPoint]:
        """Return the entry points of other packages by name; the first package by its name has it."""
        found: dict[str, EntryPoint] = {}
        for entry in sorted(entry_points(group=self.group), key=_place):
            if entry.name not in self.own:
                found.setdefault(entry.name, entry)
        return found

    def _loaded(self, entry: EntryPoint) -> Kind:
        try:
            plugin = entry.load()
        except Exception as error:  # importing a package runs its code, which may fail in any way
            raise PluginError(f"{self._told(entry)} cannot be imported: {_sentence(error)}") from error
        wanted = f"{self.kind.__module__}.{self.kind.__qualname__}"
        if not isinstance(plugin, self.kind):
            raise PluginError(
                f"{self._told(entry)} is of type {type(plugin).__name__}; an instance of {wanted} was expected"
            )
        if plugin.name != entry.name:
            raise PluginError(f"{self._told(entry)} calls itself {plugin.name!r}; give both the same name")
        return plugin

    def _told(self, entry: EntryPoint) -> str:
        package = f"package {entry.dist.name} {entry.dist.version}" if entry.dist else f"entry point {entry.value}"
        return f"{self.noun} {entry.name!r} of {package}"


def _place(entry: EntryPoint) -> tuple[str, str]:
    return entry.name, entry.dist.name if entry.dist else ""


def _sentence(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
