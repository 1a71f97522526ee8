"""Schedules: what a condition does to a model, and when. Pure data, made from a binding; no engine is touched.

Interventions compose: factors multiply, and two different values set on one target at one time are an error. A model
rests as a healthy animal, or as the cells of a culture; then come genotypes, each since birth or since its onset,
operations and treatments, each when it was done. A culture has no age: its cells rest with their genotype.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from osteon.errors import Finding, OsteonError, ProjectError, UnknownIdError, listing, suggestion
from osteon.evidence.conditions import CONTROL, meaningless
from osteon.simulation.bound import Act, Bound, Doing, Place, Words


@dataclass(frozen=True)
class Change:
    """What holds for one target: ``value`` replaces its own value where given, ``factor`` multiplies it."""

    value: float | None = None
    factor: float = 1.0

    def applied(self, own: float) -> float:
        """Return the target's value under this change, given its own."""
        return (own if self.value is None else self.value) * self.factor


Changes = Mapping[str, Change]


@dataclass(frozen=True)
class Period:
    """A stretch of model time in which the same changes hold.

    ``changes`` is all that holds throughout; ``begun`` is the part of it that begins with this period. A changed
    parameter stays changed for the whole period, a changed species is set once, when its change begins.
    """

    start: float
    end: float
    changes: Changes
    begun: Changes

    def moments(self, wanted: Iterable[float]) -> list[float]:
        """Return its start, the times inside that are wanted, and its end.

        A time within rounding of a boundary is the boundary; an integrator refuses a step as short as that.
        """
        margin = 1e-9 * max(1.0, abs(self.start), abs(self.end))
        inside = {time for time in wanted if self.start + margin < time < self.end - margin}
        return [self.start, *sorted(inside), self.end]


@dataclass(frozen=True)
class Schedule:
    """One condition in one setting: what is changed before equilibration, whether to equilibrate, then the periods."""

    condition: str
    before: Changes
    equilibrate: bool
    periods: tuple[Period, ...]

    def times(self, wanted: Iterable[float]) -> list[float]:
        """Return the times of a time_course: those wanted that lie inside, and every boundary of a period."""
        bounds = [self.periods[0].start, *(period.end for period in self.periods)]
        inside = (time for time in wanted if bounds[0] < time < bounds[-1])
        return sorted({*bounds, *(time for time in inside if not any(_same(time, bound) for bound in bounds))})


@dataclass(frozen=True)
class _Acting:
    """What is done with the window of time in which it holds; a start of ``-inf`` is before equilibration."""

    name: str
    set: Mapping[str, float]
    scale: Mapping[str, float]
    start: float
    end: float = inf


def schedule(
    binding: Bound,
    vocabulary: Words,
    names: Iterable[str],
    *,
    setting: str,
    until: float | None = None,
    since: float = 0.0,
) -> Schedule:
    """Lay out a condition in time.

    Args:
        binding: of the model.
        vocabulary: says when interventions begin, where they mean something, and how old an animal is.
        names: the interventions of the condition; every one bound.
        setting: id of a bound setting.
        until: last time, in the model's time unit; the setting's horizon by default.
        since: first time wanted; the periods begin no later.

    Raises:
        UnknownIdError: if the model does not bind the setting.
        ProjectError: if two interventions set one target to different values at the same time.
        OsteonError: if the end is not after t = 0, an intervention means nothing in the setting, two of them give the
            animal an age, or a time before t = 0 is wanted where the model does not rest before.
    """
    place = binding.settings.get(setting)
    if place is None:
        raise UnknownIdError(f"model {binding.id!r} has no setting {setting!r}{suggestion(setting, binding.settings)}")
    names = tuple(names)
    end = binding.time(place.horizon) if until is None else until
    acting = [_Acting(f"settings.{setting}", place.set, place.scale, -inf)]
    acting.append(_Acting(f"settings.{setting}.set_at_start", place.set_at_start, {}, 0.0))
    for name in names:
        if fault := meaningless(name, vocabulary.interventions[name].settings, setting):
            raise OsteonError(fault)
    life = _life(binding, vocabulary, names, setting)
    acting += [_window(binding, vocabulary, name, place, life) for name in names]
    first = min(0.0, *(acts.start for acts in acting if acts.start > -inf))
    if since < first:
        if not place.equilibrate:
            raise OsteonError(
                f"setting {setting!r} does not rest before t = 0, so that nothing is there to be read at "
                f"{since:g} {binding.protocol.time_unit}"
            )
        first = since
    marks = {first, 0.0, end, *(time for acts in acting for time in (acts.start, acts.end) if first < time < end)}
    if end <= 0.0:
        raise OsteonError(f"the end, {end:g} {binding.protocol.time_unit}, is not after t = 0")
    condition = "+".join(names) or CONTROL
    return Schedule(
        condition=condition,
        before=_composed(acting, -inf, binding),
        equilibrate=place.equilibrate,
        periods=tuple(_period(acting, start, stop, binding) for start, stop in pairwise(sorted(marks))),
    )


def changes_of(act: Act) -> dict[str, Change]:
    """Return one act as changes."""
    targets = sorted({*act.set, *act.scale})
    return {target: Change(act.set.get(target), act.scale.get(target, 1.0)) for target in targets}


def _same(time: float, boundary: float) -> bool:
    """Say whether a time is a boundary but for rounding."""
    return abs(time - boundary) <= 1e-9 * max(1.0, abs(boundary))


@dataclass(frozen=True)
class _Life:
    """How old the animal is at t = 0, and how old one is that has not grown older; nothing for a culture."""

    age: float | None
    usual: float | None


def _life(binding: Bound, vocabulary: Words, names: tuple[str, ...], setting: str) -> _Life:
    """Return the ages of the animal of a condition; see `schedule`."""
    usual = vocabulary.settings[setting].age
    own = {name: age for name in names if (age := vocabulary.interventions[name].age) is not None}
    if len(own) > 1:
        raise OsteonError(f"{listing(tuple(own))} give the animal an age each; leave out all but one")
    if own and usual is None:
        raise OsteonError(f"{min(own)!r} gives an animal its age, and in setting {setting!r} nothing has one")
    young = None if usual is None else binding.time(usual)
    return _Life(binding.time(*own.values()) if own else young, young)


def _window(binding: Bound, vocabulary: Words, name: str, place: Place, life: _Life) -> _Acting:
    bound, end = binding.interventions[name], binding.interventions[name].end or vocabulary.interventions[name].end
    start = _start(binding, vocabulary.interventions[name], bound.start, place, life)
    return _Acting(name, bound.set, bound.scale, start, inf if end is None else binding.time(end))


def _start(binding: Bound, word: Doing, own: str | None, place: Place, life: _Life) -> float:
    """Return when an intervention begins; ``-inf`` is before equilibration.

    An animal that grew older began to when it was as old as the setting has it. A genotype begins at birth or at its
    onset; where nothing has an age, or the model does not rest, it is there from the first.
    """
    given = own or word.start
    if given is not None:
        return binding.time(given)
    if word.kind == "treatment":
        return 0.0
    if life.age is None or life.usual is None or (word.onset is None and not place.equilibrate):
        return -inf
    return (life.usual if word.age else binding.time(word.onset or "0 d")) - life.age


def _period(acting: list[_Acting], start: float, end: float, binding: Bound) -> Period:
    on = [acts for acts in acting if acts.start <= start < acts.end]
    begun = [acts for acts in on if acts.start == start]
    return Period(start, end, _composed(on, start, binding), _composed(begun, start, binding))


def _composed(acting: list[_Acting], time: float, binding: Bound) -> dict[str, Change]:
    """Compose the acts that hold at a time into one change for each target."""
    on = [acts for acts in acting if acts.start <= time < acts.end]
    setters: dict[str, _Acting] = {}
    changes: dict[str, Change] = {}
    for acts in on:
        for target, value in acts.set.items():
            earlier = setters.setdefault(target, acts)
            if earlier.set[target] != value:
                raise ProjectError([_clash(binding, target, earlier, acts)])
            changes[target] = Change(value)
    for acts in on:
        for target, factor in acts.scale.items():
            change = changes.get(target, Change())
            changes[target] = Change(change.value, change.factor * factor)
    return changes


def _clash(binding: Bound, target: str, first: _Acting, second: _Acting) -> Finding:
    return Finding(
        f"models/bindings/{binding.id}.toml",
        f"{first.name} sets {target!r} to {first.set[target]:g} and {second.name} sets it to "
        f"{second.set[target]:g} at the same time; let one of them scale it, or give them windows that do not meet",
    )
