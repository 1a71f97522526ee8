"""The picture of a model: what its binding says shows it best, in the hand of the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import cycle

import numpy as np

from osteon.evidence.claims import Vocabulary
from osteon.evidence.conditions import CONTROL, parse
from osteon.pages.panels import Panel, overlay
from osteon.pages.timecourses import TimeCourses
from osteon.pages.wording import named
from osteon.simulation.model import Model
from osteon.simulation.timecourse import TimeCourse

_PARTS = ("condition", "second", "third", "fourth", "fifth")


@dataclass(frozen=True)
class Picture:
    """Some observables under some conditions: what each curve is, by its part, and the panel of each observable."""

    legend: tuple[tuple[str, str], ...]
    panels: tuple[tuple[str, Panel], ...]


def picture(model: Model, courses: TimeCourses) -> Picture | None:
    """Draw the figure that a model's binding describes; nothing where it describes none."""
    figure, binding = model.binding.figure, model.binding
    if figure is None:
        return None
    parts = cycle(_PARTS)
    end = binding.time(figure.until or binding.settings[figure.setting].horizon)
    curves = []
    for condition in figure.conditions:
        course = courses.course(condition, figure.setting, end)
        part = "reference" if condition == CONTROL else next(parts)
        if course is not None:
            curves.append((part, worded(condition, model.vocabulary), course))
    if binding.settings[figure.setting].equilibrate:
        start = min((course.times[0] for _, _, course in curves), default=0.0)
        curves = [(part, words, _since(start, course)) for part, words, course in curves]
    return Picture(
        legend=tuple((part, words) for part, words, _ in curves),
        panels=tuple(
            (
                named(name, model.vocabulary),
                overlay(name, curves, end, binding.observables[name].unit, binding.protocol.time_unit),
            )
            for name in figure.observables
        ),
    )


def _since(start: float, course: TimeCourse) -> TimeCourse:
    """Return a course from an earlier start on: until its first change it stays where it rested."""
    if start >= course.times[0]:
        return course
    values = {name: np.insert(column, 0, column[0]) for name, column in course.values.items()}
    return replace(course, times=np.insert(course.times, 0, start), values=values)


def worded(condition: str, vocabulary: Vocabulary) -> str:
    """Return a condition in the words of the vocabulary: ``The mitochondrial uncoupler CCCP + siRNA against Atf4``."""
    meanings = (vocabulary.interventions[name].meaning.rstrip(".") for name in parse(condition))
    return " + ".join(meanings) or "Control"
