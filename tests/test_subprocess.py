"""A call in an interpreter of its own: from any script, with its errors, and when it crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import counting
from osteon.errors import ArchiveError, OsteonError, SimulationError
from osteon.jobs.subprocess import CrashedError, call_in_subprocess


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os\nfrom osteon.jobs.subprocess import call_in_subprocess as call\n"
        "print('once', os.getpid() != call(os.getpid))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "once True\n"


def test_it_stands_in_an_empty_folder_that_is_gone_afterwards() -> None:
    assert call_in_subprocess(os.listdir) == []
    assert not Path(call_in_subprocess(os.getcwd)).exists()


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(FileNotFoundError, match="no_such_folder"):
        call_in_subprocess(os.listdir, "no_such_folder")
    with pytest.raises(ArchiveError, match=r"^a\.omex: broken$"):
        call_in_subprocess(_refuse, "a.omex")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("picky", r"^counting\.PickyError: leg: broken$"),
        ("silent", r"^counting\.SilentError: broken$"),
        ("local", r"^counting\.refuse\.<locals>\.LocalError: broken$"),
    ],
)
def test_an_error_that_cannot_be_unpickled_is_told(kind: str, error: str) -> None:
    with pytest.raises(OsteonError, match=error):
        call_in_subprocess(counting.refuse, kind)


def test_an_error_of_ours_arrives_as_itself() -> None:
    with pytest.raises(SimulationError, match="m, condition 'control', at t = 1: broken"):
        call_in_subprocess(counting.refuse, "own")


def test_a_crash_is_told_with_the_last_words() -> None:
    with pytest.raises(CrashedError, match="last words"):
        call_in_subprocess(_die)


def _refuse(name: str) -> None:
    raise ArchiveError(name, None, "broken")


def _die() -> None:
    os.write(2, b"last words")
    os.abort()


def test_it_may_open_more_files_than_a_session_begins_with() -> None:
    resource = pytest.importorskip("resource", reason="needs signals and forks of POSIX")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        found = call_in_subprocess(resource.getrlimit, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert found == (8192 if hard == resource.RLIM_INFINITY else min(8192, hard), hard)
