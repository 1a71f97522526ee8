"""The time course behind each check, simulated once a condition and setting."""

from __future__ import annotations

import numpy as np

from osteon.errors import SimulationError
from osteon.evidence.conditions import canonical
from osteon.evidence.project import canonical_condition
from osteon.simulation.model import Model
from osteon.simulation.readings import feature_times
from osteon.simulation.timecourse import TimeCourse


class TimeCourses:
    """The time courses of one model, from its first intervention to the horizon of the setting, on demand."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._known: dict[tuple[str, str, float], TimeCourse | None] = {}

    def course(self, condition: str, setting: str, last: float = 0.0) -> TimeCourse | None:
        """Return the course of every observable under a condition; nothing if its simulation breaks.

        Args:
            condition: interventions joined by ``+``, or ``control``.
            setting: where.
            last: a time up to which the course must go, should it lie beyond the horizon of the setting.
        """
        binding = self.model.binding
        end = max(binding.time(binding.settings[setting].horizon), last)
        key = (canonical(condition), setting, end)
        if key not in self._known:
            self._known[key] = self._simulated(*key)
        return self._known[key]

    def _simulated(self, condition: str, setting: str, end: float) -> TimeCourse | None:
        model = self.model
        names = canonical_condition(condition, model.binding, model.vocabulary)
        start = model.schedule(names, setting).periods[0].start
        times = feature_times(model.binding, setting)
        times *= end / times[-1]
        if start < 0:
            times = np.concatenate([np.linspace(start, 0.0, 50, endpoint=False), times])
        try:
            return model.run(condition, times.tolist(), setting=setting, until=end)
        except SimulationError:
            return None
