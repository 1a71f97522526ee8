"""Fixtures: the project of this checkout, its models compiled once, and the command line run in-process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from osteon.cli import main, terminal
from osteon.curation import build
from osteon.evidence.project import Project
from osteon.simulation.model import Model, load
from osteon.verification.scorecard import Scorecard
from osteon.verification.verify import verify

pytest_plugins = ("accounted_skips",)

# A shell lets what it runs in the background ignore Ctrl-C, and children inherit that; some tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("osteon", deadline=None)  # No test depends on how busy a machine is.
settings.load_profile("osteon")

ROOT = Path(__file__).parents[1]
PROJECT = Project(ROOT)
MODELS = PROJECT.model_names


@cache
def model(name: str) -> Model:
    """Return one of the project's models, compiled once for all tests."""
    return load(PROJECT, name)


@cache
def scorecard(name: str) -> Scorecard:
    """Return what one of the project's models makes of its claims."""
    return verify(model(name), PROJECT.claims(model(name).binding))


@cache
def generated() -> dict[str, str]:
    """Return what `osteon build` would write, by path inside the project."""
    return {path.relative_to(ROOT).as_posix(): text for _, path, text in build.built(PROJECT, None)}


@dataclass(frozen=True)
class Outcome:
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what tests cache out of the user's folder."""
    os.environ["OSTEON_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def osteon(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that runs one `osteon` command in this process, on a wide terminal."""
    for console in (terminal.output, terminal.errors):
        monkeypatch.setattr(console, "width", 200)

    def run(*arguments: str, cwd: Path = ROOT) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["osteon", *arguments])
        before = Path.cwd()
        os.chdir(cwd)
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        finally:
            os.chdir(before)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run
